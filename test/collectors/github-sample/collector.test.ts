import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyGitHub, goodRepository, wholeToken } from '../../../examples/github/company.ts';
import { type GitHubServer, startGitHub } from '../../../examples/github/server.ts';
import type { PullRequest } from '../../../examples/github/state.ts';
import { readSamples } from '../../../ledger/samples/store.ts';
import { repositoryIn, tokenWithout } from '../github/harness.ts';
import { allPassed, makeBench, refused, type SampleBench } from '../sampling/harness.ts';
import { ROUND_AT, roundSeed } from '../sampling/rounds.ts';

let server: GitHubServer;
let bench: SampleBench;
const merged = new Date('2026-08-20T12:00:00Z');

function declaration(population: Record<string, unknown> = {}) {
  return {
    population: {
      what: 'Changes that were merged',
      repositories: ['acme/web', 'acme/api'],
      base: 'main',
      window: { from: '2026-08-01', until: '2026-09-01' },
      ...population,
    },
    attributes: {
      'approved-by-somebody-else': {
        title: 'Somebody else approved it',
        test: { field: 'approver', differsFrom: 'author' },
      },
      'approved-before': { title: 'It was approved before', test: { field: 'approvedAt', atOrBefore: 'mergedAt' } },
    },
    seed: { beacon: 'quicknet', after: '1h' },
  };
}

beforeEach(async () => {
  const state = emptyGitHub('acme');
  state.repositories = ['api', 'web'].map((name, index) => {
    const repository = goodRepository(index + 1, name, merged);
    const [good] = repository.pullRequests;
    if (good === undefined) throw new Error('no pull request');
    const pulls = Array.from({ length: 130 }, (_, n): PullRequest => ({ ...structuredClone(good), number: n + 1 }));
    return { ...repository, pullRequests: pulls };
  });
  server = await startGitHub(state);
  bench = await makeBench('github-sample', { api: server.url, token: wholeToken }, declaration());
});
afterEach(async () => {
  await bench.place.remove();
  await server.stop();
});

const pull = (name: string, number: number) => {
  const found = repositoryIn(server, name).pullRequests.find((each) => each.number === number);
  if (found === undefined) throw new Error('no such pull request');
  return found;
};
const all = () => server.state.repositories.flatMap(({ pullRequests }) => pullRequests);

test('passed: the merged pull requests of two repositories, a request for each hundred and one for each that is drawn', async () => {
  pull('api', 7).mergedAt = '2026-09-01T00:00:00Z';
  pull('api', 8).mergedAt = null;
  pull('web', 9).base = 'release';
  expect((await bench.commit()).population).toMatchObject({
    count: 257,
    filters: ['merged pull requests of 2 repositories', 'base is main'],
  });
  expect(server.requests).toHaveLength(4);
  bench.clock.now = ROUND_AT;
  const { result } = await bench.draw(1, roundSeed);
  expect(server.requests).toHaveLength(8 + (result?.size ?? 0));
  const { outcomes, record } = await bench.look();
  expect(outcomes).toEqual(allPassed);
  expect(JSON.stringify(record)).not.toMatch(/acme|web|approver/);
});

test('failed: authors approved their own, or an approval came late, was taken back, or is not there', async () => {
  for (const [index, each] of all().entries()) {
    const [review] = each.reviews;
    if (review === undefined) continue;
    if (index % 4 === 0) review.author = each.author;
    if (index % 4 === 1) review.submittedAt = '2026-08-21T00:00:00Z';
    if (index % 4 === 2) each.reviews.push({ ...review, state: 'CHANGES_REQUESTED' });
    if (index % 4 === 3) each.reviews = [];
  }
  await bench.commit();
  bench.clock.now = ROUND_AT;
  const { result } = await bench.draw(1, roundSeed);
  expect(result?.deviations).toBe(result?.size);
  expect((await bench.look()).outcomes).toEqual({ ...allPassed, 'deviations-within-tolerable-rate': 'failed' });
});

