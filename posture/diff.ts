import type { ClaimState, Coverage, Instant, Trust } from '../schemas/index.ts';

/** What became of one claim between two moments. */
type ClaimChange = {
  id: string;
  title: string;
  change: 'added' | 'removed' | 'state' | 'reworded';
  before: ClaimState | null;
  after: ClaimState | null;
};

/** What changed between two moments. */
export type TrustDiff = {
  from: Instant;
  to: Instant;
  coverage: { before: Coverage; after: Coverage };
  claims: ClaimChange[];
};

/** Compares two derivations, claim by claim. Nothing is listed that stayed the same. */
export function diff(before: Trust, after: Trust): TrustDiff {
  const old = new Map(before.claims.map((claim) => [claim.id, claim]));
  const current = new Set(after.claims.map(({ id }) => id));
  const changes: ClaimChange[] = [];
  for (const claim of after.claims) {
    const was = old.get(claim.id);
    const { id, title, state } = claim;
    if (was === undefined) changes.push({ id, title, change: 'added', before: null, after: state });
    else if (was.state !== state) changes.push({ id, title, change: 'state', before: was.state, after: state });
    else if (was.title !== title) changes.push({ id, title, change: 'reworded', before: was.state, after: state });
  }
  for (const { id, title, state } of before.claims)
    if (!current.has(id)) changes.push({ id, title, change: 'removed', before: state, after: null });
  return {
    from: before.generatedAt,
    to: after.generatedAt,
    coverage: { before: before.coverage, after: after.coverage },
    claims: changes,
  };
}
