import { Instant, z } from '../../index.ts';
import { Counted } from '../github-repositories/population.ts';
import { scopeFields } from '../github-repositories/scope.ts';

/** The declared intent. An author writes it under `collect.github-deployments.expect` of a source. */
export const Expect = z
  .strictObject({
    ...scopeFields,
    environment: z.string().min(1).max(100).default('production').meta({
      description: 'The environment on GitHub that stands for production; production when left out.',
    }),
    windowDays: z
      .int()
      .min(1)
      .max(365)
      .default(30)
      .meta({ description: 'How many days back deployments are judged; 30.' }),
  })
  .meta({ description: 'Where deployments to production are meant to come from.' });
export type Expect = z.infer<typeof Expect>;

/** What is known of one repository. */
export const Deploying = z.strictObject({
  subject: z.string().nullable(),
  notJudged: z.string().nullable(),
  /** Which branches GitHub lets deploy: any, protected ones, those listed. Null when it cannot be seen; `absent`: no such environment. */
  branches: z
    .union([z.enum(['absent', 'any', 'protected', 'none', 'default-only']), z.strictObject({ others: z.int() })])
    .nullable(),
  /**
   * Deployments within the window, and how many of their commits are not on the default branch, or cannot be found;
   * `unsaid` are such commits whose deployment GitHub was told nothing more of. Null when not all can be seen.
   */
  deployed: z.strictObject({ deployments: z.int(), elsewhere: z.int(), unknown: z.int(), unsaid: z.int() }).nullable(),
});
export type Deploying = z.infer<typeof Deploying>;

/** What `collect` hands to `assess`. Private: it is judged and dropped. */
export const Raw = z.strictObject({
  since: Instant,
  calls: z.int(),
  counted: Counted,
  repositories: z.array(Deploying),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  windowDays: z.int(),
  repositories: z.int(),
  repositoriesThatDeploy: z.int(),
  deployments: z.int(),
  apiCalls: z.int(),
});
export type Facts = z.infer<typeof Facts>;
