import { z } from 'zod';
import { type CheckRef, Digest, Id } from './core/ids.ts';
import { Duration, Instant } from './core/time.ts';
import { Environment, Method, Outcome, OutcomeCounts } from './core/vocabulary.ts';
import { Finding } from './finding.ts';

/** The most bytes of canonical JSON that one record may take; a C2SP log leaf must stay under 65,536. */
export const MAX_EVIDENCE_BYTES = 64_000;

/** The entry of the same record that came before: where it stands in the log, and its leaf hash. */
export const PreviousEntry = z
  .strictObject({
    index: z.int().nonnegative().meta({ description: 'Position in the log, counted from 0.' }),
    digest: Digest.meta({ description: 'RFC 6962 leaf hash: SHA-256 of a zero byte and the entry.' }),
  })
  .meta({ id: 'PreviousEntry', description: 'The entry of the log that this one follows.' });
export type PreviousEntry = z.infer<typeof PreviousEntry>;

/** A failure that no later look has shown to be gone. */
export const OpenFailure = z
  .strictObject({
    subject: z.string().min(1).max(300).meta({ description: 'What failed.' }),
    reason: z.string().min(1).max(600).meta({ description: 'Why, when it was last seen.' }),
    firstSeenAt: Instant.meta({ description: 'When this failure was first seen, without a pass in between.' }),
    lastSeenAt: Instant.meta({ description: 'When this failure was last seen.' }),
  })
  .meta({ id: 'OpenFailure', description: 'A failure that no later look has shown to be gone.' });
export type OpenFailure = z.infer<typeof OpenFailure>;

/** One check of this run over all its subjects, together with what earlier runs still say about it. */
export const CheckResult = z
  .strictObject({
    check: Id,
    title: z.string().min(1).max(160).meta({ description: 'The good state, as a short statement.' }),
    statement: z.string().min(1).max(600).meta({ description: 'What exactly is true when the check passes.' }),
    outcome: Outcome.meta({ description: 'All findings of this run together; passed only when everything passed.' }),
    reason: z.string().min(1).max(600).meta({ description: 'Why the outcome is what it is.' }),
    counts: OutcomeCounts,
    since: Instant.meta({ description: 'Since when each run has had this outcome.' }),
    observedAt: Instant.nullable().meta({
      description: 'Last run that could judge: passed or failed. Errors leave it.',
    }),
    lastPassedAt: Instant.nullable().meta({ description: 'Last run in which the check passed.' }),
    validUntil: Instant.nullable().meta({ description: 'observedAt and the validity together.' }),
    openFailures: z.array(OpenFailure).meta({ description: 'Failures not yet seen to be gone, most recent first.' }),
    openFailuresOmitted: z.int().nonnegative().meta({ description: 'Further open failures, left out for size.' }),
  })
  .meta({ id: 'CheckResult', description: 'One check over all its subjects.' });
export type CheckResult = z.infer<typeof CheckResult>;

/** One published fact: a plain value or a list of plain values, never a structure that could carry a row. */
export const Fact = z
  .union([z.string().max(200), z.number(), z.boolean(), z.null(), z.array(z.string().max(200)).max(50)])
  .meta({ id: 'Fact', description: 'A public fact: text, number, yes or no, unknown (null), or a list of texts.' });
export type Fact = z.infer<typeof Fact>;

/** What was looked at, and whether that was everything. */
export const Population = z
  .strictObject({
    description: z.string().min(1).max(300).meta({ description: 'What the subjects are and how they were found.' }),
    queryDigest: Digest.meta({ description: 'SHA-256 of the queries that found them.' }),
    count: z.int().nonnegative().meta({ description: 'How many subjects there are.' }),
    complete: z.boolean().meta({ description: 'False when not all could be looked at; then nothing passes.' }),
  })
  .meta({ id: 'Population', description: 'What was looked at, and whether that was everything.' });
export type Population = z.infer<typeof Population>;

/** One run of one collector on one source, as it is published. Canonical JSON (RFC 8785), at most 64,000 bytes. */
export const Evidence = z
  .strictObject({
    schema: z.literal('candor/evidence@1'),
    id: Digest.meta({ description: 'SHA-256 of the canonical JSON of this record without its id.' }),
    source: Id.meta({ description: 'The source that was read.' }),
    environment: Environment,
    collector: z
      .strictObject({
        id: Id,
        title: z.string().min(1).max(120),
        topic: Id.meta({ description: 'The page section that lists it, for example isolation.' }),
        version: z.string().min(1).max(40).meta({ description: 'Version of candor, or of the adopter’s collector.' }),
        commit: z.string().max(64).nullable().meta({ description: 'Commit of the code that ran, when known.' }),
        expectDigest: Digest.meta({ description: 'SHA-256 of the declared intent that it was judged against.' }),
      })
      .meta({ description: 'The code that read and judged.' }),
    method: Method,
    run: z.strictObject({
      startedAt: Instant,
      endedAt: Instant,
      trigger: z.enum(['manual', 'schedule', 'start']).meta({ description: 'What started the run.' }),
    }),
    collectedAt: Instant.meta({ description: 'When the source was read; the instant that all else counts from.' }),
    cadence: Duration.meta({ description: 'How often it is promised to be collected.' }),
    validFor: Duration.meta({ description: 'How long one observation may be shown as current.' }),
    validUntil: Instant.nullable().meta({ description: 'The earliest end of validity among the checks.' }),
    population: Population.nullable().meta({ description: 'Null when the source could not be read at all.' }),
    counts: OutcomeCounts,
    checks: z.array(CheckResult).min(1),
    findings: z
      .array(Finding)
      .meta({ description: 'Worst first. Passed ones are left out first where size requires.' }),
    findingsOmitted: z.int().nonnegative().meta({ description: 'Findings left out for size; counts include them.' }),
    findingsDigest: Digest.meta({ description: 'SHA-256 of the canonical JSON of all findings.' }),
    facts: z.record(z.string(), Fact).meta({ description: 'Public facts, by the allow-list of the collector.' }),
    redactions: z
      .array(z.strictObject({ what: z.string(), why: z.string(), count: z.int().nonnegative() }))
      .meta({ description: 'What was held back, and why.' }),
    reproduce: z.array(z.string().max(300)).meta({ description: 'How a person with access sees the same.' }),
    permissions: z.array(z.string().max(300)).meta({ description: 'The rights that the collector uses.' }),
    previous: PreviousEntry.nullable().meta({ description: 'The entry of the log that this one follows.' }),
  })
  .meta({ id: 'Evidence', description: 'One run of one collector on one source.' });
export type Evidence = z.infer<typeof Evidence>;

/** The reference under which claims cite a check of this record. */
export function checkRefOf(evidence: Pick<Evidence, 'source' | 'collector'>, check: Id): CheckRef {
  return `${evidence.source}/${evidence.collector.id}#${check}`;
}
