import { Instant, z } from '../../index.ts';
import { Counted } from '../github-repositories/population.ts';
import { scopeFields } from '../github-repositories/scope.ts';

/** Who or what may get around a rule. `administrators` also stands for rules that do not bind them. */
export const Bypass = z.enum(['administrators', 'role', 'team-or-app', 'deploy-key', 'listed']);
export type Bypass = z.infer<typeof Bypass>;

/** The declared intent. An author writes it under `collect.github-branches.expect` of a source. */
export const Expect = z
  .strictObject({
    ...scopeFields,
    approvals: z.int().min(1).max(10).default(1).meta({ description: 'How many approvals a change needs; 1.' }),
    codeOwners: z.boolean().default(false).meta({ description: 'Whether a code owner must be among them.' }),
    dismissStale: z.boolean().default(true).meta({
      description: 'Whether a push must make earlier approvals void, or need one more; true when left out.',
    }),
    requiredChecks: z.array(z.string().min(1).max(100)).default([]).meta({
      description: 'The checks that must be required and have succeeded; any required ones when left out.',
    }),
    mayBypass: z.array(Bypass).default([]).meta({ description: 'Who may get around the rules; nobody when left out.' }),
  })
  .meta({ description: 'How the default branch of each repository is meant to be protected.' });
export type Expect = z.infer<typeof Expect>;

/** One classic protection or one ruleset, as far as it guards the default branch. */
export const Guard = z.strictObject({
  kind: z.enum(['protection', 'ruleset']),
  approvals: z.int().nullable(),
  codeOwners: z.boolean(),
  dismissesStale: z.boolean(),
  forbidsForcePush: z.boolean(),
  forbidsDeletion: z.boolean(),
  checks: z.array(z.string()),
  /** Who gets around what; null when the token may not see it. */
  bypass: z.strictObject({ review: z.array(Bypass), push: z.array(Bypass), checks: z.array(Bypass) }).nullable(),
});
export type Guard = z.infer<typeof Guard>;

/** The newest result of one check on the newest commit. */
export const CheckState = z.strictObject({
  name: z.string(),
  state: z.enum(['succeeded', 'not-succeeded', 'running']),
});
export type CheckState = z.infer<typeof CheckState>;

/** What is known of one repository. */
export const Branch = z.strictObject({
  subject: z.string().nullable(),
  notJudged: z.string().nullable(),
  /** Null where nothing was read. `unseen` tells in words what the token may not see of the guards. */
  seen: z
    .strictObject({
      guards: z.array(Guard),
      unseen: z.string().nullable(),
      /** Null when the token may not see results, or there were too many of them. */
      results: z.array(CheckState).nullable(),
      pushedAt: Instant.nullable(),
    })
    .nullable(),
});
export type Branch = z.infer<typeof Branch>;

/** What `collect` hands to `assess`. Private: it is judged and dropped. */
export const Raw = z.strictObject({
  readAt: Instant,
  calls: z.int(),
  counted: Counted,
  branches: z.array(Branch),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  repositories: z.int(),
  judged: z.int(),
  protectedByRulesets: z.int(),
  protectedByBranchProtection: z.int(),
  apiCalls: z.int(),
});
export type Facts = z.infer<typeof Facts>;
