import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Run } from '../../../collectors/ci-result/collect.ts';
import { Alert, Analysis, Settings } from '../../../collectors/github-alerts/collect.ts';
import { Activity } from '../../../collectors/github-changes/collect.ts';
import { Environment, Policy } from '../../../collectors/github-deployments/collect.ts';
import { demoGitHubState } from '../../../examples/demo/github.ts';
import { wholeToken } from '../../../examples/github/company.ts';
import { rootOf } from '../../../examples/github/fields.ts';
import { type GitHubServer, startGitHub } from '../../../examples/github/server.ts';
import { now } from './harness.ts';

// What the stand-in answers, held against what GitHub publishes of its own answers: its OpenAPI description and its
// GraphQL schema. A field that GitHub does not have, or has as another type, would make every test of collectors worthless.
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'github');
type Shape = { type: string[]; items?: Shape | undefined; properties?: Record<string, Shape> | undefined };
const Shape: z.ZodType<Shape> = z.object({
  type: z.array(z.string()),
  items: z.lazy(() => Shape).optional(),
  properties: z.lazy(() => z.record(z.string(), Shape)).optional(),
});
const Rest = z.object({ responses: z.record(z.string(), z.object({ example: z.unknown(), schema: Shape })) });
const GraphQL = z.object({
  types: z.record(z.string(), z.record(z.string(), z.string())),
  enums: z.record(z.string(), z.array(z.string())),
});
const { responses } = Rest.parse(JSON.parse(await readFile(join(fixtures, 'rest.json'), 'utf8')));
const schema = GraphQL.parse(JSON.parse(await readFile(join(fixtures, 'graphql.json'), 'utf8')));

