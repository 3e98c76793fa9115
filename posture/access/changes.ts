import type { AccessReview, GonePrincipal, Principal, ReviewEntry } from '../../schemas/index.ts';

/**
 * What has changed since the review before: `new`, or `revoked before`, `renamed`, and each role with + or - in front.
 * Empty without a review before.
 */
export function changedSince(before: ReadonlyMap<string, ReviewEntry> | undefined, principal: Principal): string[] {
  if (before === undefined) return [];
  const known = before.get(principal.key);
  if (known === undefined) return ['new'];
  const had = new Set(known.pulled.roles);
  const has = new Set(principal.roles);
  return [
    ...(known.decision === 'revoke' ? ['revoked before'] : []),
    ...(known.pulled.name === principal.name ? [] : ['renamed']),
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
  before: ReadonlyMap<string, ReviewEntry> | undefined,
  principals: readonly Principal[],
): GonePrincipal[] {
  const present = new Set(principals.map(({ key }) => key));
  return [...(before?.values() ?? [])]
    .map(({ pulled }) => pulled)
    .filter(({ key }) => !present.has(key))
    .map(({ name, key, kind }) => ({ name, key, kind }));
}

/** The entries of a review by key. */
export function entriesOf({ entries }: Pick<AccessReview, 'entries'>): Map<string, ReviewEntry> {
  return new Map(entries.map((entry) => [entry.pulled.key, entry]));
}
