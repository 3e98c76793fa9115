import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { detailsOf, listRepositories } from '../../../collectors/github-repositories/list.ts';
import { goodRepository } from '../../../examples/github/company.ts';
import type { GitHubServer } from '../../../examples/github/server.ts';
import { now, quickClient, startGoodCompany } from './harness.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGoodCompany();
});
afterEach(() => server.stop());
const scope = { organization: 'acme', except: {}, publishNames: [] };

test('a repository that is named twice, or by its old name too, is one', async () => {
  server.state.renamed['acme/shop'] = 'acme/web';
  const named = { ...scope, repositories: ['web', 'Web', 'shop', 'api'] };
  server.state.renamed['acme/Web'] = 'acme/web';
  const { repositories, total, gap } = await listRepositories(quickClient(server), named, undefined);
  expect({ names: repositories.map(({ name }) => name), total, gap }).toEqual({
    names: ['web', 'api'],
    total: 2,
    gap: null,
  });
});

test.each([
  ['nodes.10.defaultBranchRef', ['r11']],
  ['nodes.1', ['r2']],
  ['', Array.from({ length: 11 }, (_, index) => `r${index + 1}`)],
])('what is withheld at "%s" is withheld of the repositories that it is about', async (path, names) => {
  server.state.repositories = Array.from({ length: 11 }, (_, index) => goodRepository(index + 1, `r${index + 1}`, now));
  const github = quickClient(server);
  const { repositories } = await listRepositories(github, scope, undefined);
  const query: typeof github.query = async (shape, text, variables) => {
    const { data } = await github.query(shape, text, variables);
    return { data, withheld: [{ path, why: 'denied' }] };
  };
  const found: string[] = [];
  const nothing = { declared: '', values: {} };
  for await (const { repository, withheld } of detailsOf(
    { ...github, query },
    z.object({ id: z.string() }),
    'id',
    nothing,
    repositories,
    25,
  ))
    if (withheld) found.push(repository.name);
  expect(found).toEqual(names);
});
