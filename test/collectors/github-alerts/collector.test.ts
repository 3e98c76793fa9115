import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAlerts } from '../../../collectors/github-alerts/collect.ts';
import { Expect } from '../../../collectors/github-alerts/schema.ts';
import type { GitHubServer } from '../../../examples/github/server.ts';
import type { Repository, Security } from '../../../examples/github/state.ts';
import { hoursAgo, look, now, repositoryIn, startGoodCompany, tokenWithout } from '../github/harness.ts';

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
    'github-alerts',
    intent,
    (github, key) => readAlerts(github, Expect.parse(intent), key, now, () => undefined),
    { token, pseudonymKey: 'a-key-of-the-tests' },
  );
}

const good = {
  'secret-scanning-is-on': 'passed',
  'push-protection-is-on': 'passed',
  'dependency-alerts-are-on': 'passed',
  'code-was-scanned': 'passed',
  'secrets-were-dealt-with-in-time': 'passed',
  'dependencies-were-dealt-with-in-time': 'passed',
  'code-alerts-were-dealt-with-in-time': 'passed',
};
const days = (count: number) => hoursAgo(24 * count + 1);
const security = (changes: Partial<Security>) => (repository: Repository) =>
  Object.assign(repository.security, changes);
const alert = (severity: 'critical' | 'high' | 'medium' | 'low', age: number, state: 'open' | 'fixed' = 'open') => ({
  number: 1,
  severity,
  createdAt: days(age),
  state,
});

test('passed: all scans are on, and no alert is open for too long', async () => {
  const { outcomes, record } = await run();
  expect(outcomes).toEqual(good);
  // The count, the list, the settings, four lists of alerts, and one code scan for each repository.
  expect(record.facts).toMatchObject({ openDependencyAlerts: 0, openSecretAlerts: 0, apiCalls: 7 + 3 });
});

describe('failed: each sabotage turns exactly its check', () => {
  const sabotages: [string, keyof typeof good, (repository: Repository) => unknown][] = [
    ['secret scanning is off', 'secret-scanning-is-on', security({ secretScanning: false })],
    ['push protection is off', 'push-protection-is-on', security({ pushProtection: false })],
    ['dependency alerts are off', 'dependency-alerts-are-on', security({ dependencyAlerts: false })],
    ['code was never scanned', 'code-was-scanned', security({ codeScannedAt: null })],
    ['code was scanned long ago', 'code-was-scanned', security({ codeScannedAt: days(31) })],
    [
      'code was scanned long ago, and since only in vain',
      'code-was-scanned',
      security({ codeScannedAt: days(31), codeScanFailedAt: hoursAgo(2) }),
    ],
    [
      'a critical alert for an hour more than seven days',
      'dependencies-were-dealt-with-in-time',
      security({ dependency: [alert('critical', 7)] }),
    ],
    ['code was scanned an hour more than thirty days ago', 'code-was-scanned', security({ codeScannedAt: days(30) })],
    [
      'a critical dependency alert for eight days',
      'dependencies-were-dealt-with-in-time',
      security({ dependency: [alert('critical', 8)] }),
    ],
    [
      'an old low one behind many new ones',
      'dependencies-were-dealt-with-in-time',
      security({ dependency: [...Array.from({ length: 250 }, () => alert('low', 2)), alert('low', 181)] }),
    ],
    [
      'a high finding in the code for 31 days',
      'code-alerts-were-dealt-with-in-time',
      security({ code: [alert('high', 31)] }),
    ],
    [
      'a leaked secret for two days',
      'secrets-were-dealt-with-in-time',
      security({ secrets: [{ number: 1, createdAt: days(2), state: 'open' }] }),
    ],
    [
      'a leaked private key, which GitHub does not list unasked',
      'secrets-were-dealt-with-in-time',
      security({ secrets: [{ number: 1, createdAt: days(2), state: 'open', type: 'rsa_private_key' }] }),
    ],
  ];
  test.each(sabotages)('failed: %s', async (_name, turned, sabotage) => {
    sabotage(repositoryIn(server, 'web'));
    const { outcomes, findings } = await run();
    expect(outcomes).toEqual({ ...good, [turned]: 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject)).toEqual(['acme/web']);
  });

  test('a promise of fewer days', async () => {
    security({ dependency: [alert('critical', 5)] })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual(good);
    const { outcomes, findings } = await run({ alertDays: { critical: 3 } });
    expect(outcomes).toEqual({ ...good, 'dependencies-were-dealt-with-in-time': 'failed' });
    expect(findings[0]?.reason).toBe('Alerts are open for too long: critical since 2026-10-29 (promised: 3 days).');
  });
});

