import { z } from 'zod';
import { type GitHub, GitHubUnreadable } from '../clients/github.ts';
import { detailsOf, type Listed, listRepositories } from '../github-repositories/list.ts';
import { countedOf } from '../github-repositories/population.ts';
import type { Deploying, Expect, Raw } from './schema.ts';

const DAY_MS = 86_400_000;
const AT_ONCE = 25;
/** Commits that are compared with the default branch in one request. */
const COMPARED_AT_ONCE = 50;

const Oid = z.string().regex(/^[0-9a-f]{40,64}$/);
const Deployments = z.object({
  totalCount: z.int(),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  nodes: z.array(z.object({ commitOid: Oid, createdAt: z.string(), state: z.string().nullable() }).nullable()),
});
const Details = z.object({ environment: z.object({ id: z.string() }).nullable(), deployments: Deployments.nullable() });
const deploymentsAfter = (after = '') =>
  `deployments(first: 50${after}, environments: [$environment], orderBy: { field: CREATED_AT, direction: DESC }) {
     totalCount pageInfo { hasNextPage endCursor } nodes { commitOid createdAt state } }`;

/** What the record names as its query. */
export const selection = `environment(name: $environment) { id } ${deploymentsAfter()}`;

/** States in which nothing was deployed yet. */
const notBegun: ReadonlySet<string | null> = new Set(['WAITING', 'PENDING', 'QUEUED']);

/** A commit that was deployed; `isSaid` false when GitHub was told nothing more of it, so that it may not have been. */
type Deployed = { oid: string; isSaid: boolean };

/** Reads who may deploy to production, and what was deployed there. Throws SourceUnreadable. */
export async function readDeployments(
  github: GitHub,
  expect: Expect,
  pseudonymKey: string | undefined,
  now: Date,
  progress: (message: string) => void,
): Promise<Raw> {
  const listing = await listRepositories(github, expect, pseudonymKey);
  const since = new Date(now.getTime() - expect.windowDays * DAY_MS).toISOString();
  const repositories: Deploying[] = listing.repositories
    .filter(({ notJudged }) => notJudged !== null)
    .map(({ subject, notJudged }) => ({ subject, notJudged, branches: null, deployed: null }));
  const judged = listing.repositories.filter(({ notJudged }) => notJudged === null);
  const variables = { declared: ', $environment: String!', values: { environment: expect.environment } };
  let batch: Looked[] = [];
  for await (const looked of detailsOf(github, Details, selection, variables, judged, AT_ONCE)) {
    batch.push(looked);
    if (batch.length < AT_ONCE) continue;
    repositories.push(...(await deployingOf(github, expect, since, batch)));
    batch = [];
    progress(`${repositories.length} of ${listing.total} repositories`);
  }
  repositories.push(...(await deployingOf(github, expect, since, batch)));
  const { rest, graphql } = github.calls();
  return { since, calls: rest + graphql, counted: countedOf(listing), repositories };
}

type Looked = { repository: Listed; details: z.infer<typeof Details> | null; withheld: boolean };

/** What is known of a batch of repositories: policies are asked for side by side, commits compared together. */
async function deployingOf(
  github: GitHub,
  expect: Expect,
  since: string,
  batch: readonly Looked[],
): Promise<Deploying[]> {
  const commits = await Promise.all(
    batch.map(({ repository, details }) => commitsOf(github, expect, since, repository, details?.deployments ?? null)),
  );
  const pairs = batch.flatMap(({ repository: { id } }, index) =>
    [...new Set((commits[index] ?? []).map(({ oid }) => oid))].map((oid) => ({ id, oid })),
  );
  const [places, branches] = await Promise.all([
    whereAre(github, pairs),
    Promise.all(
      batch.map(({ repository, details, withheld }, index) => {
        const isAbsent = !withheld && details?.environment === null && commits[index]?.length === 0;
        return isAbsent ? 'absent' : branchesOf(github, expect, repository);
      }),
    ),
  ]);
  return batch.map(({ repository: { id, subject } }, index) => {
    const deployed = commits[index] ?? null;
    const said = new Set((deployed ?? []).filter(({ isSaid }) => isSaid).map(({ oid }) => oid));
    const here = places.filter((each) => each.id === id);
    const count = (place: Place) => here.filter((each) => each.place === place && said.has(each.oid)).length;
    return {
      subject,
      notJudged: null,
      branches: branches[index] ?? null,
      deployed: deployed && {
        deployments: deployed.filter(({ isSaid }) => isSaid).length,
        elsewhere: count('elsewhere'),
        unknown: count('unknown'),
        unsaid: here.filter(({ oid, place }) => place !== 'default-branch' && !said.has(oid)).length,
      },
    };
  });
}

