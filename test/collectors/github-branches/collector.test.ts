import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readBranches } from '../../../collectors/github-branches/collect.ts';
import { Expect } from '../../../collectors/github-branches/schema.ts';
import type { GitHubServer } from '../../../examples/github/server.ts';
import type { Repository, Ruleset } from '../../../examples/github/state.ts';
import { hoursAgo, look, now, repositoryIn, startGoodCompany, tokenWithout } from '../github/harness.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGoodCompany();
});
afterEach(() => server.stop());

const intent = { organization: 'acme', requiredChecks: ['build', 'tests'] };
const pseudonymKey = 'a-key-of-the-tests';

/** Looks with this intent; without `key` there are no pseudonyms. */
function run(changes: object = {}, token?: string, key: string | null = pseudonymKey) {
  const expect = { ...intent, ...changes };
  return look(
    server,
    'github-branches',
    expect,
    (github, given) => readBranches(github, Expect.parse(expect), given, now, () => undefined),
    { token, ...(key !== null && { pseudonymKey: key }) },
  );
}

const good = {
  'changes-need-a-review': 'passed',
  'checks-are-required': 'passed',
  'checks-succeeded': 'passed',
  'history-cannot-be-rewritten': 'passed',
  'nobody-bypasses-the-rules': 'passed',
};

/** A ruleset that demands all that the intent does. */
const ruleset: Ruleset = {
  id: 9,
  name: 'main',
  enforcement: 'ACTIVE',
  bypass: [],
  rules: [
    { type: 'PULL_REQUEST', approvals: 1, codeOwners: false, dismissesStale: true, lastPushApproval: false },
    { type: 'NON_FAST_FORWARD' },
    { type: 'DELETION' },
    { type: 'REQUIRED_STATUS_CHECKS', checks: ['build', 'tests'] },
  ],
};

const protection = (changes: Partial<NonNullable<Repository['protection']>>) => (repository: Repository) => {
  if (repository.protection) Object.assign(repository.protection, changes);
};
const check = (changes: Partial<Repository['commits'][number]['checks'][number]>) => (repository: Repository) => {
  const [first] = repository.commits[0]?.checks ?? [];
  if (first) Object.assign(first, changes);
};

test('passed: every default branch is protected, and its checks succeeded', async () => {
  const { outcomes, record } = await run();
  expect(outcomes).toEqual(good);
  expect(record.population).toMatchObject({ count: 3, complete: true });
  expect(record.facts).toMatchObject({ repositories: 3, judged: 3, protectedByBranchProtection: 3, apiCalls: 3 });
});

describe('failed: each sabotage turns exactly its check', () => {
  const sabotages: [string, string, (repository: Repository) => unknown][] = [
    ['no review is demanded', 'changes-need-a-review', protection({ requiredApprovals: null, dismissesStale: false })],
    ['no approval is demanded, only a pull request', 'changes-need-a-review', protection({ requiredApprovals: 0 })],
    ['a push keeps old approvals', 'changes-need-a-review', protection({ dismissesStale: false })],
    ['administrators are exempt', 'nobody-bypasses-the-rules', protection({ bindsAdmins: false })],
    ['somebody is listed as exempt', 'nobody-bypasses-the-rules', protection({ bypass: ['mallory'] })],
    ['force pushes are allowed', 'history-cannot-be-rewritten', protection({ allowsForcePushes: true })],
    ['deletion is allowed', 'history-cannot-be-rewritten', protection({ allowsDeletions: true })],
    ['a check is no longer required', 'checks-are-required', protection({ requiredChecks: ['build'] })],
    ['a check fails', 'checks-succeeded', check({ conclusion: 'FAILURE' })],
    ['a check is skipped', 'checks-succeeded', check({ conclusion: 'SKIPPED' })],
    ['a check is neutral', 'checks-succeeded', check({ conclusion: 'NEUTRAL' })],
    ['a check was renamed', 'checks-succeeded', check({ name: 'build (2)' })],
    [
      'a status of the same name succeeds, which anybody can write',
      'checks-succeeded',
      (repository) => {
        check({ conclusion: 'FAILURE' })(repository);
        for (const commit of repository.commits)
          commit.statuses = [{ context: 'build', state: 'SUCCESS', createdAt: hoursAgo(0.1) }];
      },
    ],
    [
      'a check that began later fails, and ended sooner',
      'checks-succeeded',
      ({ commits: [head] }) => {
        const [build] = head?.checks ?? [];
        if (build === undefined) return;
        build.startedAt = hoursAgo(0.99);
        const again = { id: 99, startedAt: hoursAgo(0.98), completedAt: hoursAgo(0.97) };
        head?.checks.push({ ...build, ...again, conclusion: 'FAILURE' });
      },
    ],
    [
      'a team may bypass the only ruleset',
      'nobody-bypasses-the-rules',
      (repository) => {
        repository.protection = null;
        repository.rulesets = [{ ...ruleset, bypass: [{ mode: 'PULL_REQUEST', who: 'team' }] }];
      },
    ],
  ];
  test.each(sabotages)('failed: %s', async (_name, turned, sabotage) => {
    sabotage(repositoryIn(server, 'web'));
    const { outcomes, findings } = await run();
    expect(outcomes).toEqual({ ...good, [turned]: 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject)).toEqual(['acme/web']);
  });

  test('without any rule, all but the results; nobody can bypass what is not there', async () => {
    repositoryIn(server, 'web').protection = null;
    expect((await run()).outcomes).toEqual({
      ...good,
      'changes-need-a-review': 'failed',
      'checks-are-required': 'failed',
      'history-cannot-be-rewritten': 'failed',
    });
  });

  test('a ruleset that is only evaluated protects nothing', async () => {
    Object.assign(repositoryIn(server, 'web'), {
      protection: null,
      rulesets: [{ ...ruleset, enforcement: 'EVALUATE' }],
    });
    expect((await run()).outcomes['changes-need-a-review']).toBe('failed');
  });
});

