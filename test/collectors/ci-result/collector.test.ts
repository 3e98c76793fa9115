import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assess } from '../../../collectors/ci-result/assess.ts';
import { readResults } from '../../../collectors/ci-result/collect.ts';
import collector from '../../../collectors/ci-result/collector.ts';
import { Expect, Facts, Raw } from '../../../collectors/ci-result/schema.ts';
import { wholeToken } from '../../../examples/github/company.ts';
import { type GitHubServer, startGitHub } from '../../../examples/github/server.ts';
import { foldCheck } from '../../../posture/fold.ts';
import { first, hoursAgo, now, quickClient, repositoryIn, startGoodCompany } from '../github/harness.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-ci-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const canary = 'canary-7f3a0c0c0c0c0c0c';
const passing = (count: number, inside = '', attributes = '') =>
  Array.from(
    { length: count },
    (_, index) => `<testcase classname="${canary}" name="t${index}" ${attributes}>${inside}</testcase>`,
  ).join('');

/** A report of one suite; `at` is an instant, or null for a report that does not say. */
function report(
  cases: string,
  { name = 'isolation', at = hoursAgo(2) as string | null, attributes = '' } = {},
): string {
  const when = at === null ? '' : `timestamp="${at.slice(0, 19)}"`;
  return `<?xml version="1.0"?><testsuites><testsuite name="${name}" ${when} ${attributes}>${cases}</testsuite></testsuites>`;
}

const intent = { suites: { 'isolation tests': { named: ['isolation*'], atLeast: 40 } } };

async function write(text: string | Buffer, name = 'report.xml'): Promise<void> {
  await writeFile(join(folder, name), text);
}

/** Reads the folder, and what each check came to. */
async function run(
  expected: object = intent,
  connection: Record<string, string> = {},
  open?: Parameters<typeof readResults>[2],
) {
  const intended = Expect.parse(expected);
  const context = {
    connection: { reports: folder, ...connection },
    expect: intended,
    allowIntrusive: false,
    signal: AbortSignal.timeout(20_000),
    progress: () => undefined,
  };
  const raw = Raw.parse(await readResults(context, now, open));
  const { findings, population, facts } = assess(raw, intended);
  const outcomes = Object.fromEntries(
    Object.entries(collector.checks).map(([check, { title, statement }]) => {
      const of = findings.filter((finding) => finding.check === check);
      const at = now.toISOString();
      const folded = foldCheck(undefined, {
        check,
        title,
        statement,
        findings: of,
        complete: population.complete,
        collectedAt: at,
        validFor: '48h',
      });
      return [check, folded.outcome];
    }),
  );
  expect(JSON.stringify({ findings, population, facts })).not.toContain('canary');
  return { outcomes, findings, population, facts: Facts.parse(facts) };
}

const good = {
  'enough-tests-ran': 'passed',
  'no-test-failed': 'passed',
  'no-test-was-skipped': 'passed',
  'results-are-recent': 'passed',
  'check-runs-succeeded': 'not-applicable',
};
const inconclusive = {
  'enough-tests-ran': 'inconclusive',
  'no-test-failed': 'inconclusive',
  'no-test-was-skipped': 'inconclusive',
  'results-are-recent': 'inconclusive',
};

