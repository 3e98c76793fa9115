import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type GitHubUnreadable, openGitHub } from '../../../collectors/clients/github.ts';
import { refuseAllButReading } from '../../../collectors/clients/github-transport.ts';
import { emptyGitHub, goodRepository, wholeToken } from '../../../examples/github/company.ts';
import { type GitHubServer, startGitHub } from '../../../examples/github/server.ts';
import type { Fault } from '../../../examples/github/state.ts';
import { now, quickClient } from './harness.ts';

let server: GitHubServer;
beforeEach(async () => {
  const state = emptyGitHub('acme');
  state.organization.members = Array.from({ length: 250 }, (_, index) => ({
    login: `person-${index}`,
    id: index,
    admin: index === 0,
    twoFactor: true,
  }));
  state.repositories = Array.from({ length: 7 }, (_, index) => goodRepository(index + 1, `r${index + 1}`, now));
  server = await startGitHub(state);
});
afterEach(() => server.stop());

const Member = z.object({ login: z.string() });
const everybody = (client = quickClient(server)) =>
  client.each(Member, '/orgs/{org}/members', { org: 'acme' }, () => true);
const fault = (kind: Fault['kind'], times: number, path = '/members') => {
  server.state.faults = [{ kind, times, path }];
};

/** What reading ends with, in our own words; fails when it ends well, or quotes anything of the server. */
async function failure(read: Promise<unknown>): Promise<Pick<GitHubUnreadable, 'kind' | 'code' | 'message'>> {
  try {
    await read;
  } catch (error) {
    if (!(error instanceof Error && 'kind' in error && 'code' in error)) throw error;
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toMatch(
      /canary|github_pat|person-/,
    );
    return { kind: error.kind as never, code: error.code as never, message: error.message };
  }
  throw new Error('it did not fail');
}

describe('lists', () => {
  test('are read page by page, with the calls counted', async () => {
    const client = quickClient(server);
    const logins: string[] = [];
    const extent = await client.each(Member, '/orgs/{org}/members', { org: 'acme' }, ({ login }) => logins.push(login));
    expect(extent).toEqual({ read: 250, pages: 3, total: null, complete: true });
    expect(new Set(logins).size).toBe(250);
    expect(client.calls()).toEqual({ rest: 3, graphql: 0 });
  });

  test('of 10,000 members are read with one page in memory', async () => {
    server.state.organization.members = Array.from({ length: 10_000 }, (_, index) => ({
      login: `person-${index}`,
      id: index,
      admin: false,
      twoFactor: true,
    }));
    let most = 0;
    let since = 0;
    const client = quickClient(server);
    const extent = await client.each(Member, '/orgs/{org}/members', { org: 'acme' }, () => {
      since = server.requests.length;
      most = Math.max(most, client.calls().rest - since);
    });
    expect(extent).toMatchObject({ read: 10_000, pages: 100, complete: true });
    // No page is asked for before the one before it has been taken.
    expect(most).toBeLessThanOrEqual(1);
  });

  test('that end before the page that was named as the last are incomplete', async () => {
    fault('list-cut', 1);
    expect(await everybody()).toEqual({ read: 100, pages: 1, total: null, complete: false });
  });

  test('that come with a total are held against it', async () => {
    const runs = { owner: 'acme', repo: 'r1', ref: 'main' };
    const path = '/repos/{owner}/{repo}/commits/{ref}/check-runs';
    expect(await quickClient(server).each(z.object({}), path, runs, () => true)).toEqual({
      read: 2,
      pages: 1,
      total: 2,
      complete: true,
    });
  });

  test('that are left early are incomplete', async () => {
    const extent = await quickClient(server).each(Member, '/orgs/{org}/members', { org: 'acme' }, () => false);
    expect(extent).toMatchObject({ read: 1, complete: false });
  });

  test('in another shape are no lists', async () => {
    expect(await failure(quickClient(server).each(Member, '/orgs/{org}', { org: 'acme' }, () => true))).toMatchObject({
      kind: 'schema',
      code: 'SHAPE',
    });
  });
});

