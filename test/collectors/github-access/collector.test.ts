import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import collector from '../../../collectors/github-access/collector.ts';
import { emptyGitHub, goodRepository, wholeToken } from '../../../examples/github/company.ts';
import { type GitHubServer, type GitHubState, startGitHub } from '../../../examples/github/server.ts';
import type { AccessReview, Entry } from '../../../schemas/index.ts';
import {
  closedReview,
  contextOf,
  type Decisions,
  daysOn,
  knownWith,
  NOW,
  openedReview,
  outcomesOf,
} from '../access/lists.ts';

const mapping = { organization: 'acme', administrators: { atMost: 1 }, programs: ['canary-deployer'] };
const partToken = 'github_pat_part';

/** An organization in which every name is a canary. */
function company(): GitHubState {
  const state = emptyGitHub();
  const member = (login: string, id: number, admin = false) => ({ login, id, admin, twoFactor: true });
  state.organization = {
    ...state.organization,
    members: [
      member('canary-ada', 1, true),
      member('canary-ben', 2),
      member('canary-mallory', 3),
      member('canary-deployer', 4),
    ],
    outsideCollaborators: [{ login: 'canary-outsider', id: 9, twoFactor: true, repositories: ['canary-web'] }],
    teams: [
      {
        slug: 'canary-team',
        id: 7,
        members: [{ login: 'canary-ben', maintainer: true }],
        repositories: ['canary-web'],
      },
    ],
    invitations: [{ id: 70, login: 'canary-guest', role: 'direct_member', invitedAt: daysOn(-3) }],
    installations: [{ id: 80, slug: 'canary-app', permissions: { contents: 'write' }, selection: 'all' }],
  };
  const deployKeys = [{ id: 90, title: 'canary-key', readOnly: false, createdAt: daysOn(-90), lastUsedAt: daysOn(-1) }];
  state.repositories = [
    goodRepository(1, 'canary-web', new Date(NOW), { deployKeys }),
    goodRepository(2, 'canary-api', new Date(NOW), { isPrivate: false }),
  ];
  state.tokens[partToken] = { permissions: ['members', 'administration'] };
  return state;
}

let server: GitHubServer;
let state: GitHubState;
beforeEach(async () => {
  state = company();
  server = await startGitHub(state);
});
afterEach(() => server.stop());

async function look(reviews: Entry<AccessReview>[] = [], { token = wholeToken, intent = {}, now = NOW } = {}) {
  const context = contextOf({ token, api: server.url }, collector.expect.parse({ ...mapping, ...intent }));
  const raw = collector.raw.parse(await collector.collect(context, knownWith(reviews, now)));
  const assessment = collector.assess(raw, context.expect);
  return { raw, ...assessment, outcomes: outcomesOf(collector, assessment.findings) };
}

const system = 'store/github-access';
const decisions: Decisions = { 'canary-mallory': 'revoke', 'canary-ben': { roles: ['member'] } };
/** The organization as it was ten days ago, reviewed; then what was decided is done. */
async function reviewed(decided = decisions) {
  return closedReview((await look()).raw.list, decided, { at: daysOn(-10), system });
}
function carryOut() {
  const { organization } = state;
  organization.members = organization.members.filter(({ id }) => id !== 3);
  organization.teams = [];
}

const allPassed = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'passed']));
const turned = (outcomes: Record<string, string>) =>
  Object.fromEntries(Object.entries(outcomes).filter(([check, outcome]) => allPassed[check] !== outcome));

test('passed: everybody and everything is listed, and what was decided was done', async () => {
  const review = await reviewed();
  carryOut();
  const { raw, outcomes, population, facts } = await look([review]);
  expect(outcomes).toEqual(allPassed);
  expect(population).toMatchObject({ count: 7, complete: true });
  const seen = raw.list.principals.map(({ name, kind, roles }) => [name, kind, ...roles]);
  expect(seen).toEqual([
    ['canary-ada', 'person', 'owner'],
    ['canary-ben', 'person', 'member'],
    ['canary-deployer', 'bot', 'member'],
    ['canary-outsider', 'person', 'outside collaborator', 'write on canary-web'],
    ['canary-guest', 'invitation', 'member'],
    ['canary-app', 'app', 'all repositories', 'contents: write'],
    ['canary-key (canary-web)', 'key', 'writes', 'key of canary-web'],
  ]);
  expect(facts).toMatchObject({ people: 3, bots: 1, apps: 1, keys: 1, invitations: 1, outside: 1, reportedTotal: 7 });
  expect(facts).toMatchObject({ cannotBeSeen: ['last activity'], revoked: 1, provenGone: 1 });
});

