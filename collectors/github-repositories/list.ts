import { z } from 'zod';
import type { GitHub } from '../clients/github.ts';
import { GitHubUnreadable } from '../clients/github.ts';
import { publicNameOf } from './name.ts';
import { fits, type Scope } from './scope.ts';

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

const Node = z.object({
  id: z.string(),
  databaseId: z.int(),
  name: z.string(),
  nameWithOwner: z.string(),
  isPrivate: z.boolean(),
  isArchived: z.boolean(),
  isEmpty: z.boolean(),
  pushedAt: z.string().nullable(),
  viewerCanAdminister: z.boolean(),
  hasVulnerabilityAlertsEnabled: z.boolean(),
  defaultBranchRef: z.object({ name: z.string() }).nullable(),
});
const fields = `id databaseId name nameWithOwner isPrivate isArchived isEmpty pushedAt viewerCanAdminister
  hasVulnerabilityAlertsEnabled defaultBranchRef { name }`;

/** A repository in scope. `notJudged` says why there is nothing to judge: archived, empty, or declared out of scope. */
export type Listed = z.infer<typeof Node> & { subject: string | null; notJudged: string | null };

/** The repositories in scope, and whether that is proven to be all of them. `gap` says in words why it is not. */
export type Listing = { repositories: Listed[]; total: number; gap: string | null };

/**
 * Lists the repositories of a scope: one request, and one more for each hundred of them. All of an organization are
 * proven to be all by the counts that GitHub gives to its owners; a token of fewer rights must name them.
 */
export async function listRepositories(
  github: GitHub,
  scope: Scope,
  pseudonymKey: string | undefined,
): Promise<Listing> {
  const { nodes, total, gap } = await (scope.repositories === undefined
    ? wholeOrganization(github, scope.organization)
    : named(github, scope.organization, scope.repositories));
  const repositories = nodes.map((node) => ({
    ...node,
    subject: publicNameOf(node, scope, pseudonymKey),
    notJudged: notJudged(node, scope),
  }));
  return { repositories, total, gap };
}

type Found = { nodes: z.infer<typeof Node>[]; total: number; gap: string | null };

async function wholeOrganization(github: GitHub, login: string): Promise<Found> {
  const Totals = z.object({ public_repos: z.int(), total_private_repos: z.int().optional() });
  const totals = await github.get(Totals, '/orgs/{org}', { org: login });
  const nodes: Found['nodes'] = [];
  const Page = z.object({
    organization: z
      .object({ repositories: z.object({ totalCount: z.int(), pageInfo: PageInfo, nodes: z.array(Node.nullable()) }) })
      .nullable(),
  });
  const { complete } = await github.eachNode(
    Page,
    `query ($login: String!, $after: String) { organization(login: $login) {
       repositories(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { ${fields} } } } }`,
    { login },
    ({ organization }) => organization?.repositories,
    (node) => nodes.push(node),
  );
  const ids = new Set(nodes.map(({ id }) => id));
  if (totals.total_private_repos === undefined)
    return {
      nodes,
      total: nodes.length,
      gap: 'GitHub does not tell this token how many private repositories there are',
    };
  const total = Math.max(totals.public_repos + totals.total_private_repos, ids.size);
  const gap = complete && ids.size === total ? null : `${ids.size} of ${total} repositories could be read`;
  return { nodes, total, gap };
}

async function named(github: GitHub, owner: string, names: readonly string[]): Promise<Found> {
  if (names.some((name) => name.includes('*'))) return matching(github, owner, names);
  const nodes: Found['nodes'] = [];
  for (let from = 0; from < names.length; from += 100) {
    const part = names.slice(from, from + 100);
    const { data } = await github.query(
      z.record(z.string(), Node.nullable()),
      `query { ${part
        .map((name, index) => `r${index}: repository(owner: "${owner}", name: "${name}") { ${fields} }`)
        .join('\n')} }`,
    );
    // One that was given away answers under its old name too; what is read of the organization says nothing of it.
    const isOwn = ({ nameWithOwner }: z.infer<typeof Node>) =>
      nameWithOwner.toLowerCase().startsWith(`${owner.toLowerCase()}/`);
    nodes.push(
      ...Object.values(data)
        .filter((node) => node !== null)
        .filter(isOwn),
    );
  }
  const missing = names.length - nodes.length;
  // Named twice, or by an old name too, it is still one.
  const unique = [...new Map(nodes.map((node) => [node.id, node])).values()];
  return {
    nodes: unique,
    total: unique.length + missing,
    gap: missing === 0 ? null : `${missing} of the named repositories cannot be seen`,
  };
}

/** With patterns only the whole organization tells what they stand for. */
async function matching(github: GitHub, owner: string, patterns: readonly string[]): Promise<Found> {
  const { nodes, gap } = await wholeOrganization(github, owner);
  const chosen = nodes.filter(({ name }) => patterns.some((pattern) => fits(pattern, name)));
  const unmatched = patterns.filter((pattern) => !nodes.some(({ name }) => fits(pattern, name))).length;
  if (unmatched > 0 && gap === null)
    return {
      nodes: chosen,
      total: chosen.length + unmatched,
      gap: `${unmatched} of the declared names fit no repository`,
    };
  return { nodes: chosen, total: chosen.length, gap };
}

function notJudged(
  { name, isArchived, isEmpty, defaultBranchRef }: z.infer<typeof Node>,
  { except }: Scope,
): string | null {
  const [, reason] = Object.entries(except).find(([pattern]) => fits(pattern, name)) ?? [];
  if (reason !== undefined) return `Declared out of scope: ${reason}`;
  if (isArchived) return 'It is archived: nothing in it can change.';
  if (isEmpty || defaultBranchRef === null) return 'It is empty: there is no branch yet.';
  return null;
}

/** Details of repositories, `size` in one request; those that the token may not see are left out. */
export async function* detailsOf<T>(
  github: GitHub,
  shape: z.ZodType<T>,
  selection: string,
  variables: { declared: string; values: Readonly<Record<string, unknown>> },
  repositories: readonly Listed[],
  size: number,
): AsyncGenerator<{ repository: Listed; details: T | null; withheld: boolean }> {
  for (let from = 0; from < repositories.length; from += size) {
    const part = repositories.slice(from, from + size);
    const { data, withheld } = await github.query(
      z.object({ nodes: z.array(shape.nullable()) }),
      `query ($ids: [ID!]!${variables.declared}) { nodes(ids: $ids) { ... on Repository { ${selection} } } }`,
      { ids: part.map(({ id }) => id), ...variables.values },
    );
    if (data.nodes.length !== part.length)
      throw new GitHubUnreadable('schema', 'SHAPE', 'GitHub answered for another number of repositories than asked.');
    for (const [index, repository] of part.entries()) {
      const at = `nodes.${index}`;
      const isWithheld = withheld.some(({ path }) => ['', 'nodes', at].includes(path) || path.startsWith(`${at}.`));
      yield { repository, details: data.nodes[index] ?? null, withheld: isWithheld };
    }
  }
}