describe('GraphQL', () => {
  const Page = z.object({
    organization: z.object({
      repositories: z.object({
        totalCount: z.int(),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(z.object({ name: z.string() }).nullable()),
      }),
    }),
  });
  const text = `query ($after: String) { organization(login: "acme") {
    repositories(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { name } } } }`;

  test('connections are read to their end, and held against their total', async () => {
    const names: string[] = [];
    const client = quickClient(server);
    const extent = await client.eachNode(
      Page,
      text,
      {},
      (data) => data.organization.repositories,
      ({ name }) => names.push(name),
    );
    expect(extent).toEqual({ read: 7, pages: 3, total: 7, complete: true, withheld: [] });
    expect(names).toHaveLength(7);
    expect(client.calls()).toEqual({ rest: 0, graphql: 3 });
  });

  test('what is withheld is null, and listed', async () => {
    server.state.tokens.poor = { permissions: [] };
    const answer = await quickClient(server, 'poor').query(
      z.object({ r1: z.object({ pullRequests: z.null() }), gone: z.null() }),
      `query { r1: repository(owner: "acme", name: "r1") { pullRequests(first: 1) { totalCount } }
               gone: repository(owner: "acme", name: "gone") { name } }`,
    );
    expect(answer.withheld).toEqual([
      { path: 'r1.pullRequests', why: 'denied' },
      { path: 'gone', why: 'not-found' },
    ]);
  });

  test('a query that GitHub does not accept is a bug of ours', async () => {
    const query = quickClient(server).query(z.object({}), 'query { viewer { nonsense } }');
    expect(await failure(query)).toMatchObject({ kind: 'schema', code: 'INVALID' });
  });
});

describe('what fails once is tried again', () => {
  test.each([
    'rate-limit',
    'secondary-limit',
    'secondary-limit-untimed',
    'server-error',
    'cut-off',
    'not-json',
    'disconnect',
    'redirect-loop',
  ] as const)('%s', async (kind) => {
    fault(kind, 1);
    expect(await everybody()).toMatchObject({ read: 250, complete: true });
    expect(server.requests).toHaveLength(4);
  });
});

