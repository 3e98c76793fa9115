import { z } from 'zod';
import { Duration, Id, Instant, IntakePolicy, SlaClock } from '../../schemas/index.ts';

/** The declared intent. An author writes it under `collect.intake-promises.expect` of a source. */
export const Expect = z
  .strictObject({
    clock: Id.optional().meta({
      description: 'The clock of intake.yaml that requests are held against; the first when left out.',
    }),
    window: Duration.default('90d').meta({ description: 'How far back answers are counted; 90d when left out.' }),
    deletionWithin: Duration.default('24h').meta({
      description: 'How long after its time data may still be there, and how old the last run of the job may be; 24h.',
    }),
  })
  .meta({ description: 'Which promised time requests are held against, and how late deletion may be.' });
export type Expect = z.infer<typeof Expect>;

const { starts, within, counts, hours } = SlaClock.shape;
/** The part of a promised time that counts. */
export const Terms = z.strictObject({ starts, within, counts, hours });
export type Terms = z.infer<typeof Terms>;

/** A request whose address was confirmed. */
export const Request = z.strictObject({
  openedAt: Instant,
  verifiedAt: Instant,
  answeredAt: Instant.nullable(),
});
export type Request = z.infer<typeof Request>;

/** Something that still holds personal data, and since when it is in its state. */
export const Holding = z.strictObject({ kind: z.string(), state: z.string(), since: Instant });
export type Holding = z.infer<typeof Holding>;

const count = z.int().nonnegative();

/** What `collect` hands to `assess`. Private: it is judged and dropped. It names nobody. */
export const Raw = z.strictObject({
  now: Instant,
  /** What intake.yaml promises now. */
  terms: Terms,
  /** What was promised at other times, as the server kept it, oldest first. */
  kept: z.array(z.strictObject({ since: Instant, terms: Terms })),
  /** What intake.yaml and disclosure.yaml declare. */
  retention: IntakePolicy.shape.retention.unwrap().extend({ reports: Duration }),
  /** Those answered since the window began, and all that are not answered. */
  requests: z.array(Request),
  /** How many were sent in since the window began whose address was never confirmed. */
  unconfirmed: count,
  /** Everything that was ever sent in, with its data or without. */
  submissions: count,
  /** How many of them hold personal data. */
  holding: count,
  /** Those of them that may not hold it for as long as they last. */
  holdings: z.array(Holding),
  /** False when there were more rows than are read. */
  complete: z.boolean(),
  job: z.strictObject({ ranAt: Instant, emptied: count }).nullable(),
});
export type Raw = z.infer<typeof Raw>;

const text = z.string().max(200);

/** The allow-list: counts, times in words, and a date. */
export const Facts = z.strictObject({
  promise: text,
  countedOver: text,
  answered: count,
  answeredInTime: count,
  medianTimeToAnswer: text.nullable(),
  longestTimeToAnswer: text.nullable(),
  open: count,
  overdue: count,
  longestOpen: text.nullable(),
  neverConfirmed: count,
  everReceived: count,
  holdingPersonalData: count,
  keptTooLong: count,
  deletedByTheJob: count.nullable(),
  jobLastRanAt: Instant.nullable(),
});
export type Facts = z.infer<typeof Facts>;
