import { Instant, z } from '../../index.ts';
import { Counted } from '../github-repositories/population.ts';
import { scopeFields } from '../github-repositories/scope.ts';

/** The declared intent. An author writes it under `collect.github-changes.expect` of a source. */
export const Expect = z
  .strictObject({
    ...scopeFields,
    windowDays: z.int().min(1).max(365).default(90).meta({ description: 'How many days back changes are judged; 90.' }),
    approvals: z.int().min(1).max(10).default(1).meta({ description: 'How many people must have approved; 1.' }),
    mayPush: z.array(z.string().min(1).max(60)).default([]).meta({
      description:
        'Logins, as a rule of bots (`renovate[bot]`), whose pushes and pull requests need no review; nobody when left out.',
    }),
    signedCommits: z.boolean().default(false).meta({
      description: 'Whether each commit on the default branch must have a valid signature; false when left out.',
    }),
  })
  .meta({ description: 'How changes of the default branches are meant to be reviewed.' });
export type Expect = z.infer<typeof Expect>;

/** People are numbers within one pull request: who is meant does not come this far. */
const Person = z.int().nonnegative();

/** One merged pull request. */
export const Merged = z.strictObject({
  number: z.int(),
  /** Null for a deleted account. */
  author: Person.nullable(),
  /** Whether all of it is by those of `mayPush`; null when its author is one of them, and a commit of nobody known. */
  exempt: z.boolean().nullable(),
  /** Authors and committers of its commits. */
  committers: z.array(Person),
  /** The addresses in commits by which GitHub knows nobody; null when not all commits were seen. */
  unknownCommitters: z.int().nullable(),
  /** The last word of each reviewer before the merge, in no order. `mayApprove`: a person with write access. */
  reviews: z.array(
    z.strictObject({ by: Person, approved: z.boolean(), onLastPush: z.boolean(), mayApprove: z.boolean() }),
  ),
  reviewsComplete: z.boolean(),
  headOid: z.string(),
});
export type Merged = z.infer<typeof Merged>;

/** One push to the default branch that was no merge of a pull request by GitHub. */
export const Push = z.strictObject({
  at: Instant,
  kind: z.enum(['push', 'force_push', 'branch_creation', 'branch_deletion']),
  after: z.string(),
  exempt: z.boolean(),
});

/** What is known of the changes of one repository in the window. */
export const Changes = z.strictObject({
  subject: z.string().nullable(),
  notJudged: z.string().nullable(),
  createdInWindow: z.boolean(),
  /** Null when the token may not see them, or not all. */
  merged: z.array(Merged).nullable(),
  pushes: z.array(Push).nullable(),
  /** Null when it was not asked for, or cannot be seen. */
  commits: z.strictObject({ read: z.int(), unsigned: z.int() }).nullable(),
});
export type Changes = z.infer<typeof Changes>;

/** What `collect` hands to `assess`. Private: it is judged and dropped. */
export const Raw = z.strictObject({ since: Instant, calls: z.int(), counted: Counted, changes: z.array(Changes) });
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  windowDays: z.int(),
  repositories: z.int(),
  repositoriesChanged: z.int(),
  mergedPullRequests: z.int(),
  reviewedPullRequests: z.int(),
  exemptPullRequests: z.int(),
  directPushes: z.int(),
  exemptPushes: z.int(),
  commits: z.int().nullable(),
  unsignedCommits: z.int().nullable(),
  apiCalls: z.int(),
});
export type Facts = z.infer<typeof Facts>;
