import { z } from 'zod';

/**
 * The result of one check on one subject. After ossf/scorecard's outcomes: what could not be judged has a name of
 * its own and never counts as passed.
 */
export const Outcome = z.enum(['passed', 'failed', 'inconclusive', 'error', 'not-applicable']).meta({
  description:
    'passed; failed; inconclusive (nothing, or not all, could be judged); error (could not look); not-applicable.',
});
export type Outcome = z.infer<typeof Outcome>;

/** How the evidence was obtained, in the words of OSCAL. */
export const Method = z.enum(['TEST', 'EXAMINE', 'INTERVIEW']).meta({ description: 'OSCAL assessment method.' });
export type Method = z.infer<typeof Method>;

/** Where a source runs. Evidence names it; `demo` puts a banner on every page and stops a production build. */
export const Environment = z.enum(['production', 'staging', 'demo']).meta({
  description: 'Where the source runs. demo puts a banner on every page, and a production build refuses it.',
});
export type Environment = z.infer<typeof Environment>;

/** What the company says about a claim. This is declared; the claim state is derived. */
export const ClaimStatus = z
  .enum(['in-place', 'in-progress', 'planned', 'not-available'])
  .meta({ description: 'What the company declares: in-place, in-progress, planned or not-available.' });
export type ClaimStatus = z.infer<typeof ClaimStatus>;

/** What is shown for a claim. Derived by posture/ and never written by hand. */
export const ClaimState = z
  .enum([
    'verified',
    'attested',
    'accepted-risk',
    'stale',
    'unknown',
    'failing',
    'unbacked',
    'in-progress',
    'planned',
    'not-available',
  ])
  .meta({ description: 'Derived state of a claim; nobody can declare it.' });
export type ClaimState = z.infer<typeof ClaimState>;

/** Age of the last conclusive observation: past the cadence it is due, past validUntil stale, 30 days later abandoned. */
export const Freshness = z
  .enum(['fresh', 'due', 'stale', 'abandoned'])
  .meta({ description: 'fresh, due (past cadence), stale (past validUntil), abandoned (30 days after that).' });
export type Freshness = z.infer<typeof Freshness>;

/** How many findings ended in each outcome. */
export const OutcomeCounts = z
  .strictObject({
    passed: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    inconclusive: z.int().nonnegative(),
    error: z.int().nonnegative(),
    'not-applicable': z.int().nonnegative(),
  })
  .meta({ description: 'Number of findings by outcome.' });
export type OutcomeCounts = z.infer<typeof OutcomeCounts>;
