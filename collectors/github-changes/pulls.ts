import { z } from 'zod';
import type { Expect, Merged } from './schema.ts';

const Actor = z.object({ __typename: z.string(), login: z.string() });
const Count = z.object({ totalCount: z.int() });
const GitActor = z.object({ user: z.object({ login: z.string() }).nullable() }).nullable();

/** A merged pull request as GitHub answers it. */
export const Pull = z.object({
  number: z.int(),
  mergedAt: z.string().nullable(),
  updatedAt: z.string(),
  author: Actor.nullable(),
  headRefOid: z.string(),
  reviews: Count.extend({
    nodes: z.array(
      z
        .object({
          author: Actor.nullable(),
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

export const pullFields = `number mergedAt updatedAt author { __typename login } headRefOid
  reviews(first: 50) { totalCount nodes { author { __typename login } state submittedAt authorCanPushToRepository commit { oid } } }
  commits(first: 100) { totalCount nodes { commit { author { user { login } } committer { user { login } } } } }`;

/** GitHub's own account: it commits what is done on its pages, so that it is nobody who could have approved. */
const gitHubItself = 'web-flow';

/** What of a pull request is judged; people become numbers. Comments change nothing: the last word before the merge counts. */
export function mergedOf(pull: Pull, mergedAt: string, { mayPush }: Expect): Merged {
  const people: string[] = [];
  const numberOf = (name: string): number => (people.includes(name) ? people.indexOf(name) : people.push(name) - 1);
  const author = pull.author && nameOf(pull.author);
  const { names, unknown } = committersOf(pull);
  const words = new Map<number, Merged['reviews'][number]>();
  const reviews = pull.reviews.nodes.filter((review) => review !== null);
  for (const { author: by, state, submittedAt, authorCanPushToRepository, commit } of reviews) {
    if (by === null || submittedAt === null || submittedAt > mergedAt || state === 'COMMENTED' || state === 'PENDING')
      continue;
    const person = numberOf(nameOf(by));
    words.set(person, {
      by: person,
      approved: state === 'APPROVED',
      onLastPush: commit?.oid === pull.headRefOid,
      mayApprove: authorCanPushToRepository && by.__typename !== 'Bot',
    });
  }
  const isForeign = author === null || [author, ...names].some((name) => !isExempt(name, mayPush));
  return {
    number: pull.number,
    author: author === null ? null : numberOf(author),
    exempt: isForeign ? false : unknown ? null : true,
    committers: names.map(numberOf),
    unknownCommitters: unknown,
    reviews: [...words.values()],
    reviewsComplete: reviews.length >= pull.reviews.totalCount,
    headOid: pull.headRefOid,
  };
}

/** Who wrote or committed a part of it; `unknown` when a commit names nobody that GitHub knows, or was not read. */
function committersOf({ commits }: Pull): { names: string[]; unknown: boolean } {
  const names = new Set<string>();
  let unknown = commits.totalCount > commits.nodes.length;
  for (const node of commits.nodes) {
    const [author, committer] = [node?.commit.author?.user?.login, node?.commit.committer?.user?.login];
    if (author === undefined || author === gitHubItself || committer === undefined) unknown = true;
    for (const login of [author, committer])
      if (login !== undefined && login !== gitHubItself) names.add(login.toLowerCase());
  }
  return { names: [...names], unknown };
}

/** GraphQL leaves out the suffix that REST, and commits, give to bots: without it a person could have the same login. */
function nameOf({ __typename, login }: z.infer<typeof Actor>): string {
  const name = login.toLowerCase();
  return __typename === 'Bot' && !name.endsWith('[bot]') ? `${name}[bot]` : name;
}

/** Whether a login, a bot's with its suffix, is one of those that need no review. */
export function isExempt(login: string | undefined, mayPush: readonly string[]): boolean {
  return login !== undefined && mayPush.some((name) => name.toLowerCase() === login.toLowerCase());
}
