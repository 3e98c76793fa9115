import { z } from 'zod';
import { FrameworkRef } from './claim.ts';
import { CheckRef, Digest, Id } from './core/ids.ts';
import { DateOn, Duration, Instant } from './core/time.ts';
import { ClaimState, ClaimStatus, Environment, Freshness, Method, Outcome, OutcomeCounts } from './core/vocabulary.ts';
import { OpenFailure, Population } from './evidence.ts';

/** Verified and fresh claims over all in-place claims. What cannot be shown counts against it. */
export const Coverage = z
  .strictObject({
    inPlace: z.int().nonnegative().meta({ description: 'Claims declared in-place: the denominator.' }),
    verified: z.int().nonnegative().meta({ description: 'Of these, verified by evidence that is fresh.' }),
    percent: z.int().min(0).max(100).meta({ description: 'verified / inPlace, rounded down; 0 when there are none.' }),
  })
  .meta({ id: 'Coverage', description: 'Verified and fresh claims over all in-place claims.' });
export type Coverage = z.infer<typeof Coverage>;

/** How many claims are in each state. */
export const StateCounts = z
  .strictObject({
    verified: z.int().nonnegative(),
    attested: z.int().nonnegative(),
    'accepted-risk': z.int().nonnegative(),
    stale: z.int().nonnegative(),
    unknown: z.int().nonnegative(),
    failing: z.int().nonnegative(),
    unbacked: z.int().nonnegative(),
    'in-progress': z.int().nonnegative(),
    planned: z.int().nonnegative(),
    'not-available': z.int().nonnegative(),
  })
  .meta({ id: 'StateCounts', description: 'Number of claims by state.' });
export type StateCounts = z.infer<typeof StateCounts>;

/** The states that one cited check, attestation or claim can contribute to a claim that is declared in-place. */
export const SupportState = ClaimState.extract([
  'verified',
  'attested',
  'accepted-risk',
  'stale',
  'unknown',
  'failing',
  'unbacked',
]);
export type SupportState = z.infer<typeof SupportState>;

const dated = {
  since: Instant.nullable().meta({ description: 'Since when it has been so; null when that is not known.' }),
  observedAt: Instant.nullable().meta({ description: 'The last look that could judge; null when there was none.' }),
  dueAt: Instant.nullable().meta({ description: 'When the next look is promised.' }),
  validUntil: Instant.nullable().meta({ description: 'Until when the last look may be shown as current.' }),
};

/** What one cited check says about a claim at this moment. */
export const CheckSupport = z
  .strictObject({
    ref: CheckRef,
    source: Id,
    collector: Id,
    check: Id,
    title: z.string().meta({ description: 'The good state, as the collector words it; the id when never collected.' }),
    statement: z.string().nullable(),
    state: SupportState,
    reason: z.string(),
    outcome: Outcome.nullable().meta({ description: 'The outcome of the last run; null when it never ran.' }),
    attemptedAt: Instant.nullable().meta({ description: 'The last run, whether it could judge or not.' }),
    ...dated,
    freshness: Freshness.nullable(),
    counts: OutcomeCounts.nullable(),
    openFailures: z.array(OpenFailure),
    openFailuresOmitted: z.int().nonnegative(),
    exceptions: z.array(Id).meta({ description: 'The exceptions that cover its failures.' }),
  })
  .meta({ id: 'CheckSupport', description: 'What one cited check says about a claim.' });
export type CheckSupport = z.infer<typeof CheckSupport>;

/** What one cited attestation, or one claim of a roll-up, says about a claim at this moment. */
export const StatementSupport = z
  .strictObject({ id: Id, state: ClaimState, reason: z.string(), ...dated, freshness: Freshness.nullable() })
  .meta({ id: 'StatementSupport', description: 'What an attestation or another claim says about a claim.' });
export type StatementSupport = z.infer<typeof StatementSupport>;

/** A claim with its derived state. */
export const DerivedClaim = z
  .strictObject({
    id: Id,
    section: Id,
    title: z.string(),
    status: ClaimStatus,
    state: ClaimState,
    reason: z.string().meta({ description: 'Why the state is what it is, in a sentence.' }),
    review: z
      .boolean()
      .meta({ description: 'True when evidence contradicts a declared absence or plan: a person must look.' }),
    fresh: z.boolean().meta({ description: 'True when all that it rests on is fresh.' }),
    ...dated,
    freshness: Freshness.nullable(),
    disclosedWeakness: z.boolean(),
    limits: z.string().nullable(),
    frameworks: z.array(FrameworkRef),
    documents: z.array(Id),
    subprocessors: z.array(Id),
    roadmap: Id.nullable(),
    checks: z.array(CheckSupport),
    attestations: z.array(StatementSupport),
    claims: z.array(StatementSupport),
  })
  .meta({ id: 'DerivedClaim', description: 'A claim with its derived state.' });
export type DerivedClaim = z.infer<typeof DerivedClaim>;

/** One collector on one source: what it last saw. */
export const EvidenceSummary = z
  .strictObject({
    source: Id,
    collector: Id,
    title: z.string(),
    topic: Id,
    environment: Environment,
    method: Method,
    id: Digest,
    collectedAt: Instant,
    cadence: Duration,
    validUntil: Instant.nullable(),
    freshness: Freshness.nullable(),
    counts: OutcomeCounts,
    population: Population.nullable(),
    path: z.string().meta({ description: 'Where the whole record is published.' }),
  })
  .meta({ id: 'EvidenceSummary', description: 'One collector on one source: what it last saw.' });
export type EvidenceSummary = z.infer<typeof EvidenceSummary>;

/** A planned collection that has left no evidence. */
export const MissingEvidence = z.strictObject({
  source: Id,
  collector: Id,
  environment: Environment,
  reason: z.string(),
});
export type MissingEvidence = z.infer<typeof MissingEvidence>;

/** An exception with what it does at this moment. */
export const DerivedException = z
  .strictObject({
    id: Id,
    evidence: CheckRef,
    subjects: z.array(z.string()),
    owner: Id,
    reason: z.string(),
    acceptedOn: DateOn,
    expiresOn: DateOn,
    status: z.enum(['covering', 'expired', 'idle']).meta({
      description: 'covering an open failure; expired; or idle, because nothing that it names fails.',
    }),
  })
  .meta({ id: 'DerivedException', description: 'An exception with what it does at this moment.' });
export type DerivedException = z.infer<typeof DerivedException>;

/** Everything that is derived, once: the HTML, trust.json and the command line all read this. */
export const Trust = z
  .strictObject({
    schema: z.literal('candor/trust@1'),
    generatedAt: Instant.meta({ description: 'The moment that all of this was derived for.' }),
    organization: z.strictObject({ name: z.string(), legalName: z.string(), product: z.string(), url: z.string() }),
    demo: z.boolean().meta({ description: 'True when any source or evidence is of a demonstration.' }),
    coverage: Coverage,
    states: StateCounts,
    claims: z.array(DerivedClaim),
    evidence: z.array(EvidenceSummary),
    missing: z.array(MissingEvidence),
    exceptions: z.array(DerivedException),
  })
  .meta({ id: 'Trust', description: 'Everything that is derived from content and evidence for one moment.' });
export type Trust = z.infer<typeof Trust>;
