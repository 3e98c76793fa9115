import { z } from 'zod';
import { SystemRef } from './access-review.ts';
import { Id } from './core/ids.ts';
import { Duration, Instant } from './core/time.ts';
import { Unseen } from './principal.ts';

const count = z.int().nonnegative();

/** What is published of one access review: dates, counts, and the reviewer’s role. Nothing that names anybody. */
export const PublishedReview = z
  .strictObject({
    reviewerRole: Id.nullable().meta({ description: 'The role of the reviewer in the company; null when not said.' }),
    openedAt: Instant,
    asOf: Instant.nullable().meta({ description: 'When the system gave the list; null when it did not say.' }),
    dueAt: Instant,
    closedAt: Instant.nullable().meta({ description: 'When it was signed off; null while it is open.' }),
    entries: count.meta({ description: 'How many principals were read.' }),
    reportedTotal: count.nullable().meta({ description: 'How many the system said there were.' }),
    complete: z.boolean(),
    unseen: z.array(Unseen).meta({ description: 'What the credentials could not see.' }),
    decided: z.strictObject({ keep: count, change: count, revoke: count, undecided: count }),
    first: z.boolean().meta({ description: 'Whether the system was never reviewed before; nothing has changed then.' }),
    changed: count.meta({ description: 'Entries that were new, or not as they were in the review before.' }),
    gone: count.meta({ description: 'Entries of the review before that were no longer there.' }),
  })
  .meta({ id: 'PublishedReview', description: 'One access review, in dates and counts.' });
export type PublishedReview = z.infer<typeof PublishedReview>;

/** All access reviews, in dates and counts, newest first: `/access-reviews.json`. */
export const PublishedReviews = z
  .strictObject({
    schema: z.literal('candor/access-reviews@1'),
    generatedAt: Instant,
    systems: z.array(
      z.strictObject({
        system: SystemRef,
        every: Duration.nullable().meta({ description: 'How often a review is promised; null when never collected.' }),
        state: z.enum(['never', 'open', 'closed', 'overdue']).nullable(),
        lastClosedAt: Instant.nullable(),
        nextDueAt: Instant.nullable().meta({ description: 'Until when the next review must be closed.' }),
        reviews: z.array(PublishedReview),
      }),
    ),
  })
  .meta({ id: 'PublishedReviews', description: 'All access reviews, in dates and counts.' });
export type PublishedReviews = z.infer<typeof PublishedReviews>;
