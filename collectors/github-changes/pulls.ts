import { z } from 'zod';
import type { Expect, Merged } from './schema.ts';

const Login = z.object({ login: z.string() }).nullable();
const Count = z.object({ totalCount: z.int() });
const GitActor = z.object({ user: Login }).nullable();

/** A merged pull request as GitHub answers it. */
export const Pull = z.object({
  number: z.int(),
  mergedAt: z.string().nullable(),
  updatedAt: z.string(),
  author: Login,
  headRefOid: z.string(),
  reviews: Count.extend({
    nodes: z.array(
      z
        .object({
          author: Login,
          state: z.string(),
          submittedAt: z.string().nullable(),
          authorCanPushToRepository: z.boolean(),
          commit: z.object({ oid: z.string() }).nullable(),
        })
        .nullable(),
    ),
  }),
  commits: Count.extend({
    nodes: z.array(z.object({ commit: z.object({ author: GitActor, committer: GitActor }) }).nullable()),
  }),
});
export type Pull = z.infer<typeof Pull>;

export const pullFields = `number mergedAt updatedAt author { login } headRefOid
  reviews(first: 50) { totalCount nodes { author { login } state submittedAt authorCanPushToRepository commit { oid } } }
  commits(first: 100) { totalCount nodes { commit { author { user { login } } committer { user { login } } } } }`;

/** GitHub's own account: it commits what is done on its pages, so that it is nobody who could have approved. */
const gitHubItself = 'web-flow';

/** What of a pull request is judged; people become numbers. Comments change nothing: the last word before the merge counts. */
export function mergedOf(pull: Pull, mergedAt: string, { mayPush }: Expect): Merged {
  const people = new Map<string, number>();
  const numberOf = (login: string): number => {
    const known = people.get(login.toLowerCase()) ?? people.size;
    people.set(login.toLowerCase(), known);
    return known;
  };
  const author = pull.author === null ? null : numberOf(pull.author.login);
  const committers = new Set<number>();
  let unknownCommitters = pull.commits.totalCount > pull.commits.nodes.length || pull.commits.nodes.includes(null);
  for (const node of pull.commits.nodes)
    for (const actor of node === null ? [] : [node.commit.author, node.commit.committer]) {
      const login = actor?.user?.login;
      if (login === undefined) unknownCommitters = true;
      else if (login !== gitHubItself) committers.add(numberOf(login));
    }
  const words = new Map<number, Merged['reviews'][number]>();
  const reviews = pull.reviews.nodes.filter((review) => review !== null);
  for (const { author: by, state, submittedAt, authorCanPushToRepository, commit } of reviews) {
    if (by === null || submittedAt === null || submittedAt > mergedAt || state === 'COMMENTED' || state === 'PENDING')
      continue;
    const person = numberOf(by.login);
    words.set(person, {
      by: person,
      approved: state === 'APPROVED',
      onLastPush: commit?.oid === pull.headRefOid,
      mayWrite: authorCanPushToRepository,
    });
  }
  return {
    number: pull.number,
    author,
    exempt: isExempt(pull.author?.login, mayPush),
    committers: [...committers],
    unknownCommitters,
    reviews: [...words.values()],
    reviewsComplete: reviews.length >= pull.reviews.totalCount,
    headOid: pull.headRefOid,
  };
}

/** Whether a login is one of those that need no review. */
export function isExempt(login: string | undefined, mayPush: readonly string[]): boolean {
  // GraphQL leaves out the suffix that REST gives to bots.
  const bare = (name: string) => name.toLowerCase().replace(/\[bot\]$/, '');
  return login !== undefined && mayPush.some((name) => bare(name) === bare(login));
}
