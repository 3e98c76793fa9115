import { z } from 'zod';
import { type GitHub, GitHubUnreadable, openGitHub } from '../clients/github.ts';
import { SourceUnreadable } from '../define.ts';
import { windowOf } from '../sampling/declaration.ts';
import { fieldsOfAll, requireFields } from '../sampling/fields.ts';
import type { OpenPopulation, Sampler } from '../sampling/sampler.ts';
import { itemOf, Listed, listedFields, Pull, testedFields } from './pulls.ts';
import { type Expect, pullFields } from './schema.ts';

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
/** Null for what the token may not see. */
const Pulls = z.object({ totalCount: z.int(), pageInfo: PageInfo, nodes: z.array(Listed.nullable()) }).nullable();
const List = z.object({ repository: z.object({ nameWithOwner: z.string(), pullRequests: Pulls }).nullable() });
const One = z.object({ repository: z.object({ pullRequest: Pull.nullable() }).nullable() });

const listQuery = (base: string | undefined) => `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    pullRequests(first: 100, after: $after, states: [MERGED], orderBy: { field: CREATED_AT, direction: ASC }${
      base === undefined ? '' : `, baseRefName: ${JSON.stringify(base)}`
    }) { totalCount pageInfo { hasNextPage endCursor } nodes { ${listedFields} } }
  }
}`;
const oneQuery = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { ${testedFields} } }
}`;

/** Streams the merged pull requests, in the order of their repositories and numbers: a request for each hundred. */
export const sampler: Sampler<Expect> = {
  filters: ({ population: { base, repositories } }) => [
    `merged pull requests of ${repositories.length === 1 ? '1 repository' : `${repositories.length} repositories`}`,
    ...(base === undefined ? [] : [`base is ${base}`]),
  ],
  query: ({ population: { what: _, ...query } }) => JSON.stringify({ ...query, list: listQuery(query.base) }),
  read: async ({ connection, expect, signal }, _wanted, work) => {
    requireFields(fieldsOfAll(expect.attributes), new Set<string>(pullFields), 'A pull request');
    return work(populationOf(openGitHub({ connection, signal }), expect));
  },
};

/** The population of an open client. */
export function populationOf(github: GitHub, expect: Expect): OpenPopulation {
  // By code unit, so that the order is that of the names and not of the declaration.
  const repositories = [...new Set(expect.population.repositories)].sort();
  return {
    ids: async function* () {
      const names = new Set<string>();
      for (const repository of repositories) yield await idsIn(github, repository, names, expect);
    },
    item: async ({ id }) => {
      const [repository = '', number = ''] = id.split('#');
      return pullOf(github, repository, Number(number));
    },
  };
}

/** The ids of one repository, by the name that is declared; a list that is not whole is none. Adds its name on GitHub. */
async function idsIn(github: GitHub, repository: string, names: Set<string>, expect: Expect): Promise<string[]> {
  const { from, until } = windowOf(expect);
  const isOfPeriod = (at: string) => Date.parse(at) >= Date.parse(from) && Date.parse(at) < Date.parse(until);
  const merged = new Map<number, string>();
  let name: string | undefined;
  const extent = await github.eachNode(
    List,
    listQuery(expect.population.base),
    variablesOf(repository),
    ({ repository: found }) => {
      name = found?.nameWithOwner;
      return found?.pullRequests;
    },
    ({ number, mergedAt }) => {
      if (merged.has(number) || mergedAt === null)
        throw new SourceUnreadable('transient', 'The list of pull requests changed while it was read.');
      merged.set(number, mergedAt);
    },
  );
  if (!extent.complete || extent.withheld.length > 0)
    throw new SourceUnreadable(
      extent.withheld.some(({ why }) => why !== 'unknown') ? 'denied' : 'transient',
      'Not all merged pull requests could be read; the token may lack the permission Pull requests.',
    );
  // GitHub follows renamed ones and ignores capitals: twice in the population, its changes would thin out the others.
  if (name === undefined || names.has(name))
    throw new SourceUnreadable('configuration', 'Two of the declared names are of one repository.');
  names.add(name);
  return [...merged]
    .filter(([, mergedAt]) => isOfPeriod(mergedAt))
    .map(([number]) => number)
    .sort((a, b) => a - b)
    .map((number) => `${repository}#${number}`);
}

/** The fields of a pull request; undefined when GitHub says that there is none. */
async function pullOf(github: GitHub, repository: string, number: number) {
  const variables = { ...variablesOf(repository), number };
  try {
    const { data, withheld } = await github.query(One, oneQuery, variables);
    const pull = data.repository?.pullRequest;
    if (pull) return itemOf(pull);
    if (withheld.every(({ why }) => why === 'not-found')) return undefined;
    throw new SourceUnreadable('denied', 'A drawn pull request was withheld.');
  } catch (error) {
    if (error instanceof GitHubUnreadable && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function variablesOf(repository: string): { owner: string; name: string } {
  const [owner = '', name = ''] = repository.split('/');
  return { owner, name };
}
