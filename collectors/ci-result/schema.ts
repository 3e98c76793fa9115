import { DateOn, Instant, z } from '../../index.ts';

const Label = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[\w .-]+$/);
const Pattern = z.string().min(1).max(200);

/** The declared intent. An author writes it under `collect.ci-result.expect` of a source. */
export const Expect = z
  .strictObject({
    suites: z
      .record(
        Label,
        z.strictObject({
          named: z.array(Pattern).min(1).default(['*']).meta({
            description: 'Names of test suites in the reports, or patterns with *; all of them when left out.',
          }),
          atLeast: z
            .int()
            .min(1)
            .max(10_000_000)
            .meta({ description: 'How many tests must have run, skipped ones not counted.' }),
          maySkip: z
            .int()
            .min(0)
            .default(0)
            .meta({ description: 'How many tests may be skipped; none when left out.' }),
        }),
      )
      .default({})
      .meta({ description: 'Suites of tests by their public name; what a report calls them stays private.' }),
    checkRuns: z
      .strictObject({
        repository: z
          .string()
          .regex(/^[\w.-]+\/[\w.-]+$/)
          .meta({ description: 'For example acme/api.' }),
        ref: z.string().min(1).max(200).meta({ description: 'A branch, or the full name of a commit.' }),
        names: z.array(z.string().min(1).max(100)).min(1).meta({ description: 'The check runs that must succeed.' }),
      })
      .optional()
      .meta({ description: 'Check runs on GitHub; they need `token`, and `api` where it is not github.com.' }),
    maxAgeDays: z.int().min(1).max(365).default(2).meta({ description: 'How old a result may be; 2 days.' }),
  })
  .refine(({ suites, checkRuns }) => Object.keys(suites).length > 0 || checkRuns !== undefined, {
    message: 'names neither suites nor checkRuns, so that there would be nothing to judge',
  })
  .meta({ description: 'Which tests are meant to run in each build, and how many of them.' });
export type Expect = z.infer<typeof Expect>;

/** What the reports say of one declared suite, all of its parts together. */
export const Suite = z.strictObject({
  label: Label,
  parts: z.int(),
  tests: z.int(),
  failures: z.int(),
  skipped: z.int(),
  /** When the oldest of its parts ran; null when there is none, or one does not say. */
  oldestAt: Instant.nullable(),
});
export type Suite = z.infer<typeof Suite>;

/** Why a report could not be used. */
export const Flaw = z.enum([
  'not XML',
  'a document type declaration',
  'too deep',
  'too large',
  'no JUnit report',
  'incomplete',
]);
export type Flaw = z.infer<typeof Flaw>;

/** One named check run, the newest of its name. */
export const CheckRun = z.strictObject({
  name: z.string(),
  state: z.enum(['succeeded', 'not-succeeded', 'running', 'missing']),
  completedAt: Instant.nullable(),
});
export type CheckRun = z.infer<typeof CheckRun>;

/** What `collect` hands to `assess`. Private: it is judged and dropped. */
export const Raw = z.strictObject({
  readAt: Instant,
  reports: z.int(),
  flaws: z.array(Flaw),
  suites: z.array(Suite),
  /** Null when none are declared; `complete` false when the list was cut. */
  checkRuns: z.strictObject({ complete: z.boolean(), runs: z.array(CheckRun) }).nullable(),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  reports: z.int(),
  reportsUnusable: z.int(),
  tests: z.int(),
  failures: z.int(),
  skipped: z.int(),
  oldestResultOn: DateOn.nullable(),
  checkRuns: z.int(),
});
export type Facts = z.infer<typeof Facts>;