describe('sabotage turns exactly one check', () => {
  const done = (more: () => void) => async () => {
    const review = await reviewed();
    carryOut();
    more();
    return look([review]);
  };
  test.each<[string, string, () => ReturnType<typeof look>, string]>([
    [
      'revoked-access-is-gone',
      'renamed',
      done(() => state.organization.members.push({ login: 'canary-new', id: 3, admin: false, twoFactor: true })),
      'failed',
    ],
    [
      'changed-roles-were-changed',
      'in the team again',
      done(() =>
        state.organization.teams.push({
          slug: 'canary-team',
          id: 7,
          members: [{ login: 'canary-ben', maintainer: true }],
          repositories: [],
        }),
      ),
      'failed',
    ],
    [
      'every-person-uses-a-second-factor',
      'an outsider without',
      done(() => {
        for (const each of state.organization.outsideCollaborators) each.twoFactor = false;
      }),
      'failed',
    ],
    [
      'no-invitation-lingers',
      'an old one',
      done(() => {
        for (const each of state.organization.invitations) each.invitedAt = daysOn(-15);
      }),
      'failed',
    ],
    [
      'administrators-as-declared',
      'an invited owner',
      done(() => {
        for (const each of state.organization.invitations) each.role = 'admin';
      }),
      'failed',
    ],
    [
      'decided-by-somebody-else',
      'by login',
      async () => look([closedReview((await look()).raw.list, {}, { at: daysOn(-10), by: '@Canary-Ada', system })]),
      'failed',
    ],
    [
      'reviewed-in-time',
      'one past its date',
      async () => {
        const review = await reviewed();
        carryOut();
        return look([review, openedReview((await look()).raw.list, { at: daysOn(-15), system })]);
      },
      'failed',
    ],
  ])('sabotage of %s: %s', async (check, _title, run, outcome) => {
    expect(turned((await run()).outcomes)).toEqual({ [check]: outcome });
  });

  test.each<[string, string, () => ReturnType<typeof look>]>([
    [
      'revoked-access-is-gone',
      'another account that took the login',
      done(() => state.organization.members.push({ login: 'canary-mallory', id: 33, admin: false, twoFactor: true })),
    ],
    [
      'changed-roles-were-changed',
      'another team',
      done(() =>
        state.organization.teams.push({
          slug: 'canary-other',
          id: 8,
          members: [{ login: 'canary-ben', maintainer: false }],
          repositories: [],
        }),
      ),
    ],
    [
      'every-person-uses-a-second-factor',
      'a bot without',
      done(() => {
        for (const each of state.organization.members) if (each.id === 4) each.twoFactor = false;
      }),
    ],
    [
      'no-invitation-lingers',
      'one of two weeks',
      done(() => {
        for (const each of state.organization.invitations) each.invitedAt = daysOn(-14);
      }),
    ],
    [
      'administrators-as-declared',
      'a maintainer of a team',
      done(() =>
        state.organization.teams.push({
          slug: 'owner',
          id: 8,
          members: [{ login: 'canary-deployer', maintainer: true }],
          repositories: [],
        }),
      ),
    ],
    [
      'decided-by-somebody-else',
      'a login that begins alike',
      async () => look([closedReview((await look()).raw.list, {}, { at: daysOn(-10), by: 'canary-a', system })]),
    ],
    [
      'reviewed-in-time',
      'one that is not yet due',
      async () => {
        const review = await reviewed();
        carryOut();
        return look([review, openedReview((await look()).raw.list, { at: daysOn(-13), system })]);
      },
    ],
  ])('near miss of %s: %s', async (_check, _title, run) => {
    expect(turned((await run()).outcomes)).toEqual({});
  });
});