describe('reports', () => {
  test('passed: the promised number of tests ran, and none failed', async () => {
    await write(report(passing(42)));
    const { outcomes, facts, findings } = await run();
    expect(outcomes).toEqual(good);
    expect(facts).toEqual({
      reports: 1,
      reportsUnusable: 0,
      tests: 42,
      failures: 0,
      skipped: 0,
      oldestResultOn: '2026-11-03',
      checkRuns: 0,
    });
    expect(findings[0]).toMatchObject({
      subject: 'isolation tests',
      reason: 'Tests that ran: 42; promised are at least 40.',
    });
  });

  describe('failed: each sabotage turns exactly its check', () => {
    const sabotages: [string, Partial<typeof good>, string][] = [
      [
        'a test fails',
        { 'no-test-failed': 'failed' },
        report(passing(41) + passing(1, `<failure message="${canary}"/>`)),
      ],
      ['a test ends in an error', { 'no-test-failed': 'failed' }, report(passing(41) + passing(1, '<error/>'))],
      [
        'a test failed and was then marked as skipped',
        { 'no-test-failed': 'failed' },
        report(passing(41) + passing(1, '<failure/><skipped/>')),
      ],
      [
        'a failure that only the total tells',
        { 'no-test-failed': 'failed' },
        report(passing(42), { attributes: 'failures="1"' }),
      ],
      ['one test is skipped', { 'no-test-was-skipped': 'failed' }, report(passing(41) + passing(1, '<skipped/>'))],
      [
        'a test that the runner only calls failed',
        { 'no-test-failed': 'failed' },
        report(passing(42, '', 'status="failed"')),
      ],
      ['the suite fails around its tests', { 'no-test-failed': 'failed' }, report(`${passing(42)}<error/>`)],
      [
        'a test that was disabled, as GoogleTest writes it',
        { 'no-test-was-skipped': 'failed' },
        report(passing(41) + passing(1, '', 'status="notrun" result="suppressed"')),
      ],
      [
        'a skipped test that only the total tells',
        { 'no-test-was-skipped': 'failed' },
        report(passing(42), { attributes: 'disabled="1"' }),
      ],
      ['too few tests', { 'enough-tests-ran': 'failed' }, report(passing(39))],
      ['all of them old', { 'results-are-recent': 'failed' }, report(passing(42), { at: hoursAgo(49) })],
    ];
    test.each(sabotages)('failed: %s', async (_name, turned, text) => {
      await write(text);
      expect((await run()).outcomes).toEqual({ ...good, ...turned });
    });

    test('a suite that ran zero tests fails, and nothing else of it passes', async () => {
      const nothingRan = {
        ...good,
        'enough-tests-ran': 'failed',
        'no-test-failed': 'not-applicable',
        'no-test-was-skipped': 'not-applicable',
        'results-are-recent': 'not-applicable',
      };
      await write(report(''));
      expect((await run()).outcomes).toEqual(nothingRan);
      await write(report(passing(42), { name: 'another' }));
      expect((await run()).outcomes).toEqual(nothingRan);
    });

    test('a suite whose tests were all skipped', async () => {
      await write(report(passing(50, '<skipped/>')));
      const { outcomes, findings } = await run();
      expect(outcomes).toMatchObject({ 'enough-tests-ran': 'failed', 'no-test-was-skipped': 'failed' });
      expect(findings[0]?.reason).toBe('No test ran: all of them were skipped, 50.');
    });

    test('a failure in one report is not outdone by another report of the same suite', async () => {
      await write(report(passing(42)), 'a.xml');
      await write(report(passing(1, '<failure/>'), { at: hoursAgo(30) }), 'b.xml');
      expect((await run()).outcomes).toEqual({ ...good, 'no-test-failed': 'failed' });
    });
  });

  describe('near misses stay green', () => {
    const nearMisses: [string, string][] = [
      [
        'a failure in a suite that is not declared',
        `<testsuites>${report(passing(42)).slice(33, -13)}<testsuite name="ui">${passing(1, '<failure/>')}</testsuite></testsuites>`,
      ],
      ['a flaky test that passed at last', report(passing(42, '<flakyFailure/><system-out>failure</system-out>'))],
      ['output that talks of failures', report(passing(42, '<system-out><![CDATA[<failure/>]]></system-out>'))],
      [
        'totals that count the same',
        report(passing(42), { attributes: 'tests="42" failures="0" errors="0" skipped="0"' }),
      ],
      [
        'a suite of suites',
        `<testsuite name="isolation" tests="42" timestamp="${hoursAgo(2)}">${report(passing(21)).slice(33, -13)}${report(passing(21)).slice(33, -13)}</testsuite>`,
      ],
      ['the clock of the build is minutes ahead', report(passing(42), { at: hoursAgo(-0.5) })],
      ['a time with a zone', report(passing(42)).replace(/timestamp="[^"]*"/, 'timestamp="2026-11-03T10:00:00+02:00"')],
      [
        'the five entities of XML, and a character by its number',
        report(passing(42), { attributes: 'file="&lt;a&#62; &amp; b"' }),
      ],
      ['more tests than promised', report(passing(400))],
      [
        'tests that ran, as GoogleTest writes it',
        report(passing(42, '', 'status="run" result="completed"'), { attributes: 'disabled="0"' }),
      ],
      [
        'the time is that of the whole report',
        report(passing(42), { at: null }).replace('<testsuites', `<testsuites timestamp="${hoursAgo(2)}"`),
      ],
      [
        'a file of the suite without tests, and without a time',
        report(passing(42)).replace('</testsuites>', '<testsuite name="isolation of nothing"/></testsuites>'),
      ],
    ];
    test.each(nearMisses)('%s', async (_name, text) => {
      await write(text);
      expect((await run()).outcomes).toEqual(good);
    });

    test('the suite is spread over several reports, in folders', async () => {
      await mkdir(join(folder, 'shard'));
      await write(report(passing(21), { name: 'isolation one' }), 'a.xml');
      await write(report(passing(21), { name: 'isolation two' }), join('shard', 'b.xml'));
      await write('no report', 'notes.txt');
      expect((await run()).outcomes).toEqual(good);
    });

    test('skipped tests, as many as declared', async () => {
      await write(report(passing(41) + passing(2, '<skipped/>')));
      const allowed = { suites: { isolation: { named: ['isolation*'], atLeast: 40, maySkip: 2 } } };
      expect((await run(allowed)).outcomes).toEqual(good);
    });
  });

  describe('inconclusive is never passed', () => {
    const hostile: [string, string | Buffer, string][] = [
      [
        'a document type',
        `<!DOCTYPE a [<!ENTITY x "y">]>${report(passing(42)).slice(21)}`,
        'a document type declaration',
      ],
      [
        'a billion laughs',
        `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>`,
        'a document type declaration',
      ],
      ['an entity that is not of XML', report(passing(42), { attributes: 'file="&nbsp;"' }), 'not XML'],
      ['an attribute without quotes', '<testsuite name=isolation/>', 'not XML'],
      ['a report that is cut off', report(passing(42)).slice(0, -30), 'not XML'],
      [
        'a report that is cut off between tests, and closed by hand',
        report(passing(42), { attributes: 'tests="43"' }),
        'incomplete',
      ],
      ['elements without end', '<testsuite>'.repeat(200), 'too deep'],
      [
        'attributes without end',
        `<testsuite ${Array.from({ length: 500 }, (_, index) => `a${index}=""`).join(' ')}/>`,
        'too large',
      ],
      ['one attribute without end', `<testsuite name="${'a'.repeat(3_000_000)}`, 'not XML'],
      ['an empty file', '', 'no JUnit report'],
      ['another kind of XML', '<html><body/></html>', 'no JUnit report'],
      ['a second report behind the first', `${report(passing(1))}<more/>`.slice(21), 'not XML'],
      ['a test inside a test', report('<testcase><failure/><testcase/></testcase>'), 'no JUnit report'],
      ['a total below zero', report(passing(42), { attributes: 'tests="-1"' }), 'no JUnit report'],
      [
        'a whole that tells of a failure that none of its parts has',
        report(passing(42)).replace('<testsuites', '<testsuites failures="1"'),
        'incomplete',
      ],
      ['UTF-16', Buffer.from(report(passing(42)), 'utf16le'), 'not XML'],
      ['a total that is no number', report(passing(42), { attributes: 'tests="many"' }), 'no JUnit report'],
    ];
    test.each(hostile)('partial: %s', async (_name, text, flaw) => {
      await write(report(passing(42)), 'good.xml');
      await write(text, 'zz.xml');
      const { outcomes, population } = await run();
      expect(outcomes).toMatchObject(inconclusive);
      expect(population.complete).toBe(false);
      expect(population.description).toContain(`Reports that could not be used: 1 (${flaw}).`);
    });

    test('partial: a report that cannot be used hides no failure in another', async () => {
      await write(report(passing(1, '<failure/>')), 'bad.xml');
      await write('<', 'broken.xml');
      expect((await run()).outcomes['no-test-failed']).toBe('failed');
    });

    test('empty: a folder without reports has nothing to judge', async () => {
      expect((await run()).outcomes).toMatchObject(inconclusive);
    });

    test('a report that does not say when its tests ran', async () => {
      await write(report(passing(42), { at: null }));
      expect((await run()).outcomes).toEqual({ ...good, 'results-are-recent': 'inconclusive' });
    });

    test('a suite without a time does not have that of its neighbour', async () => {
      const dated = `<testsuite name="ui" timestamp="${hoursAgo(2)}">${passing(1)}</testsuite>`;
      await write(report(passing(42), { at: null }).replace('<testsuites>', `<testsuites>${dated}`));
      expect((await run()).outcomes).toEqual({ ...good, 'results-are-recent': 'inconclusive' });
    });

    test('a report from the future', async () => {
      await write(report(passing(42), { at: hoursAgo(-48) }));
      expect((await run()).outcomes).toEqual({ ...good, 'results-are-recent': 'inconclusive' });
    });
  });

  test('a report of 60 MB is read in little memory', async () => {
    const cases = passing(1, `<system-out>${'x'.repeat(100_000)}</system-out>`);
    await write(report(Array.from({ length: 600 }, () => cases).join('')));
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect((await run()).facts.tests).toBe(600);
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
  });

  test('links are not followed out of the folder', async () => {
    await write(report(passing(42)));
    await symlink('/etc/hostname', join(folder, 'link.xml'));
    expect((await run()).outcomes).toEqual(good);
  });

  test('denied: a report that may not be read', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read everything');
    await write(report(passing(42)));
    await chmod(join(folder, 'report.xml'), 0o000);
    await expect(run()).rejects.toMatchObject({ kind: 'denied' });
  });

  test('no folder of that name, or none declared', async () => {
    await expect(run(intent, { reports: join(folder, 'gone') })).rejects.toMatchObject({ kind: 'configuration' });
    expect(Expect.safeParse({}).error?.issues[0]?.message).toBe(
      'names neither suites nor checkRuns, so that there would be nothing to judge',
    );
  });
});

