import {
  type AccessReview,
  type Content,
  Duration,
  type Evidence,
  type Instant,
  type PublishedReview,
  type PublishedReviews,
} from '../../schemas/index.ts';
import { lastClosed, reviewsOf, standingOf } from './standing.ts';

/**
 * What may be published of the access reviews at `now`: dates, counts and roles of the company, by system. How often a
 * review is promised comes from the record of the system, because only its collector knows what it is when left out.
 */
export function publishReviews(content: Content, evidence: readonly Evidence[], now: Instant): PublishedReviews {
  const records = evidence.filter(({ facts }) => typeof facts.reviewEvery === 'string');
  const systems = [
    ...records.map(({ source, collector }) => `${source}/${collector.id}`),
    ...content.accessReviews.map(({ data }) => data.system),
  ];
  return {
    schema: 'candor/access-reviews@1',
    generatedAt: now,
    systems: [...new Set(systems)].sort().map((system) => {
      const record = records.find(({ source, collector }) => `${source}/${collector.id}` === system);
      const every = Duration.safeParse(record?.facts.reviewEvery).data ?? null;
      const reviews = reviewsOf(content, system);
      const standing = every === null ? undefined : standingOf(reviews, every, now);
      return {
        system,
        every,
        state: standing?.state ?? null,
        lastClosedAt: lastClosed(reviews)?.data.closed.at ?? null,
        nextDueAt: standing?.nextDueAt ?? null,
        reviews: reviews.map(({ data }) => publishReview(data)).reverse(),
      };
    }),
  };
}

function publishReview({
  reviewerRole,
  openedAt,
  dueAt,
  closed,
  previous,
  list,
  entries,
}: AccessReview): PublishedReview {
  const decided = { keep: 0, change: 0, revoke: 0, undecided: 0 };
  for (const { decision } of entries) decided[decision ?? 'undecided'] += 1;
  const { asOf, read, reportedTotal, complete, unseen, gone } = list;
  return {
    reviewerRole: reviewerRole ?? null,
    openedAt,
    asOf,
    dueAt,
    closedAt: closed?.at ?? null,
    entries: read,
    reportedTotal,
    complete,
    unseen,
    decided,
    first: previous === null,
    changed: entries.filter(({ pulled }) => pulled.changed.length > 0).length,
    gone: gone.length,
  };
}
