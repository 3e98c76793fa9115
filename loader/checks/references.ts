import { type CandorError, type ContentType, candorError } from '../../schemas/index.ts';
import { schemaName } from '../../schemas/json-schema.ts';
import { nearest } from '../nearest.ts';
import { type CheckContext, idsOf, type Pattern, textsAt } from './context.ts';

/** A field that holds the id of another thing. */
export type Reference = { type: ContentType; at: Pattern; to: ContentType };

/** Every field that names another thing by its id; a test finds those that are missing here. */
export const references: readonly Reference[] = [
  { type: 'claims', at: ['attestations', '*'], to: 'attestations' },
  { type: 'claims', at: ['claims', '*'], to: 'claims' },
  { type: 'claims', at: ['documents', '*'], to: 'documents' },
  { type: 'claims', at: ['subprocessors', '*'], to: 'subprocessors' },
  { type: 'claims', at: ['roadmap'], to: 'roadmap' },
  { type: 'exceptions', at: ['owner'], to: 'roles' },
  { type: 'accessReviews', at: ['reviewerRole'], to: 'roles' },
  { type: 'attestations', at: ['by', 'role'], to: 'roles' },
  { type: 'attestations', at: ['by', 'subprocessor'], to: 'subprocessors' },
  { type: 'certifications', at: ['document'], to: 'documents' },
  { type: 'certifications', at: ['roadmap'], to: 'roadmap' },
  { type: 'subprocessors', at: ['dataItems', '*'], to: 'dataItems' },
  { type: 'dataItems', at: ['retention'], to: 'retention' },
  { type: 'dataFlows', at: ['subprocessor'], to: 'subprocessors' },
  { type: 'dataFlows', at: ['dataItems', '*'], to: 'dataItems' },
  { type: 'documents', at: ['owner'], to: 'roles' },
  { type: 'documents', at: ['agreement', 'measures', '*'], to: 'claims' },
  { type: 'incidentPolicy', at: ['onCall'], to: 'roles' },
  { type: 'disclosure', at: ['recipients', '*', 'holder'], to: 'roles' },
  { type: 'intake', at: ['template'], to: 'documents' },
  { type: 'intake', at: ['documents', 'nda'], to: 'documents' },
  { type: 'updates', at: ['claims', '*'], to: 'claims' },
];

/** Lists in one file whose entries have ids of their own. */
const inner: readonly { type: ContentType; at: Pattern; name: string }[] = [
  { type: 'incidentPolicy', at: ['severities', '*', 'id'], name: 'severity' },
  { type: 'incidentPolicy', at: ['clocks', '*', 'id'], name: 'clock' },
  { type: 'disclosure', at: ['clocks', '*', 'id'], name: 'clock' },
  { type: 'disclosure', at: ['knownIssues', '*', 'id'], name: 'known issue' },
  { type: 'intake', at: ['clocks', '*', 'id'], name: 'clock' },
  { type: 'organization', at: ['clocks', '*', 'id'], name: 'clock' },
];

/** References to things that do not exist, and ids that are used twice within a file. */
export function checkReferences(context: CheckContext): CandorError[] {
  return [
    ...references.flatMap((reference) => dangling(context, reference)),
    ...severities(context),
    ...twice(context),
  ];
}

function dangling(context: CheckContext, { type, at, to }: Reference): CandorError[] {
  const ids = idsOf(context, to);
  return textsAt(context, type, at)
    .filter(({ value }) => !ids.has(value))
    .map(({ file, path, value }) => {
      const parameters = { id: value, type: schemaName(to).replaceAll('-', ' '), suggestion: nearest(value, ids) };
      return candorError('ReferenceMissing', parameters, context.loaded.locate(file.file, path));
    });
}

/** Severities are entries of the incident policy. */
function severities(context: CheckContext): CandorError[] {
  const ids = new Set(textsAt(context, 'incidentPolicy', ['severities', '*', 'id']).map(({ value }) => value));
  const used = [
    ...textsAt(context, 'updates', ['severity']),
    ...textsAt(context, 'incidentPolicy', ['clocks', '*', 'severities', '*']),
  ];
  return used
    .filter(({ value }) => !ids.has(value))
    .map(({ file, path, value }) => {
      const parameters = { id: value, type: 'severity', suggestion: nearest(value, ids) };
      return candorError('ReferenceMissing', parameters, context.loaded.locate(file.file, path));
    });
}

function twice(context: CheckContext): CandorError[] {
  return inner.flatMap(({ type, at, name }) => {
    const first = new Map<string, number>();
    return textsAt(context, type, at).flatMap(({ file, path, value }) => {
      const location = context.loaded.locate(file.file, path);
      const other = first.get(value);
      if (other === undefined) first.set(value, location.line);
      if (other === undefined) return [];
      return [candorError('ContentDuplicateId', { id: value, type: name, other: `line ${other}` }, location)];
    });
  });
}
