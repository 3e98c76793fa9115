import { z } from 'zod';
import type { Expect, Merged } from './schema.ts';

const Actor = z.object({ __typename: z.string(), login: z.string() });
const Count = z.object({ totalCount: z.int() });
const GitActor = z
  .object({ email: z.string().nullable(), user: z.object({ login: z.string() }).nullable() })
  .nullable();
type GitActor = z.infer<typeof GitActor>;

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
  reviews(last: 50) { totalCount nodes { author { __typename login } state submittedAt authorCanPushToRepository commit { oid } } }
  commits(first: 100) { totalCount nodes { commit { author { email user { login } } committer { email user { login } } } } }`;

/** GitHub's own account: it commits what is done on its pages, so that it is nobody who could have approved. */
const gitHubItself = 'web-flow';

/** What of a pull request is judged; people become numbers. Comments change nothing: the last word before the merge counts. */
export function mergedOf(pull: Pull, mergedAt: string, { mayPush }: Expect): Merged {
  const people: string[] = [];
  const numberOf = (name: string): number => (people.includes(name) ? people.indexOf(name) : people.push(name) - 1);
  const author = pull.author && nameOf(pull.author);
  const { names, unknown } = committersOf(pull);
  const words = new Map<number, Merged['reviews'][number]>();
  // The last ones are asked for, so that what is seen of a person is the last word; a hidden one may be a later word.
  const { nodes, totalCount } = pull.reviews;
  const reviews = nodes.includes(null) ? [] : nodes.filter((review) => review !== null);
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
    exempt: isForeign ? false : unknown === 0 ? true : null,
    committers: names.map(numberOf),
    unknownCommitters: unknown,
    reviews: [...words.values()],
    reviewsComplete: reviews.length >= totalCount,
    headOid: pull.headRefOid,
  };
}

/**
 * Who wrote or committed a part of it. `unknown` is how many people those may be whose addresses GitHub knows nobody by;
 * null when not all commits were read.
 */
function committersOf({ commits }: Pull): { names: string[]; unknown: number | null } {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const node of commits.nodes) {
    if (node === null) return { names: [...names], unknown: null };
    const { author, committer } = node.commit;
    const add = (who: GitActor, isCommitter: boolean) => {
      const login = who?.user?.login.toLowerCase();
      if (login === undefined || (login === gitHubItself && !isCommitter)) addresses.add(who?.email ?? '');
      else if (login !== gitHubItself) names.add(login);
    };
    add(author, false);
    add(committer, true);
  }
  return { names: [...names], unknown: commits.totalCount > commits.nodes.length ? null : addresses.size };
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