describe('what the token may not see is unknown', () => {
  test('a second factor, without an owner: inconclusive, never off; and apps and private repositories hide', async () => {
    const { outcomes, raw, population, facts } = await look([], { token: partToken });
    expect(raw.list.principals.filter(({ kind }) => kind === 'person').map(({ secondFactor }) => secondFactor)).toEqual(
      [null, null, null, null],
    );
    expect(outcomes).toMatchObject({
      'every-person-uses-a-second-factor': 'inconclusive',
      'list-is-complete': 'inconclusive',
    });
    expect(population.complete).toBe(false);
    expect(facts.cannotBeSeen).toEqual(['second factor', 'apps', 'keys', 'last activity']);
  });

  test('repositories that the token does not see hide their keys', async () => {
    state.tokens[wholeToken] = {
      permissions: state.tokens[wholeToken]?.permissions ?? [],
      repositories: ['canary-api'],
    };
    const { outcomes, facts, population } = await look();
    expect(facts).toMatchObject({ keys: 0, cannotBeSeen: ['keys', 'last activity'] });
    expect({ list: outcomes['list-is-complete'], complete: population.complete }).toEqual({
      list: 'inconclusive',
      complete: false,
    });
  });

  test('doctor names it', async () => {
    const context = contextOf({ token: partToken, api: server.url }, collector.expect.parse(mapping));
    const lines = await collector.doctor?.(context);
    expect(lines?.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'ok: The organization can be read: 7 entries.',
      'missing: This token may not see: second factor.',
      'missing: This token may not see: apps.',
      'missing: This token may not see: keys.',
    ]);
  });
});

test('partial: a list of members that is cut off proves nothing, and near miss of list-is-complete: many pages', async () => {
  for (let id = 1000; id < 11_000; id += 1)
    state.organization.members.push({ login: `canary-${id}`, id, admin: false, twoFactor: true });
  const review = closedReview((await look()).raw.list, { 'canary-mallory': 'revoke' }, { at: daysOn(-10), system });
  state.organization.members = state.organization.members.filter(({ id }) => id !== 3);
  const whole = await look([review]);
  expect(whole.population).toMatchObject({ count: 10_007, complete: true });
  expect(turned(whole.outcomes)).toEqual({});
  expect(whole.findings.length).toBeLessThan(20);
  state.faults.push({ path: '/members', times: 2, kind: 'list-cut' });
  const cut = await look([review]);
  expect(cut.population.complete).toBe(false);
  expect(cut.outcomes).toMatchObject({ 'list-is-complete': 'inconclusive', 'revoked-access-is-gone': 'inconclusive' });
});

test('failed: never reviewed; empty: an organization without anybody proves nothing', async () => {
  expect((await look()).outcomes['reviewed-in-time']).toBe('failed');
  const review = await reviewed();
  Object.assign(state, { ...emptyGitHub(), tokens: state.tokens });
  const { population, outcomes } = await look([review]);
  expect(population).toMatchObject({ count: 0, complete: false });
  expect(Object.values(outcomes)).not.toContain('failed');
  expect(outcomes).toMatchObject({ 'revoked-access-is-gone': 'inconclusive', 'list-is-complete': 'inconclusive' });
});

test('denied: a token that is refused, and one that sees no members; transient error: GitHub fails', async () => {
  await expect(look([], { token: 'expired' })).rejects.toMatchObject({ kind: 'denied' });
  state.tokens.none = { permissions: [] };
  await expect(look([], { token: 'none' })).rejects.toMatchObject({ kind: 'denied' });
  state.faults.push({ path: '/members', times: 1, kind: 'redirect-elsewhere' });
  await expect(look()).rejects.toThrow();
});

test('nobody is named: not in findings, nor in facts', async () => {
  const review = closedReview((await look()).raw.list, decisions, { at: daysOn(-10), by: 'canary-ada', system });
  const { findings, facts, population, redactions } = await look([review]);
  expect(JSON.stringify({ findings, facts, population, redactions })).not.toMatch(/canary/);
});

test('as many requests as the README says', async () => {
  await look();
  const lines = server.requests.map(({ line }) => line);
  expect(lines.filter((line) => line.includes('/repos/')).length).toBe(2 * state.repositories.length);
  expect(lines.length).toBe(11 + 2 * state.organization.teams.length + 2 * state.repositories.length);
});