describe('near misses stay green', () => {
  const nearMisses: [string, (repository: Repository) => unknown][] = [
    [
      'a ruleset instead of a branch protection',
      (each) => Object.assign(each, { protection: null, rulesets: [ruleset] }),
    ],
    [
      'exempt administrators of a protection beside a ruleset that binds everybody',
      (each) => {
        protection({ bindsAdmins: false, bypass: ['ada'] })(each);
        each.rulesets = [ruleset];
      },
    ],
    [
      'the demands are spread over two guards',
      (each) => {
        protection({ requiredChecks: [], allowsForcePushes: true })(each);
        each.rulesets = [ruleset];
      },
    ],
    [
      'the approval of the last push instead of dismissal',
      protection({ dismissesStale: false, lastPushApproval: true }),
    ],
    ['more approvals than promised', protection({ requiredApprovals: 2 })],
    [
      'a check that failed and was run again',
      ({ commits: [head] }) =>
        head?.checks.push({
          id: 99,
          name: 'build',
          status: 'COMPLETED',
          conclusion: 'FAILURE',
          completedAt: hoursAgo(0.95),
          title: null,
        }),
    ],
    [
      'a status in the place of a check run',
      ({ commits: [head] }) => {
        head?.checks.shift();
        if (head) head.statuses = [{ context: 'build', state: 'SUCCESS', createdAt: hoursAgo(0.9) }];
      },
    ],
    [
      'another check that nobody requires fails',
      ({ commits: [head] }) =>
        head?.checks.push({
          id: 98,
          name: 'links',
          status: 'COMPLETED',
          conclusion: 'FAILURE',
          completedAt: hoursAgo(0.1),
          title: null,
        }),
    ],
    [
      'an archived repository without protection',
      (each) => Object.assign(each, { protection: null, isArchived: true }),
    ],
    ['an empty repository', (each) => Object.assign(each, { protection: null, commits: [] })],
    ['a fork that is protected as the others', (each) => Object.assign(each, { isFork: true })],
  ];
  test.each(nearMisses)('%s', async (_name, change) => {
    change(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual(good);
  });

  test('a ruleset of the organization', async () => {
    server.state.organization.rulesets = [ruleset];
    for (const repository of server.state.repositories) repository.protection = null;
    expect((await run()).outcomes).toEqual(good);
  });

  test('an app that may bypass the ruleset, as declared', async () => {
    Object.assign(repositoryIn(server, 'web'), {
      protection: null,
      rulesets: [{ ...ruleset, bypass: [{ mode: 'ALWAYS', who: 'app' }] }],
    });
    expect((await run({ mayBypass: ['team-or-app'] })).outcomes).toEqual(good);
  });

  test('a repository that is declared out of scope, with its reason', async () => {
    repositoryIn(server, 'web').protection = null;
    const { outcomes, findings } = await run({ except: { w: 'nothing', 'we*': 'A scratch pad.' } });
    expect(outcomes).toEqual(good);
    expect(findings.find(({ subject }) => subject === 'acme/web')).toMatchObject({
      outcome: 'not-applicable',
      reason: 'Declared out of scope: A scratch pad.',
    });
  });
});

describe('inconclusive is never passed', () => {
  test('partial: a token of no owner is not told how many repositories there are', async () => {
    const { outcomes, record } = await run({}, tokenWithout(server, 'owner'));
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['inconclusive']));
    expect(record.population?.description).toContain(
      'does not tell this token how many private repositories there are',
    );
  });

  test('partial: a token that sees some repositories only', async () => {
    const whole = Object.values(server.state.tokens)[0]?.permissions ?? [];
    server.state.tokens.some = { permissions: whole, repositories: ['web'] };
    const { outcomes, record } = await run({}, 'some');
    expect(outcomes['changes-need-a-review']).toBe('inconclusive');
    expect(record.population?.description).toContain('1 of 3 repositories could be read');
    const named = await run({ repositories: ['web'] }, 'some');
    expect(named.outcomes).toEqual(good);
    expect((await run({ repositories: ['web', 'gone'] }, 'some')).outcomes['changes-need-a-review']).toBe(
      'inconclusive',
    );
  });

  test('partial: what a protection says is hidden from who may not administer', async () => {
    const { outcomes } = await run({}, tokenWithout(server, 'administration'));
    expect(outcomes).toEqual({
      'changes-need-a-review': 'inconclusive',
      'checks-are-required': 'inconclusive',
      'checks-succeeded': 'passed',
      'history-cannot-be-rewritten': 'inconclusive',
      'nobody-bypasses-the-rules': 'inconclusive',
    });
  });

  test('partial: who may bypass a ruleset is hidden', async () => {
    server.state.organization.rulesets = [ruleset];
    const { outcomes } = await run({}, tokenWithout(server, 'administration'));
    expect(outcomes).toEqual({ ...good, 'nobody-bypasses-the-rules': 'inconclusive' });
  });

  test('partial: to who may not edit a ruleset an empty list of who may bypass it says nothing', async () => {
    server.state.organization.rulesets = [ruleset];
    const expected = Expect.parse(intent);
    const { outcomes } = await look(
      server,
      'github-branches',
      intent,
      (github, key) => {
        const query: typeof github.query = async (shape, text, variables) => {
          const { data, withheld } = await github.query(z.unknown(), text, variables);
          const emptied = JSON.stringify(data).replaceAll(
            '"bypassActors":null',
            '"bypassActors":{"totalCount":0,"nodes":[]}',
          );
          return { data: shape.parse(JSON.parse(emptied)), withheld };
        };
        return readBranches({ ...github, query }, expected, key, now, () => undefined);
      },
      { token: tokenWithout(server, 'administration'), pseudonymKey },
    );
    expect(outcomes).toEqual({ ...good, 'nobody-bypasses-the-rules': 'inconclusive' });
  });

  test('partial: results of checks are hidden, or running', async () => {
    expect((await run({}, tokenWithout(server, 'checks'))).outcomes).toEqual({
      ...good,
      'checks-succeeded': 'inconclusive',
    });
    check({ status: 'IN_PROGRESS', conclusion: null, completedAt: null })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'checks-succeeded': 'inconclusive' });
  });

  test('a push of a minute ago, whose checks have not begun, is not failed yet', async () => {
    const web = repositoryIn(server, 'web');
    web.commits[0]?.checks.splice(0);
    web.pushedAt = hoursAgo(0.02);
    expect((await run()).outcomes).toEqual({ ...good, 'checks-succeeded': 'inconclusive' });
    web.pushedAt = hoursAgo(2);
    expect((await run()).outcomes).toEqual({ ...good, 'checks-succeeded': 'failed' });
  });

  test('empty: an organization without repositories', async () => {
    server.state.repositories = [];
    expect(new Set(Object.values((await run()).outcomes))).toEqual(new Set(['inconclusive']));
  });
});

