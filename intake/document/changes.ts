import { canonicalJson } from '../../posture/digest.ts';
import type { AgreedMeasure, AnnexChange, Annexes } from '../../schemas/index.ts';

/** What changed between two annexes, such as those that were signed and those of today. Nothing that stayed is named. */
export function annexChanges(before: Annexes, after: Annexes): AnnexChange[] {
  const whole = (['template', 'parties'] as const).flatMap((annex): AnnexChange[] => {
    const fields = fieldsBetween(before[annex], after[annex]);
    const title = annex === 'template' ? 'The text of the agreement' : after.numbering.parties;
    return fields.length === 0 ? [] : [{ annex, id: null, title, change: 'changed', fields }];
  });
  const measures = between(before.measures, after.measures, ({ claim }) => claim).map((change): AnnexChange => {
    const { id, was, is, fields } = change;
    const title = (is ?? was)?.statement ?? id;
    if (was !== undefined && is !== undefined && seenAgain(was, is))
      return { annex: 'measures', id, title, change: 'seen-again', fields };
    return { annex: 'measures', id, title, change: kindOf(change), fields };
  });
  const subprocessors = between(before.subprocessors, after.subprocessors, ({ id }) => id).map(
    (change): AnnexChange => ({
      annex: 'subprocessors',
      id: change.id,
      title: (change.is ?? change.was)?.name ?? change.id,
      change: kindOf(change),
      fields: change.fields,
    }),
  );
  return [...whole, ...measures, ...subprocessors];
}

type Between<T> = { id: string; was: T | undefined; is: T | undefined; fields: string[] };

function between<T extends object>(
  before: readonly T[],
  after: readonly T[],
  idOf: (thing: T) => string,
): Between<T>[] {
  const [old, current] = [before, after].map((things) => new Map(things.map((thing) => [idOf(thing), thing])));
  return [...new Set([...before, ...after].map(idOf))]
    .map((id) => ({ id, was: old?.get(id), is: current?.get(id) }))
    .map(({ id, was, is }) => ({ id, was, is, fields: was && is ? fieldsBetween(was, is) : [] }))
    .filter(({ was, is, fields }) => was === undefined || is === undefined || fields.length > 0);
}

function kindOf({ was, is }: Between<unknown>): 'added' | 'removed' | 'changed' {
  return was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
}

/** The same promise, in the same state and shown by the same checks: only somebody looked again. */
function seenAgain(was: AgreedMeasure, is: AgreedMeasure): boolean {
  const [then, now] = [was, is].map((measure) =>
    canonicalJson({
      ...measure,
      reason: '',
      checks: measure.checks.map(({ passedAt, evidence: _, ...check }) => ({ ...check, passed: passedAt !== null })),
    }),
  );
  return then === now;
}

function fieldsBetween(before: object, after: object): string[] {
  const [was, is] = [before, after].map((thing) => new Map(Object.entries(thing)));
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => canonicalJson(was?.get(key) ?? null) !== canonicalJson(is?.get(key) ?? null))
    .sort();
}
