import type { ClaimChange, NamedChange, ReleaseChanges } from '../../schemas/index.ts';

/** What became of a claim, in a word. */
export const claimChangeWords: Record<ClaimChange['change'], string> = {
  added: 'added',
  removed: 'removed',
  state: 'state changed',
  reworded: 'reworded',
};

/** What became of a subprocessor or document, in a word. */
export const namedChangeWords: Record<NamedChange['change'], string> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
};

/** How many claims, subprocessors and documents differ. */
export function changeCount({ claims, subprocessors, documents }: ReleaseChanges): number {
  return claims.length + subprocessors.length + documents.length;
}

/** Whether anything differs but figures and dates. */
export function somethingChanged(changes: ReleaseChanges): boolean {
  return changeCount(changes) > 0;
}