/** The commits that were deployed within the window, one for each deployment; null when not all can be seen. */
async function commitsOf(
  github: GitHub,
  { environment }: Expect,
  since: string,
  { id }: Listed,
  first: z.infer<typeof Deployments> | null,
): Promise<Deployed[] | null> {
  if (first === null || first.nodes.includes(null)) return null;
  const commits: Deployed[] = [];
  const take = ({
    commitOid: oid,
    createdAt,
    state,
  }: {
    commitOid: string;
    createdAt: string;
    state: string | null;
  }) => {
    if (new Date(createdAt).toISOString() < since) return false;
    if (!notBegun.has(state)) commits.push({ oid, isSaid: state !== null && state !== 'ABANDONED' });
    return true;
  };
  const isOver = first.nodes.some((node) => node !== null && !take(node));
  if (isOver || !first.pageInfo.hasNextPage) return commits;
  commits.splice(0);
  let isPast = false;
  const extent = await github.eachNode(
    z.object({ nodes: z.array(z.object({ deployments: Deployments.nullable() }).nullable()) }),
    `query ($ids: [ID!]!, $environment: String!, $after: String) {
       nodes(ids: $ids) { ... on Repository { ${deploymentsAfter(', after: $after')} } } }`,
    { ids: [id], environment },
    ({ nodes }) => nodes[0]?.deployments,
    (node) => {
      isPast = !take(node);
      return !isPast;
    },
  );
  return isPast || extent.complete ? commits : null;
}

type Place = 'default-branch' | 'elsewhere' | 'unknown';

const Compared = z.record(
  z.string(),
  z
    .object({ defaultBranchRef: z.object({ compare: z.object({ status: z.string() }).nullable() }).nullable() })
    .nullable(),
);

/** Where commits are: the default branch holds one when a comparison finds it behind the branch, or identical. */
async function whereAre(
  github: GitHub,
  pairs: readonly { id: string; oid: string }[],
): Promise<{ id: string; oid: string; place: Place }[]> {
  const places: { id: string; oid: string; place: Place }[] = [];
  for (let from = 0; from < pairs.length; from += COMPARED_AT_ONCE) {
    const part = pairs.slice(from, from + COMPARED_AT_ONCE);
    const fields = part.map(
      ({ id, oid }, index) =>
        `c${index}: node(id: ${JSON.stringify(id)}) { ... on Repository { defaultBranchRef { compare(headRef: "${oid}") { status } } } }`,
    );
    const { data } = await github.query(Compared, `query { ${fields.join('\n')} }`);
    for (const [index, { id, oid }] of part.entries()) {
      const status = data[`c${index}`]?.defaultBranchRef?.compare?.status;
      const isHeld = status === 'BEHIND' || status === 'IDENTICAL';
      places.push({ id, oid, place: status === undefined ? 'unknown' : isHeld ? 'default-branch' : 'elsewhere' });
    }
  }
  return places;
}

/** An environment as GitHub answers it; no policy means that any branch may deploy. */
export const Environment = z.object({
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullable(),
});
/** A branch or tag that may deploy, or a pattern of them. */
export const Policy = z.object({ name: z.string(), type: z.string().optional() });

async function branchesOf(github: GitHub, { environment }: Expect, repository: Listed): Promise<Deploying['branches']> {
  const [owner = '', repo = ''] = repository.nameWithOwner.split('/');
  const parameters = { owner, repo, environment_name: environment };
  const path = '/repos/{owner}/{repo}/environments/{environment_name}';
  try {
    const { deployment_branch_policy: policy } = await github.get(Environment, path, parameters);
    if (policy === null) return 'any';
    if (policy.protected_branches) return 'protected';
    if (!policy.custom_branch_policies) return null;
    const names: string[] = [];
    const { complete } = await github.each(
      Policy,
      `${path}/deployment-branch-policies`,
      parameters,
      ({ name, type }) => {
        names.push(type === 'tag' ? `tag ${name}` : name);
      },
    );
    if (!complete) return null;
    if (names.length === 0) return 'none';
    const others = names.filter((name) => name !== repository.defaultBranchRef?.name).length;
    return others === 0 ? 'default-only' : { others };
  } catch (error) {
    if (error instanceof GitHubUnreadable && ['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) return null;
    throw error;
  }
}
