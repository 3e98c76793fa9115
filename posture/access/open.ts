import type {
  AccessReview,
  Entry,
  Id,
  Instant,
  PrincipalList,
  PulledPrincipal,
  SystemRef,
} from '../../schemas/index.ts';
import { changedSince, entriesOf, goneSince } from './changes.ts';
import { listDigest, sealOf } from './seal.ts';

/** What a review is opened with. */
export type Opening = {
  system: SystemRef;
  reviewer: string;
  reviewerRole: Id | undefined;
  openedAt: Instant;
  dueAt: Instant;
  /** The review before, whatever became of it. */
  previous: Entry<AccessReview> | undefined;
};

/** A review of a list, with nothing decided. What has changed since the review before stands first, then by kind and name. */
export function openReview(opening: Opening, list: PrincipalList): AccessReview {
  const { system, reviewer, reviewerRole, openedAt, dueAt, previous } = opening;
  const before = previous && entriesOf(previous.data);
  const entries = list.principals
    .map((principal): PulledPrincipal => {
      // First what a reviewer looks at.
      const { name, kind, roles, lastActiveAt, ...rest } = principal;
      const pulled = { name, kind, roles, changed: changedSince(before, principal), lastActiveAt, ...rest };
      return { ...pulled, seal: sealOf(pulled) };
    })
    .sort(
      (a, b) =>
        Number(b.changed.length > 0) - Number(a.changed.length > 0) ||
        compare(a.kind, b.kind) ||
        compare(a.name, b.name) ||
        compare(a.key, b.key),
    )
    .map((pulled) => ({ pulled, decision: null, reason: null }));
  const { asOf, reportedTotal, complete, unseen, principals } = list;
  const review: AccessReview = {
    system,
    reviewer,
    ...(reviewerRole === undefined ? {} : { reviewerRole }),
    openedAt,
    dueAt,
    previous: previous?.id ?? null,
    list: {
      asOf,
      read: principals.length,
      reportedTotal,
      complete,
      unseen,
      gone: goneSince(before, principals),
      digest: '0'.repeat(64),
    },
    reasons: {},
    entries,
  };
  return { ...review, list: { ...review.list, digest: listDigest(review) } };
}

/** By code unit, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