test('a comment after the approval takes nothing back, and two names of one author are one', async () => {
  for (const each of all()) {
    const [review] = each.reviews;
    if (review === undefined) continue;
    each.reviews.push({ ...review, state: 'COMMENTED' });
    each.reviews.push({ ...review, author: each.author?.toUpperCase() ?? null });
  }
  await bench.commit();
  bench.clock.now = ROUND_AT;
  expect((await bench.draw(1, roundSeed)).result?.deviations).toBe(0);
});

test('failed: somebody approved it who may not write, as anybody can in a public repository', async () => {
  for (const each of all()) for (const review of each.reviews) review.outsider = true;
  await bench.commit();
  bench.clock.now = ROUND_AT;
  const { result } = await bench.draw(1, roundSeed);
  expect(result?.deviations).toBe(result?.size);
});

test('sabotage: one repository twice, by another name or other capitals, would thin out the others', async () => {
  for (const twice of ['acme/WEB', 'acme/before']) {
    server.state.renamed[twice] = 'acme/web';
    bench.expect = declaration({ repositories: ['acme/web', 'acme/api', twice] });
    expect(await refused(bench.commit())).toMatch(/Two of the declared names are of one repository\.$/);
  }
});

test('near miss: a repository is renamed between commitment and draw', async () => {
  const { population } = await bench.commit();
  repositoryIn(server, 'web').name = 'site';
  server.state.renamed['acme/web'] = 'acme/site';
  bench.clock.now = ROUND_AT;
  const { population: again, result } = await bench.draw(1, roundSeed);
  expect(again.root).toBe(population.root);
  expect(result?.deviations).toBe(0);
});

test('near miss: many were created in one second, and come in no order', async () => {
  const { population } = await bench.commit();
  for (const each of all()) each.createdAt = new Date(Date.parse('2026-08-01') + each.number * 1000).toISOString();
  bench.clock.now = ROUND_AT;
  expect((await bench.draw(1, roundSeed)).population.root).toBe(population.root);
});

test('a pull request that is gone when it is drawn is a deviation; one that is gone from the list changes the population', async () => {
  await bench.commit();
  bench.clock.now = ROUND_AT;
  repositoryIn(server, 'web').pullRequests.pop();
  expect(await refused(bench.draw(1, roundSeed))).toMatch(/^SamplePopulationChanged.*it had 260 items, and has 259/);
});

test('denied: the token may not see pull requests, or is none', async () => {
  bench.connection = { api: server.url, token: tokenWithout(server, 'pull_requests') };
  expect(await refused(bench.commit())).toMatch(/Not all merged pull requests could be read/);
  bench.connection = { api: server.url, token: 'wrong' };
  expect(await refused(bench.commit())).toMatch(/GitHub refused the token/);
  expect(await readSamples(bench.place.content)).toEqual([]);
});

test('transient error: GitHub does not answer properly', async () => {
  server.state.faults.push({ path: '/graphql', times: 99, kind: 'redirect-elsewhere' });
  expect(await refused(bench.commit())).toMatch(/^SampleUnreadable/);
});

test('partial: one of two repositories is hidden from the token, or is not there', async () => {
  const { permissions = [] } = server.state.tokens[wholeToken] ?? {};
  server.state.tokens.narrow = { permissions, repositories: ['api'] };
  bench.connection = { api: server.url, token: 'narrow' };
  expect(await refused(bench.commit())).toMatch(/Not all merged pull requests could be read/);
  bench.connection = { api: server.url, token: wholeToken };
  bench.expect = declaration({ repositories: ['acme/web', 'acme/none'] });
  expect(await refused(bench.commit())).toMatch(/Not all merged pull requests could be read/);
  expect(await readSamples(bench.place.content)).toEqual([]);
});

test('empty: nothing was merged in the period', async () => {
  bench.expect = declaration({ window: { from: '2025-01-01', until: '2025-02-01' } });
  expect(await refused(bench.commit())).toMatch(/^SamplePopulationEmpty/);
});

test('a field that no pull request has', async () => {
  bench.expect = { ...declaration(), attributes: { a: { title: 'A', test: { field: 'reviewer', present: true } } } };
  expect(await refused(bench.commit())).toMatch(/A pull request has no `reviewer`, which is declared\.$/);
});
