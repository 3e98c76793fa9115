import type { AccessReview, GonePrincipal, Principal } from '../../schemas/index.ts';

/** What has changed since the review before: `new`, or each role with + or - in front. Empty without a review before. */
export function changedSince(before: ReadonlyMap<string, Principal> | undefined, principal: Principal): string[] {
  if (before === undefined) return [];
  const known = before.get(principal.key);
  if (known === undefined) return ['new'];
  const had = new Set(known.roles);
  const has = new Set(principal.roles);
  return [
    ...[...has].filter((role) => !had.has(role)).map((role) => `+ ${role}`),
    ...[...had].filter((role) => !has.has(role)).map((role) => `- ${role}`),
  ];
}

/** Whether a change gives more than there was before. */
export function isGain(changed: readonly string[]): boolean {
  return changed.some((change) => change === 'new' || change.startsWith('+ '));
}

/** Who was in the review before and is not in the list. */
export function goneSince(
  before: ReadonlyMap<string, Principal> | undefined,
  principals: readonly Principal[],
): GonePrincipal[] {
  const present = new Set(principals.map(({ key }) => key));
  return [...(before?.values() ?? [])]
    .filter(({ key }) => !present.has(key))
    .map(({ name, key, kind }) => ({ name, key, kind }));
}

/** The principals of a review by key. */
export function principalsOf({ entries }: Pick<AccessReview, 'entries'>): Map<string, Principal> {
  return new Map(entries.map(({ pulled }) => [pulled.key, pulled]));
}