describe('near misses stay green', () => {
  const nearMisses: [string, (repository: Repository) => unknown][] = [
    ['a critical alert of yesterday', security({ dependency: [alert('critical', 1)] })],
    ['a critical alert of long ago that was fixed', security({ dependency: [alert('critical', 300, 'fixed')] })],
    [
      'a critical alert for an hour less than seven days',
      security({ dependency: [{ ...alert('critical', 7), createdAt: hoursAgo(7 * 24 - 1) }] }),
    ],
    ['a scan that failed, after one that did not', security({ codeScanFailedAt: hoursAgo(0.5) })],
    ['a low one of a month', security({ code: [alert('low', 31)] })],
    ['a secret of this morning', security({ secrets: [{ number: 1, createdAt: hoursAgo(3), state: 'open' }] })],
    ['a secret that was revoked', security({ secrets: [{ number: 1, createdAt: days(90), state: 'resolved' }] })],
    [
      'an archived repository with all of it off',
      (each) => {
        each.isArchived = true;
        Object.assign(each.security, { secretScanning: false, pushProtection: false, codeScannedAt: null });
      },
    ],
  ];
  test.each(nearMisses)('%s', async (_name, change) => {
    change(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual(good);
  });

  test('what is not promised is not applicable', async () => {
    security({ codeScannedAt: null })(repositoryIn(server, 'web'));
    expect((await run({ codeScanning: false })).outcomes).toEqual({
      ...good,
      'code-was-scanned': 'not-applicable',
      'code-alerts-were-dealt-with-in-time': 'not-applicable',
    });
  });
});

describe('inconclusive is never passed', () => {
  const all = (checks: (keyof typeof good)[]) => ({
    ...good,
    ...Object.fromEntries(checks.map((check) => [check, 'inconclusive'])),
  });
  test('partial: alerts that the token may not see', async () => {
    expect((await run({}, tokenWithout(server, 'vulnerability_alerts'))).outcomes).toEqual(
      all(['dependencies-were-dealt-with-in-time']),
    );
    expect((await run({}, tokenWithout(server, 'secret_scanning_alerts'))).outcomes).toEqual(
      all(['secrets-were-dealt-with-in-time']),
    );
    expect((await run({}, tokenWithout(server, 'security_events'))).outcomes).toEqual(
      all(['code-was-scanned', 'code-alerts-were-dealt-with-in-time']),
    );
  });

  test('partial: settings that are hidden are unknown, not off', async () => {
    expect((await run({}, tokenWithout(server, 'administration'))).outcomes).toEqual(
      all([
        'secret-scanning-is-on',
        'push-protection-is-on',
        'dependency-alerts-are-on',
        'secrets-were-dealt-with-in-time',
        'dependencies-were-dealt-with-in-time',
      ]),
    );
  });

  test('partial: a public repository that the token was not given, whose alerts are not in its lists', async () => {
    security({ dependency: [alert('critical', 300)] })(repositoryIn(server, 'web'));
    const whole = Object.values(server.state.tokens)[0]?.permissions ?? [];
    server.state.tokens.some = { permissions: whole, repositories: ['api', 'billing'] };
    const { outcomes } = await run({}, 'some');
    expect(outcomes['dependencies-were-dealt-with-in-time']).toBe('inconclusive');
    expect(Object.values(outcomes)).not.toContain('failed');
    expect((await run()).outcomes['dependencies-were-dealt-with-in-time']).toBe('failed');
  });

  test('empty: an organization without repositories', async () => {
    server.state.repositories = [];
    expect(new Set(Object.values((await run()).outcomes))).toEqual(new Set(['inconclusive']));
  });
});

test('repositories that are named are looked at one by one', async () => {
  const { outcomes, record } = await run({ repositories: ['web'] });
  expect(outcomes).toEqual(good);
  expect(record.population).toMatchObject({ count: 1, complete: true });
});

test('a named repository that was given away is not one of the organization, whose lists have no alerts of it', async () => {
  const web = repositoryIn(server, 'web');
  security({ dependency: [alert('critical', 300)] })(web);
  web.owner = 'mallory';
  server.state.renamed['acme/web'] = 'mallory/web';
  const { outcomes, record } = await run({ repositories: ['web', 'api'] });
  expect(new Set(Object.values(outcomes))).toEqual(new Set(['inconclusive']));
  expect(record.population?.description).toContain('1 of the named repositories cannot be seen');
  expect(JSON.stringify(record)).not.toContain('mallory');
});

test('denied: the token is not authorized for single sign-on', async () => {
  server.state.tokens.unauthorized = { permissions: [], singleSignOnMissing: true };
  await expect(run({}, 'unauthorized')).rejects.toMatchObject({ kind: 'denied', code: 'SSO' });
});

test('transient: GitHub answers with something that is no JSON', async () => {
  server.state.faults = [{ path: '/dependabot/alerts', times: 99, kind: 'not-json' }];
  await expect(run()).rejects.toMatchObject({ kind: 'transient', code: 'BROKEN' });
});

test('nothing of an alert is published but its severity and age', async () => {
  security({ secrets: [{ number: 1, createdAt: days(9), state: 'open' }] })(repositoryIn(server, 'web'));
  expect(JSON.stringify((await run()).record)).not.toMatch(/canary|example_token/);
});