test('more checks than a reason can name', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `${'long'.repeat(20)} ${index}`);
  for (const repository of server.state.repositories) {
    protection({ requiredChecks: names })(repository);
    for (const head of repository.commits.slice(0, 1)) {
      const [build] = head.checks;
      if (build) head.checks = names.map((name) => ({ ...build, name }));
    }
  }
  const all = await run({ requiredChecks: names });
  expect(all.outcomes).toEqual(good);
  expect(all.findings.find((each) => each.check === 'checks-succeeded')?.reason).toMatch(/ and 35 more\.$/);
  check({ conclusion: 'FAILURE' })(repositoryIn(server, 'web'));
  expect((await run()).outcomes['checks-are-required']).toBe('failed');
  expect((await run({ requiredChecks: names })).outcomes).toEqual({ ...good, 'checks-succeeded': 'failed' });
});

test('denied: a token that is expired', async () => {
  await expect(run({}, 'expired')).rejects.toMatchObject({ kind: 'denied', code: 'UNAUTHORIZED' });
});

test('transient: GitHub fails each time', async () => {
  server.state.faults = [{ path: '/graphql', times: 99, kind: 'server-error' }];
  await expect(run()).rejects.toMatchObject({ kind: 'transient', code: 'SERVER' });
});

test('names of private repositories are published only as pseudonyms, or where that is declared', async () => {
  const pseudonyms = await run();
  const text = JSON.stringify(pseudonyms.record);
  expect(text).not.toMatch(/acme\/(api|billing)|canary|\bada\b|grace/);
  expect(pseudonyms.findings.map(({ subject }) => subject)).toContain('acme/web');
  const again = await run();
  expect(again.findings).toEqual(pseudonyms.findings);

  protection({ bindsAdmins: false })(repositoryIn(server, 'api'));
  const counted = await run({}, undefined, null);
  expect(counted.findings.filter(({ outcome }) => outcome === 'failed')).toEqual([
    {
      check: 'nobody-bypasses-the-rules',
      subject: 'private repositories',
      outcome: 'failed',
      reason: '1 of 2: The rules can be bypassed by administrators.',
    },
  ]);
  expect(counted.record.redactions).toEqual([
    { what: 'names of private repositories', why: 'the source has no key for pseudonyms', count: 2 },
  ]);
  const named = await run({ publishNames: ['ap*'] });
  expect(new Set(named.findings.map(({ subject }) => subject))).toContain('acme/api');
});
