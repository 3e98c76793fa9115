import { z } from 'zod';
import { Duration, Instant, SlaClock, VulnerabilityReport, VulnerabilityState } from '../../schemas/index.ts';

/** The declared intent. An author writes it under `collect.disclosure-promises.expect` of a source. */
export const Expect = z
  .strictObject({
    window: Duration.default('365d').meta({ description: 'How far back is counted; 365d when left out.' }),
    deletionWithin: Duration.default('24h').meta({
      description: 'How long after its time the text of a report may still be there; 24h.',
    }),
  })
  .meta({ description: 'How far back is counted, and how late deletion may be.' });
export type Expect = z.infer<typeof Expect>;

const { starts, ends, within, counts, hours, severities } = SlaClock.shape;
/** The part of a promised time that counts. */
export const Terms = z.strictObject({ starts, ends: ends.unwrap(), within, counts, hours, severities });
export type Terms = z.infer<typeof Terms>;

const severity = VulnerabilityReport.shape.severity.unwrap().nullable();
const at = Instant.nullable();
/** What is measured of one report. It names nobody. */
export const Report = z.strictObject({
  state: VulnerabilityState,
  receivedAt: Instant,
  acknowledgedAt: at,
  triagedAt: at,
  confirmedAt: at,
  fixedAt: at,
  disclosedAt: at,
  /** When its reporter last heard from the team. */
  updatedAt: at,
  /** When it came into its state. */
  since: Instant,
  /** The last entry of its history, from which on its text is kept once it has ended. */
  changedAt: Instant,
  hasText: z.boolean(),
  /** What happened to it, oldest first; `severity` is what it is called from then on, where that was said. */
  history: z.array(z.strictObject({ to: VulnerabilityState, at: Instant, told: z.boolean(), severity })).min(1),
});
export type Report = z.infer<typeof Report>;

/** A promise as the server kept it; null since it was withdrawn. */
export const KeptPromise = z.strictObject({ clock: z.string(), since: Instant, terms: Terms.nullable() });
export type KeptPromise = z.infer<typeof KeptPromise>;

/** What `collect` hands to `assess`. Private: it is judged and dropped. */
export const Raw = z.strictObject({
  now: Instant,
  /** False when the server has not made what is read here: it is an older one. */
  measured: z.boolean(),
  /** What disclosure.yaml promises now, and how long it keeps the text of a report that has ended. */
  promised: z.array(z.strictObject({ clock: z.string(), terms: Terms })),
  retention: Duration,
  /** What was promised, oldest first. */
  kept: z.array(KeptPromise),
  /** All that ever came, newest first. */
  reports: z.array(Report),
  total: z.int().nonnegative(),
  /** False when there were more than are read. */
  complete: z.boolean(),
});
export type Raw = z.infer<typeof Raw>;

const count = z.int().nonnegative();
const time = z.string().max(200).nullable();

/** The allow-list: counts, and times in words. Times are those of the calendar, as a reporter waits. */
export const Facts = z.strictObject({
  countedOver: z.string().max(200),
  received: count,
  acknowledged: count,
  acknowledgedLate: count,
  medianTimeToAcknowledge: time,
  longestTimeToAcknowledge: time,
  triaged: count,
  triagedLate: count,
  medianTimeToTriage: time,
  longestTimeToTriage: time,
  fixed: count,
  fixedLate: count,
  medianTimeToFix: time,
  longestTimeToFix: time,
  open: count,
  overdue: count,
  endedDisclosed: count,
  endedDuplicate: count,
  endedNotApplicable: count,
  endedInformative: count,
  endedClosed: count,
  everReceived: count,
  textKept: count,
  textKeptTooLong: count,
});
export type Facts = z.infer<typeof Facts>;