describe('what keeps failing ends the reading, in our own words', () => {
  const endings: [Fault['kind'], string, string][] = [
    ['rate-limit', 'transient', 'RATE_LIMITED'],
    ['secondary-limit', 'transient', 'RATE_LIMITED'],
    ['secondary-limit-untimed', 'transient', 'RATE_LIMITED'],
    ['server-error', 'transient', 'SERVER'],
    ['cut-off', 'transient', 'NETWORK'],
    ['disconnect', 'transient', 'NETWORK'],
    ['not-json', 'transient', 'BROKEN'],
    ['redirect-loop', 'transient', 'BROKEN'],
  ];
  test.each(endings)('%s', async (kind, ends, code) => {
    fault(kind, 99);
    expect(await failure(everybody())).toMatchObject({ kind: ends, code });
  });

  test.each([
    ['graphql-limit', 'RATE_LIMITED'],
    ['graphql-timeout', 'SERVER'],
  ] as const)('%s', async (kind, code) => {
    fault(kind, 99, '/graphql');
    const query = quickClient(server).query(z.object({}), 'query { rateLimit { cost } }');
    expect(await failure(query)).toMatchObject({ kind: 'transient', code });
  });

  test('a token that is expired is not tried again', async () => {
    expect(await failure(everybody(quickClient(server, 'expired')))).toEqual({
      kind: 'denied',
      code: 'UNAUTHORIZED',
      message: 'GitHub refused the token: it is wrong, revoked or expired.',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a token without the right, or without single sign-on', async () => {
    server.state.tokens.poor = { permissions: [] };
    server.state.tokens.unauthorized = { permissions: [], singleSignOnMissing: true };
    expect(await failure(everybody(quickClient(server, 'poor')))).toMatchObject({ kind: 'denied', code: 'FORBIDDEN' });
    expect(await failure(everybody(quickClient(server, 'unauthorized')))).toMatchObject({
      kind: 'denied',
      code: 'SSO',
    });
  });

  test('what does not exist, or may not be seen', async () => {
    const read = quickClient(server).get(z.object({}), '/repos/{owner}/{repo}', { owner: 'acme', repo: 'gone' });
    expect(await failure(read)).toMatchObject({ kind: 'denied', code: 'NOT_FOUND' });
  });

  test('a rate limit that would outlast the run is not waited for', async () => {
    server.state.rateLimit = { remaining: 0, resetInSeconds: 3600 };
    const client = openGitHub({
      connection: { api: server.url, token: wholeToken },
      signal: AbortSignal.timeout(30_000),
      patience: { secondMs: 1000, waitMs: 60_000 },
    });
    expect(await failure(everybody(client))).toMatchObject({ kind: 'transient', code: 'RATE_LIMITED' });
    expect(server.requests).toHaveLength(1);
  });

  test('a run that is stopped is not held up by waiting', async () => {
    fault('secondary-limit', 99);
    const stop = new AbortController();
    const client = openGitHub({
      connection: { api: server.url, token: wholeToken },
      signal: stop.signal,
      patience: { secondMs: 100, retries: 1 },
    });
    const reading = failure(everybody(client));
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort();
    expect(await reading).toMatchObject({ kind: 'transient', code: 'ABORTED' });
  });

  test('GitHub is silent', async () => {
    fault('silence', 99);
    const client = openGitHub({
      connection: { api: server.url, token: wholeToken },
      signal: AbortSignal.timeout(30_000),
      patience: { attemptMs: 50, secondMs: 1, retries: 1 },
    });
    expect(await failure(everybody(client))).toMatchObject({ kind: 'transient', code: 'TIMEOUT' });
    expect(client.calls().rest).toBe(2);
  });

  test('nothing listens there', async () => {
    await server.stop();
    expect(await failure(everybody())).toMatchObject({ kind: 'transient', code: 'NETWORK' });
    server = await startGitHub(server.state);
  });
});

describe('it can only read, and from one host only', () => {
  const api = new URL('https://api.github.com');
  const query = { query: 'query { viewer { login } }' };
  test.each([
    ['POST', 'https://api.github.com/repos/a/b/issues', { title: 'x' }],
    ['PUT', 'https://api.github.com/orgs/a/memberships/b', undefined],
    ['PATCH', 'https://api.github.com/repos/a/b', undefined],
    ['DELETE', 'https://api.github.com/repos/a/b', undefined],
    ['POST', 'https://api.github.com/graphql', { query: 'mutation { addStar(input: {}) { clientMutationId } }' }],
    ['POST', 'https://api.github.com/graphql', { query: 'query a { viewer { login } } mutation b { x }' }],
    ['POST', 'https://api.github.com/graphql', { query: 'subscription { x }' }],
    ['POST', 'https://api.github.com/graphql', undefined],
    ['GET', 'https://elsewhere.example/orgs/a', undefined],
    ['GET', 'http://api.github.com/orgs/a', undefined],
    ['POST', 'https://elsewhere.example/graphql', query],
  ])('%s %s is refused', (method, url, body) => {
    expect(() => refuseAllButReading(api, method, url, body)).toThrow(expect.objectContaining({ code: 'REFUSED' }));
  });

  test('GET and queries are let through', () => {
    expect(() => refuseAllButReading(api, 'GET', 'https://api.github.com/orgs/a', undefined)).not.toThrow();
    expect(() => refuseAllButReading(api, 'POST', 'https://api.github.com/graphql', query)).not.toThrow();
    const enterprise = new URL('https://code.acme.example/api/v3');
    expect(() => refuseAllButReading(enterprise, 'POST', 'https://code.acme.example/api/graphql', query)).not.toThrow();
  });

  test('a mutation is not sent by the client', async () => {
    const written = quickClient(server).query(z.object({}), 'mutation { addStar(input: {}) { clientMutationId } }');
    expect(await failure(written)).toMatchObject({ kind: 'schema', code: 'REFUSED' });
    expect(server.requests).toEqual([]);
  });

  test('a redirect to another host is not followed, so that it never sees the token', async () => {
    fault('redirect-elsewhere', 1);
    expect(await failure(everybody())).toMatchObject({ kind: 'schema', code: 'REFUSED' });
    expect(server.requests).toHaveLength(1);
  });

  test('nor is a page of a list on another host', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('[]');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const liar = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('link', `<http://127.0.0.1:${port}/page2>; rel="next"`);
      response.end('[{"login":"a"}]');
    });
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
    const at = liar.address();
    const url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : 0}`;
    const client = openGitHub({ connection: { api: url, token: wholeToken }, signal: AbortSignal.timeout(10_000) });
    expect(await failure(everybody(client))).toMatchObject({ code: 'REFUSED' });
    expect(seen).toEqual([]);
    other.close();
    liar.close();
  });

  test('a renamed repository is followed', async () => {
    server.state.renamed['acme/before'] = 'acme/r2';
    const Repository = z.object({ full_name: z.string() });
    const client = quickClient(server);
    expect(await client.get(Repository, '/repos/{owner}/{repo}', { owner: 'acme', repo: 'before' })).toEqual({
      full_name: 'acme/r2',
    });
    expect(client.calls().rest).toBe(2);
  });

  test.each(['http://api.github.example', 'ftp://127.0.0.1', 'not an address', 'https://user:pass@code.example'])(
    'the token is not sent to %s',
    (address) => {
      const open = () => openGitHub({ connection: { api: address, token: 'x' }, signal: AbortSignal.timeout(1) });
      expect(open).toThrow(expect.objectContaining({ kind: 'configuration' }));
    },
  );

  test('a source without a token is not configured', () => {
    expect(() => openGitHub({ connection: {}, signal: AbortSignal.timeout(1) })).toThrow(
      'The source’s connection names no `token`.',
    );
  });
});

test('at most ten requests are under way at once', async () => {
  let underWay = 0;
  let most = 0;
  const slow = createServer((_request, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setTimeout(() => {
      underWay -= 1;
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    }, 20);
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const at = slow.address();
  const url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : 0}`;
  const client = openGitHub({ connection: { api: url, token: 'x' }, signal: AbortSignal.timeout(20_000) });
  await Promise.all(
    Array.from({ length: 60 }, (_, index) => client.get(z.object({}), '/repositories/{id}', { id: index })),
  );
  expect(most).toBeLessThanOrEqual(10);
  expect(client.calls().rest).toBe(60);
  slow.close();
});
