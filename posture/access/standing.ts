import type { AccessReview, Content, Duration, Entry, Instant, SystemRef } from '../../schemas/index.ts';
import { after } from '../time.ts';

/** A review that has been signed off. */
export type ClosedReview = Entry<AccessReview & { closed: NonNullable<AccessReview['closed']> }>;

/** Where the reviews of one system stand. `overdue` also when there was none, or the open one is past its date. */
export type Standing = {
  state: 'never' | 'open' | 'closed' | 'overdue';
  /** The review that was closed last; undefined when none was. */
  last: ClosedReview | undefined;
  /** The review that is open, the oldest first to be due. */
  open: Entry<AccessReview> | undefined;
  /** Until when the next review must be closed; null when none ever was. */
  nextDueAt: Instant | null;
};

/** The reviews of one system, in the order in which they were opened. */
export function reviewsOf({ accessReviews }: Pick<Content, 'accessReviews'>, system: SystemRef): Entry<AccessReview>[] {
  return accessReviews
    .filter(({ data }) => data.system === system)
    .sort((a, b) => Date.parse(a.data.openedAt) - Date.parse(b.data.openedAt) || (a.id < b.id ? -1 : 1));
}

/** The reviews that were signed off, in order of the lists that they are about. */
export function closedReviews(reviews: readonly Entry<AccessReview>[]): ClosedReview[] {
  return reviews.flatMap(({ id, file, data }) => {
    const { closed } = data;
    return closed === undefined ? [] : [{ id, file, data: { ...data, closed } }];
  });
}

/** The review that was signed off last. */
export function lastClosed(reviews: readonly Entry<AccessReview>[]): ClosedReview | undefined {
  return closedReviews(reviews)
    .sort((a, b) => Date.parse(a.data.closed.at) - Date.parse(b.data.closed.at))
    .at(-1);
}

/** Where the reviews of one system stand at `now`, when one is promised to be closed each `every`. */
export function standingOf(reviews: readonly Entry<AccessReview>[], every: Duration, now: Instant): Standing {
  const last = lastClosed(reviews);
  const [open] = reviews
    .filter(({ data }) => data.closed === undefined)
    .sort((a, b) => Date.parse(a.data.dueAt) - Date.parse(b.data.dueAt));
  const nextDueAt = last === undefined ? null : after(last.data.closed.at, every);
  const past = (at: Instant) => Date.parse(now) > Date.parse(at);
  const overdue = (open !== undefined && past(open.data.dueAt)) || (nextDueAt !== null && past(nextDueAt));
  const state = overdue ? 'overdue' : open !== undefined ? 'open' : last === undefined ? 'never' : 'closed';
  return { state, last, open, nextDueAt };
}
