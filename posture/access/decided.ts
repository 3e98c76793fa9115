import type { Principal, PrincipalList, ReviewEntry } from '../../schemas/index.ts';
import { marksOf } from './identity.ts';
import type { ClosedReview } from './standing.ts';

/** The decision in force about one principal: that of the last list which was reviewed. */
export type Decided = { review: ClosedReview; entry: ReviewEntry };

/** The decisions in force by key. A later review that sees the principal again takes the place of an earlier one. */
export function decisionsInForce(reviews: readonly ClosedReview[]): Map<string, Decided> {
  const decisions = new Map<string, Decided>();
  for (const review of reviews)
    for (const entry of review.data.entries) decisions.set(entry.pulled.key, { review, entry });
  return decisions;
}

/** Finds a principal of a review in a later list, by any of its marks. */
export function finderIn({ principals, namesAreUnique }: PrincipalList): (before: Principal) => Principal[] {
  const by = new Map<string, Set<Principal>>();
  for (const principal of principals)
    for (const mark of marksOf(principal, namesAreUnique)) by.set(mark, (by.get(mark) ?? new Set()).add(principal));
  return (before) => [...new Set(marksOf(before, namesAreUnique).flatMap((mark) => [...(by.get(mark) ?? [])]))];
}

/** The roles that a decision took away: those that the principal had, and that shall not remain. */
export function rolesTaken({ pulled, decision, roles = [] }: ReviewEntry): string[] {
  if (decision === 'revoke') return [...pulled.roles];
  return decision === 'change' ? pulled.roles.filter((role) => !roles.includes(role)) : [];
}
