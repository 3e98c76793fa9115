import { type CandorError, CheckRef, candorError, parseCheckRef } from '../../schemas/index.ts';
import type { ContentFile } from '../file.ts';
import { nearest } from '../nearest.ts';
import { isFields, valueAt } from '../position.ts';
import { parseStrict } from '../zod-errors.ts';
import { type CheckContext, type Found, filesOf, textsAt } from './context.ts';

/** Every cited check exists and is collected; every source is read by collectors of its kind with a fitting intent. */
export function checkEvidence(context: CheckContext): CandorError[] {
  const cited = textsAt(context, 'claims', ['evidence', '*']);
  const excepted = textsAt(context, 'exceptions', ['evidence']);
  const citedRefs = new Set(cited.map(({ value }) => value));
  return [
    ...cited.flatMap((found) => brokenRef(context, found)),
    ...excepted.flatMap((found) => {
      const broken = brokenRef(context, found);
      if (broken.length > 0 || citedRefs.has(found.value) || !CheckRef.safeParse(found.value).success) return broken;
      return [
        candorError('ExceptionUncited', { check: found.value }, context.loaded.locate(found.file.file, found.path)),
      ];
    }),
    ...filesOf(context, 'sources').flatMap((source) => checkSource(context, source)),
  ];
}

/** The first name of `<source>/<collector>#<check>` that leads nowhere, at exactly its place. */
function brokenRef(context: CheckContext, { file, path, value }: Found): CandorError[] {
  if (!CheckRef.safeParse(value).success) return [];
  const { source, collector, check } = parseCheckRef(value);
  const at = (from: number, length: number) => context.loaded.locate(file.file, path, { from, length });
  const sources = filesOf(context, 'sources');
  const declared = sources.find(({ id }) => id === source);
  if (declared === undefined) {
    const ids = sources.map(({ id }) => id);
    const parameters = { source, suggestion: nearest(source, ids) };
    return [candorError('EvidenceUnknownSource', parameters, at(0, source.length))];
  }
  const known = context.collectors.get(collector);
  if (known === undefined)
    return [
      candorError(
        'EvidenceUnknownCollector',
        unknownCollector(context, collector),
        at(source.length + 1, collector.length),
      ),
    ];
  if (!Object.keys(known.checks).includes(check)) {
    const names = Object.keys(known.checks);
    const parameters = { check, collector, count: names.length, suggestion: nearest(check, names) };
    return [candorError('EvidenceUnknownCheck', parameters, at(value.length - check.length, check.length))];
  }
  const collected = valueAt(declared.value, ['collect', collector]) !== undefined || declared.value === undefined;
  return collected
    ? []
    : [candorError('EvidenceNotCollected', { source, collector }, at(source.length + 1, collector.length))];
}

function unknownCollector({ collectors }: CheckContext, collector: string) {
  return { collector, suggestion: nearest(collector, collectors.keys()) };
}

function checkSource(context: CheckContext, source: ContentFile): CandorError[] {
  const collect = valueAt(source.value, ['collect']);
  const kind = valueAt(source.value, ['kind']);
  if (!isFields(collect)) return [];
  return Object.keys(collect).flatMap((id) => {
    const place = () => context.loaded.locate(source.file, ['collect', id], 'key');
    const collector = context.collectors.get(id);
    if (collector === undefined)
      return [candorError('EvidenceUnknownCollector', unknownCollector(context, id), place())];
    if (typeof kind === 'string' && kind !== collector.source) {
      const parameters = { collector: id, needs: collector.source, kind };
      return [candorError('SourceKindMismatch', parameters, place())];
    }
    const value = valueAt(source.value, ['collect', id, 'expect']) ?? {};
    const { errors } = parseStrict({
      schema: collector.expect,
      value,
      type: `expectation of ${id}`,
      locate: (path, part) => context.loaded.locate(source.file, path, part),
      prefix: ['collect', id, 'expect'],
    });
    return isFields(value) ? errors : [];
  });
}
