import { z } from 'zod';
import { type GitHub, GitHubUnreadable } from '../clients/github.ts';
import { detailsOf, type Listed, listRepositories } from '../github-repositories/list.ts';
import { countedOf } from '../github-repositories/population.ts';
import { isExempt, mergedOf, Pull, pullFields } from './pulls.ts';
import { type Changes, type Expect, Push, type Raw } from './schema.ts';

const DAY_MS = 86_400_000;
/** Repositories that are asked for in one request: about 30,000 nodes, of half a million that GitHub allows. */
const AT_ONCE = 10;

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const Pulls = z.object({ totalCount: z.int(), pageInfo: PageInfo, nodes: z.array(Pull.nullable()) });
const Details = z.object({ createdAt: z.string(), pullRequests: Pulls.nullable() });
const pullsAfter = (first: number, after = '') =>
  `pullRequests(first: ${first}${after}, states: [MERGED], baseRefName: $base, orderBy: { field: UPDATED_AT, direction: DESC }) {
     totalCount pageInfo { hasNextPage endCursor } nodes { ${pullFields} } }`;

/** What the record names as its query. */
export const selection = `createdAt ${pullsAfter(20)}`;

/** Reads what was merged and pushed to each default branch within the window. Throws SourceUnreadable. */
export async function readChanges(
  github: GitHub,
  expect: Expect,
  pseudonymKey: string | undefined,
  now: Date,
  progress: (message: string) => void,
): Promise<Raw> {
  const listing = await listRepositories(github, expect, pseudonymKey);
  const since = new Date(now.getTime() - expect.windowDays * DAY_MS).toISOString();
  const changes: Changes[] = [];
  const active: Listed[] = [];
  for (const repository of listing.repositories) {
    const { notJudged, pushedAt } = repository;
    // What was not pushed to at all cannot have changed.
    if (notJudged === null && (pushedAt === null || instant(pushedAt) >= since)) active.push(repository);
    else changes.push(unchanged(repository, notJudged ?? 'Nothing was pushed to it within the window.'));
  }
  for (const [base, group] of Map.groupBy(active, ({ defaultBranchRef }) => defaultBranchRef?.name ?? '')) {
    const variables = { declared: ', $base: String!', values: { base } };
    let batch: Promise<Changes>[] = [];
    for await (const { repository, details } of detailsOf(github, Details, selection, variables, group, AT_ONCE)) {
      batch.push(changesOf({ github, expect, since, now, base }, repository, details));
      if (batch.length < AT_ONCE) continue;
      changes.push(...(await Promise.all(batch)));
      batch = [];
      progress(`${changes.length} of ${listing.total} repositories`);
    }
    changes.push(...(await Promise.all(batch)));
  }
  const { rest, graphql } = github.calls();
  return { since, calls: rest + graphql, counted: countedOf(listing), changes };
}

type Window = { github: GitHub; expect: Expect; since: string; now: Date; base: string };

function unchanged({ subject }: Listed, notJudged: string): Changes {
  return { subject, notJudged, createdInWindow: false, merged: null, pushes: null, commits: null };
}

async function changesOf(
  window: Window,
  repository: Listed,
  details: z.infer<typeof Details> | null,
): Promise<Changes> {
  const { since, expect } = window;
  const [merged, pushes, commits] = await Promise.all([
    hidden(() => mergedIn(window, repository, details?.pullRequests ?? null)),
    hidden(() => pushesTo(window, repository)),
    expect.signedCommits ? hidden(() => commitsOf(window, repository)) : null,
  ]);
  const createdInWindow = details !== null && instant(details.createdAt) >= since;
  return { subject: repository.subject, notJudged: null, createdInWindow, merged, pushes, commits };
}

/** Null for what the token may not see of one repository; all else ends the run. */
async function hidden<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GitHubUnreadable && ['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) return null;
    throw error;
  }
}

