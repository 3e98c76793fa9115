import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDeployments } from '../../../collectors/github-deployments/collect.ts';
import { Expect } from '../../../collectors/github-deployments/schema.ts';
import { oidOf } from '../../../examples/github/company.ts';
import type { GitHubServer } from '../../../examples/github/server.ts';
import type { Deployment, Environment, Repository } from '../../../examples/github/state.ts';
import { first, hoursAgo, look, now, repositoryIn, startGoodCompany, tokenWithout } from '../github/harness.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGoodCompany();
});
afterEach(() => server.stop());

/** Looks with this intent. */
function run(changes: object = {}, token?: string) {
  const intent = { organization: 'acme', ...changes };
  return look(
    server,
    'github-deployments',
    intent,
    (github, key) => readDeployments(github, Expect.parse(intent), key, now, () => undefined),
    { token, pseudonymKey: 'a-key-of-the-tests' },
  );
}

const good = {
  'only-the-default-branch-may-deploy': 'passed',
  'deployments-came-from-the-default-branch': 'passed',
};
const branches = (changed: Environment['branches']) => (repository: Repository) => {
  first(repository.environments).branches = changed;
};
const deployed = (changes: Partial<Deployment>) => (repository: Repository) =>
  repository.deployments.push({ ...first(repository.deployments), oid: oidOf('hotfix'), ref: 'hotfix', ...changes });

test('passed: production is deployed from the default branch alone', async () => {
  const { outcomes, record } = await run();
  expect(outcomes).toEqual(good);
  expect(record.facts).toMatchObject({ repositoriesThatDeploy: 3, deployments: 3, apiCalls: 4 + 2 * 3 });
});

describe('failed: each sabotage turns exactly its check', () => {
  const sabotages: [string, keyof typeof good, (repository: Repository) => unknown][] = [
    ['any branch may deploy', 'only-the-default-branch-may-deploy', branches(null)],
    ['any protected branch may deploy', 'only-the-default-branch-may-deploy', branches('protected')],
    ['release branches may deploy too', 'only-the-default-branch-may-deploy', branches(['main', 'release/*'])],
    ['a pattern that fits the default branch and more', 'only-the-default-branch-may-deploy', branches(['ma*'])],
    ['a commit that was never merged', 'deployments-came-from-the-default-branch', deployed({})],
    ['one that failed half-way', 'deployments-came-from-the-default-branch', deployed({ state: 'FAILURE' })],
  ];
  test.each(sabotages)('failed: %s', async (_name, turned, sabotage) => {
    sabotage(repositoryIn(server, 'web'));
    const { outcomes, findings } = await run();
    expect(outcomes).toEqual({ ...good, [turned]: 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject)).toEqual(['acme/web']);
  });
});

describe('near misses stay green', () => {
  const nearMisses: [string, (repository: Repository) => unknown][] = [
    ['an older commit of the default branch, such as a rollback', deployed({ oid: oidOf('web-1') })],
    ['a tag of a commit on the default branch', deployed({ oid: oidOf('web-2'), ref: 'v1.2.0' })],
    ['another branch on another environment', deployed({ environment: 'preview' })],
    ['one that waits for its approval', deployed({ state: 'PENDING' })],
    [
      'one of the default branch that GitHub was told nothing more of',
      deployed({ oid: oidOf('web-1'), state: 'ABANDONED' }),
    ],
    ['an environment that no branch may deploy to', branches([])],
    ['one before the window', deployed({ createdAt: hoursAgo(24 * 31) })],
    ['a library that is never deployed', (each) => Object.assign(each, { environments: [], deployments: [] })],
    ['an archived repository', (each) => Object.assign(each, { isArchived: true, environments: [] })],
    [
      'another environment that any branch may deploy to',
      ({ environments }) => environments.push({ id: 5, name: 'preview', branches: null }),
    ],
  ];
  test.each(nearMisses)('%s', async (_name, change) => {
    change(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual(good);
  });

  test('a repository whose default branch has another name', async () => {
    Object.assign(repositoryIn(server, 'web'), { defaultBranch: 'trunk' });
    branches(['trunk'])(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual(good);
  });
});

test('more deployments than one page are all judged', async () => {
  const web = repositoryIn(server, 'web');
  web.deployments = Array.from({ length: 130 }, (_, index) => ({
    ...first(web.deployments),
    createdAt: hoursAgo(index),
    oid: index === 120 ? oidOf('hotfix') : oidOf('web-2'),
  }));
  const { outcomes, record } = await run();
  expect(outcomes['deployments-came-from-the-default-branch']).toBe('failed');
  expect(record.facts.deployments).toBe(132);
});

test('nobody deploys: not applicable, which is no pass', async () => {
  for (const each of server.state.repositories) Object.assign(each, { environments: [], deployments: [] });
  expect(new Set(Object.values((await run()).outcomes))).toEqual(new Set(['not-applicable']));
});

test.each(['ABANDONED', null] as const)(
  'a hotfix of which GitHub was told nothing more (%s) is inconclusive',
  async (state) => {
    deployed({ state })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'deployments-came-from-the-default-branch': 'inconclusive' });
    deployed({ state: 'ACTIVE' })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'deployments-came-from-the-default-branch': 'failed' });
  },
);

test('an environment that no branch may deploy to is not applicable', async () => {
  for (const each of server.state.repositories) branches([])(each);
  expect((await run()).outcomes).toEqual({ ...good, 'only-the-default-branch-may-deploy': 'not-applicable' });
});

test('partial: policies or deployments that the token may not see', async () => {
  expect((await run({}, tokenWithout(server, 'actions'))).outcomes).toEqual({
    ...good,
    'only-the-default-branch-may-deploy': 'inconclusive',
  });
  expect((await run({}, tokenWithout(server, 'deployments'))).outcomes).toEqual({
    ...good,
    'deployments-came-from-the-default-branch': 'inconclusive',
  });
});

test('empty: an organization without repositories', async () => {
  server.state.repositories = [];
  expect(new Set(Object.values((await run()).outcomes))).toEqual(new Set(['inconclusive']));
});

test('denied: an organization that the token may not see', async () => {
  await expect(run({ organization: 'other' })).rejects.toMatchObject({ kind: 'denied', code: 'NOT_FOUND' });
});

test('transient: answers are cut off each time', async () => {
  server.state.faults = [{ path: '/environments', times: 99, kind: 'cut-off' }];
  await expect(run()).rejects.toMatchObject({ kind: 'transient' });
});