describe('check runs', () => {
  let server: GitHubServer;
  beforeEach(async () => {
    server = await startGoodCompany();
  });
  afterEach(() => server.stop());
  const checkRuns = { checkRuns: { repository: 'acme/api', ref: 'main', names: ['build', 'tests'] } };
  const succeeded = {
    ...good,
    'enough-tests-ran': 'not-applicable',
    'no-test-failed': 'not-applicable',
    'no-test-was-skipped': 'not-applicable',
    'check-runs-succeeded': 'passed',
  };
  const ask = (expected: object = checkRuns, token = wholeToken) => run(expected, {}, () => quickClient(server, token));
  const head = () => first(repositoryIn(server, 'api').commits);

  test('passed: each named check run succeeded lately', async () => {
    const { outcomes, facts } = await ask();
    expect(outcomes).toEqual(succeeded);
    expect(facts.checkRuns).toBe(2);
  });

  test.each([
    ['failed', { conclusion: 'FAILURE' }],
    ['was skipped', { conclusion: 'SKIPPED' }],
    ['was cancelled', { conclusion: 'CANCELLED' }],
    ['has another name now', { name: 'build (2)' }],
  ] as const)('failed: one of them %s', async (_name, change) => {
    Object.assign(first(head().checks), change);
    expect((await ask()).outcomes).toEqual({ ...succeeded, 'check-runs-succeeded': 'failed' });
  });

  test('failed: it succeeded, but long ago', async () => {
    Object.assign(first(head().checks), { completedAt: hoursAgo(50) });
    expect((await ask()).outcomes).toEqual({ ...succeeded, 'results-are-recent': 'failed' });
  });

  test('a near miss: it failed, and was run again', async () => {
    head().checks.push({ ...first(head().checks), conclusion: 'FAILURE', completedAt: hoursAgo(3) });
    expect((await ask()).outcomes).toEqual(succeeded);
  });

  test('one that is running, or was started anew, is inconclusive', async () => {
    head().checks.push({ ...first(head().checks), status: 'IN_PROGRESS', conclusion: null, completedAt: null });
    expect((await ask()).outcomes).toEqual({ ...succeeded, 'check-runs-succeeded': 'inconclusive' });
  });

  test('failed: one that was started later and ended sooner', async () => {
    Object.assign(first(head().checks), { startedAt: hoursAgo(5) });
    head().checks.push({
      ...first(head().checks),
      conclusion: 'FAILURE',
      startedAt: hoursAgo(4),
      completedAt: hoursAgo(3),
    });
    expect((await ask()).outcomes).toEqual({ ...succeeded, 'check-runs-succeeded': 'failed' });
  });

  test('failed: another app says that it succeeded', async () => {
    head().checks.push({ ...first(head().checks), app: 77, completedAt: hoursAgo(0.1) });
    Object.assign(first(head().checks), { conclusion: 'FAILURE' });
    expect((await ask()).outcomes).toEqual({ ...succeeded, 'check-runs-succeeded': 'failed' });
  });

  test('one that waits for another to end is not missing yet', async () => {
    const [build, tests] = head().checks;
    if (build === undefined || tests === undefined) throw new Error('there are none');
    head().checks = [{ ...build, status: 'IN_PROGRESS', conclusion: null, completedAt: null }];
    expect((await ask()).outcomes['check-runs-succeeded']).toBe('inconclusive');
    head().checks = [build];
    expect((await ask()).outcomes['check-runs-succeeded']).toBe('failed');
  });

  test('one that does not say when it ended is not recent', async () => {
    Object.assign(first(head().checks), { completedAt: null });
    expect((await ask()).outcomes).toEqual({ ...succeeded, 'results-are-recent': 'inconclusive' });
  });

  test('partial: a list of check runs that is cut', async () => {
    head().checks.push(
      ...Array.from({ length: 150 }, (_, index) => ({
        ...first(head().checks),
        id: 1000 + index,
        name: `shard ${index}`,
      })),
    );
    server.state.faults = [{ path: '/check-runs', times: 1, kind: 'list-cut' }];
    expect((await ask()).outcomes['check-runs-succeeded']).toBe('inconclusive');
    expect((await ask()).outcomes).toEqual(succeeded);
  });

  test('denied: a token that may not see check runs', async () => {
    const permissions = (server.state.tokens[wholeToken]?.permissions ?? []).filter((each) => each !== 'checks');
    server.state.tokens.poor = { permissions };
    await expect(ask(checkRuns, 'poor')).rejects.toMatchObject({ kind: 'denied', code: 'FORBIDDEN' });
  });

  test('transient: GitHub does not answer', async () => {
    await server.stop();
    await expect(ask()).rejects.toMatchObject({ kind: 'transient' });
    server = await startGitHub(server.state);
  });
});