/** Everything that a value has and its shape does not. */
function strangers(value: unknown, shape: Shape | undefined, path: string): string[] {
  if (shape === undefined) return [];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const named = type === 'number' && !shape.type.includes('number') ? 'integer' : type;
  if (!shape.type.includes(named)) return [`${path} is ${named}, not ${shape.type.join(' or ')}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => strangers(item, shape.items, `${path}[${index}]`));
  const { properties } = shape;
  if (typeof value !== 'object' || value === null || properties === undefined) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key in properties ? strangers(item, properties[key], `${path}.${key}`) : [`${path}.${key} is not of GitHub`],
  );
}

let server: GitHubServer;
const state = demoGitHubState(now);
beforeAll(async () => {
  const [desk] = state.repositories;
  if (desk === undefined) throw new Error('the demo has no repositories');
  desk.security.code.push({ number: 1, severity: 'low', createdAt: now.toISOString(), state: 'open' });
  desk.security.secrets.push({ number: 1, createdAt: now.toISOString(), state: 'open' });
  desk.deployKeys.push({ id: 1, title: 'deploy', readOnly: true, createdAt: now.toISOString(), lastUsedAt: null });
  const { organization } = state;
  organization.members.push({ login: 'ada', id: 1, admin: true, twoFactor: true });
  organization.outsideCollaborators.push({ login: 'eve', id: 2, twoFactor: false, repositories: ['desk'] });
  organization.invitations.push({ id: 1, login: null, role: 'direct_member', invitedAt: now.toISOString() });
  const members = [{ login: 'ada', maintainer: true }];
  organization.teams.push({ slug: 'core', id: 1, members, repositories: ['desk'] });
  organization.installations.push({ id: 1, slug: 'bot', permissions: { contents: 'read' }, selection: 'all' });
  organization.rulesets.push({
    id: 1,
    name: 'all',
    enforcement: 'ACTIVE',
    bypass: [{ mode: 'ALWAYS', who: 'app' }],
    rules: [
      { type: 'PULL_REQUEST', approvals: 1, codeOwners: true, dismissesStale: true, lastPushApproval: true },
      { type: 'REQUIRED_STATUS_CHECKS', checks: ['build'] },
      { type: 'DELETION' },
    ],
  });
  server = await startGitHub(state);
});
afterAll(() => server.stop());

describe('REST answers have only what GitHub’s have', () => {
  const values: Record<string, string> = {
    org: 'larkspur-desk',
    owner: 'larkspur-desk',
    repo: 'desk',
    team_slug: 'core',
    environment_name: 'production',
    ref: 'main',
  };
  test.each(Object.entries(responses))('%s', async (path, { schema: shape }) => {
    const address = path.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
    const response = await fetch(`${server.url}${address}`, { headers: { authorization: `Bearer ${wholeToken}` } });
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect(JSON.stringify(body).length).toBeGreaterThan(10);
    expect(strangers(body, shape, path)).toEqual([]);
  });

  test('a stranger would be found', () => {
    const shape = responses['/orgs/{org}']?.schema;
    expect(strangers({ login: 1, secret: 'x' }, shape, 'org')).toEqual([
      'org.login is integer, not string',
      'org.secret is not of GitHub',
    ]);
  });
});

describe('GraphQL fields are those of GitHub’s schema', () => {
  const given = {
    first: 5,
    number: 1,
    login: 'larkspur-desk',
    owner: 'larkspur-desk',
    environments: ['production'],
    ids: ['R_101'],
    headRef: state.repositories[0]?.commits[0]?.oid,
  };
  const seen = new Map<string, Set<string>>();

  /** Walks all that can be asked for, and gives what is not in the schema. */
  function walk(value: unknown, type: string, depth = 0): string[] {
    if (Array.isArray(value)) return value.flatMap((item) => walk(item, type, depth));
    if (typeof value !== 'object' || value === null || !('__typename' in value) || depth > 12) return [];
    const name = String(value.__typename);
    const fields = schema.types[name];
    if (fields === undefined) return [`there is no type ${name}`];
    const known = seen.get(name) ?? new Set();
    seen.set(name, known);
    return Object.entries(value).flatMap(([field, resolver]): string[] => {
      if (field === '__typename') return [];
      const declared = fields[field];
      if (declared === undefined) return [`${name}.${field} is not of GitHub`];
      const args = { ...given, name: name === 'Repository' ? 'production' : 'desk' };
      const result: unknown = typeof resolver === 'function' ? resolver(args) : resolver;
      if (result === null) return declared.endsWith('!') ? [`${name}.${field} is null, but ${declared}`] : [];
      const scalar = { Int: 'number', String: 'string', Boolean: 'boolean', DateTime: 'string', ID: 'string' }[
        declared.replace(/[![\]]/g, '')
      ];
      const values = schema.enums[declared.replace(/[![\]]/g, '')];
      if (values !== undefined && !values.includes(String(result)))
        return [`${name}.${field} is ${result}, which is not of ${declared}`];
      if (scalar !== undefined && !declared.startsWith('[') && typeof result !== scalar)
        return [`${name}.${field} is ${typeof result}, not ${declared}`];
      if (known.has(field)) return [];
      known.add(field);
      return walk(result, declared, depth + 1);
    });
  }

  test('each of them', () => {
    const token = state.tokens[wholeToken];
    if (token === undefined) throw new Error('no token');
    expect(walk(rootOf(state, token), 'Query')).toEqual([]);
    for (const type of [
      'Repository',
      'BranchProtectionRule',
      'RepositoryRulesetBypassActor',
      'PullRequestReview',
      'CheckRun',
      'Comparison',
    ])
      expect([...seen.keys()]).toContain(type);
  });
});

test('conditional requests are answered without a body, and do not count', async () => {
  const address = `${server.url}/orgs/larkspur-desk/members`;
  const authorization = `Bearer ${wholeToken}`;
  const first = await fetch(address, { headers: { authorization } });
  const etag = first.headers.get('etag') ?? '';
  const before = state.rateLimit.remaining;
  const again = await fetch(address, { headers: { authorization, 'if-none-match': etag } });
  expect({ status: again.status, body: await again.text(), spent: before - state.rateLimit.remaining }).toEqual({
    status: 304,
    body: '',
    spent: 0,
  });
  state.organization.members.push({ login: 'new', id: 9, admin: false, twoFactor: true });
  expect((await fetch(address, { headers: { authorization, 'if-none-match': etag } })).status).toBe(200);
});

describe('what collectors read of an answer is in GitHub’s own examples', () => {
  test.each([
    ['/orgs/{org}/repos', z.array(Settings)],
    ['/orgs/{org}/dependabot/alerts', z.array(Alert)],
    ['/orgs/{org}/code-scanning/alerts', z.array(Alert)],
    ['/orgs/{org}/secret-scanning/alerts', z.array(Alert)],
    ['/repos/{owner}/{repo}/code-scanning/analyses', z.array(Analysis)],
    ['/repos/{owner}/{repo}/environments/{environment_name}', Environment],
    [
      '/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies',
      z.object({ branch_policies: z.array(Policy) }),
    ],
    ['/repos/{owner}/{repo}/commits/{ref}/check-runs', z.object({ total_count: z.int(), check_runs: z.array(Run) })],
  ])('%s', (path, shape: z.ZodType) => {
    const read = shape.safeParse(responses[path]?.example);
    expect(read.error).toBeUndefined();
  });

  test('the example of activities has fields that GitHub no longer sends; the description has those that are read', () => {
    const fields = Object.keys(responses['/repos/{owner}/{repo}/activity']?.schema.items?.properties ?? {});
    expect(fields).toEqual(expect.arrayContaining(Object.keys(Activity.shape)));
  });
});
