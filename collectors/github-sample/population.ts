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
const List = z.object({ repository: z.object({ pullRequests: Pulls }).nullable() });
const One = z.object({ repository: z.object({ pullRequest: Pull.nullable() }).nullable() });

const listQuery = (base: string | undefined) => `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
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
      for (const repository of repositories) yield await idsIn(github, repository, expect);
    },
    item: async ({ id }) => {
      const [repository = '', number = ''] = id.split('#');
      return pullOf(github, repository, Number(number));
    },
  };
}

/** The ids of one repository; a list that is not whole is none. */
async function idsIn(github: GitHub, repository: string, expect: Expect): Promise<string[]> {
  const { from, until } = windowOf(expect);
  const ids: string[] = [];
  let last = 0;
  const extent = await github.eachNode(
    List,
    listQuery(expect.population.base),
    variablesOf(repository),
    (data) => data.repository?.pullRequests,
    ({ number, mergedAt }) => {
      if (number <= last || mergedAt === null)
        throw new SourceUnreadable('transient', 'The list of pull requests changed while it was read.');
      last = number;
      const at = Date.parse(mergedAt);
      if (at >= Date.parse(from) && at < Date.parse(until)) ids.push(`${repository}#${number}`);
    },
  );
  if (!extent.complete || extent.withheld.length > 0)
    throw new SourceUnreadable(
      extent.withheld.some(({ why }) => why !== 'unknown') ? 'denied' : 'transient',
      'Not all merged pull requests could be read; the token may lack the permission Pull requests.',
    );
  return ids;
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