async function mergedIn(
  { github, expect, since, base }: Window,
  { id }: Listed,
  first: z.infer<typeof Pulls> | null,
): Promise<Changes['merged']> {
  if (first === null) return null;
  const merged: NonNullable<Changes['merged']> = [];
  // They come by the time of their last update, which is never before the merge.
  const take = (pull: Pull): boolean => {
    if (instant(pull.updatedAt) < since) return false;
    if (pull.mergedAt !== null && instant(pull.mergedAt) >= since) merged.push(mergedOf(pull, pull.mergedAt, expect));
    return true;
  };
  if (first.nodes.includes(null)) return null;
  const isOver = first.nodes.some((pull) => pull !== null && !take(pull));
  if (isOver || !first.pageInfo.hasNextPage) return merged;
  merged.splice(0);
  let isPast = false;
  const extent = await github.eachNode(
    z.object({ nodes: z.array(z.object({ pullRequests: Pulls.nullable() }).nullable()) }),
    `query ($ids: [ID!]!, $base: String!, $after: String) {
       nodes(ids: $ids) { ... on Repository { ${pullsAfter(50, ', after: $after')} } } }`,
    { ids: [id], base },
    ({ nodes }) => nodes[0]?.pullRequests,
    (pull) => {
      isPast = !take(pull);
      return !isPast;
    },
  );
  return isPast || extent.complete ? merged : null;
}

/** One push to a branch, as GitHub recorded it. */
export const Activity = z.object({
  ref: z.string(),
  after: z.string(),
  timestamp: z.string(),
  activity_type: z.string(),
  actor: z.object({ login: z.string() }).nullable(),
});

/** What GitHub pushed for a pull request, which is judged as such. */
const merges: ReadonlySet<string> = new Set(['pr_merge', 'merge_queue_merge']);

/** The pushes to the default branch as GitHub itself recorded them; the dates in commits are whatever somebody wrote. */
async function pushesTo(
  { github, expect, since, base, now }: Window,
  { nameWithOwner }: Listed,
): Promise<Changes['pushes']> {
  const pushes: NonNullable<Changes['pushes']> = [];
  const [owner = '', repo = ''] = nameWithOwner.split('/');
  const days = (now.getTime() - Date.parse(since)) / DAY_MS;
  const period = (['day', 'week', 'month', 'quarter', 'year'] as const)[
    [1, 7, 28, 89].filter((at) => days >= at).length
  ];
  let [isPast, isUnknown] = [false, false];
  const extent = await github.each(
    Activity,
    '/repos/{owner}/{repo}/activity',
    { owner, repo, ref: `refs/heads/${base}`, time_period: period ?? 'year' },
    ({ timestamp, activity_type, after, actor }) => {
      const at = instant(timestamp);
      isPast = at < since;
      if (isPast || merges.has(activity_type)) return !isPast;
      const kind = Push.shape.kind.safeParse(activity_type);
      if (!kind.success) isUnknown = true;
      else pushes.push({ at, kind: kind.data, after, exempt: isExempt(actor?.login, expect.mayPush) });
      return true;
    },
  );
  return !isUnknown && (isPast || extent.complete) ? pushes : null;
}

const Commits = z.object({
  totalCount: z.int(),
  pageInfo: PageInfo,
  nodes: z.array(z.object({ signature: z.object({ isValid: z.boolean() }).nullable() }).nullable()),
});
const Branch = z.object({
  defaultBranchRef: z.object({ target: z.object({ history: Commits.optional() }).nullable() }).nullable(),
});

async function commitsOf({ github, since }: Window, { id }: Listed): Promise<Changes['commits']> {
  let unsigned = 0;
  const { read, complete } = await github.eachNode(
    z.object({ nodes: z.array(Branch.nullable()) }),
    `query ($ids: [ID!]!, $since: GitTimestamp, $after: String) { nodes(ids: $ids) { ... on Repository {
       defaultBranchRef { target { ... on Commit { history(first: 100, after: $after, since: $since) {
         totalCount pageInfo { hasNextPage endCursor } nodes { signature { isValid } } } } } } } } }`,
    { ids: [id], since },
    ({ nodes }) => nodes[0]?.defaultBranchRef?.target?.history,
    ({ signature }) => {
      if (signature?.isValid !== true) unsigned += 1;
    },
  );
  return complete ? { read, unsigned } : null;
}

function instant(text: string): string {
  return new Date(text).toISOString();
}
