import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import collector from '../../../collectors/disclosure-promises/collector.ts';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { keepReportPromises } from '../../../intake/lifecycle/clocks.ts';
import { openStore, type Store } from '../../../intake/store/open.ts';
import type { DisclosurePolicy } from '../../../schemas/index.ts';
import { contentWith } from '../../posture/worlds.ts';
import { contextOf, outcomesOf } from '../access/lists.ts';
import { ago, CANARY, daysAgo, NOW } from '../intake-promises/company.ts';
import { keepsItsWord, promising, report } from './company.ts';

const psql = fileURLToPath(new URL('../../package/psql.ts', import.meta.url));
const login = { user: 'candor_intake', password: 'a password, long enough' };
const allPassed = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'passed']));
const allUnknown = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'inconclusive']));

let server: PostgresServer;
let admin: pg.Client;
let databases = 0;
let store: Store | undefined;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  const folder = await mkdtemp(join(tmpdir(), 'candor-promises-'));
  const script = join(folder, 'setup.sql');
  await writeFile(script, collector.setup?.(collector.expect.parse({})) ?? '');
  for (const [database, fill] of [
    ['good', keepsItsWord],
    ['bare', async () => undefined],
  ] as const) {
    await admin.query(`create database ${database}`);
    const made = await openStore({ url: server.url({ database }) });
    await fill(made.db);
    await made.close();
    const variables = ['-v', `candor_password=${login.password}`, '-f', script];
    await promisify(execFile)(process.execPath, [psql, ...variables, server.url({ database })]);
  }
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  await admin?.end();
  await server?.stop();
});
afterEach(async () => {
  await store?.close();
  store = undefined;
});

/** A company of its own for one test, as one of those that were made is. */
async function company(like: 'good' | 'bare' = 'good') {
  databases += 1;
  const database = `company_${databases}`;
  await admin.query(`create database ${database} template ${like}`);
  store = await openStore({ url: server.url({ database }) });
  const { db } = store;
  const context = (as = login) => contextOf({ url: server.url({ database, ...as }) }, collector.expect.parse({}));
  const look = async (disclosure: DisclosurePolicy | undefined = promising(), now = NOW) => {
    const known = { source: 'intake', now: now.toISOString(), content: contentWith({ disclosure }), evidence: [] };
    const raw = collector.raw.parse(await collector.collect(context(), known));
    const assessment = collector.assess(raw, collector.expect.parse({}));
    const facts = collector.facts.parse(assessment.facts);
    return { raw, ...assessment, facts, outcomes: outcomesOf(collector, assessment.findings) };
  };
  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: server.url({ database }) });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  return { db, look, doctor: () => collector.doctor?.(context()), query };
}

type Look = Awaited<ReturnType<Awaited<ReturnType<typeof company>>['look']>>;
const turned = ({ outcomes }: Look) =>
  Object.fromEntries(Object.entries(outcomes).filter(([check, outcome]) => allPassed[check] !== outcome));
const reasons = ({ findings }: Look, outcome: string) =>
  findings.filter((finding) => finding.outcome === outcome).map(({ subject, reason }) => `${subject}: ${reason}`);

test('passed: each in time, nothing overdue, texts deleted; and nothing that anybody wrote is read', async () => {
  const { look } = await company();
  const seen = await look();
  expect(seen.outcomes).toEqual(allPassed);
  expect(seen.population).toMatchObject({ count: 5, complete: true });
  expect(seen.facts).toMatchInlineSnapshot(`
    {
      "acknowledged": 5,
      "acknowledgedLate": 0,
      "countedOver": "365 days",
      "endedClosed": 0,
      "endedDisclosed": 1,
      "endedDuplicate": 1,
      "endedInformative": 0,
      "endedNotApplicable": 1,
      "everReceived": 5,
      "fixed": 2,
      "fixedLate": 0,
      "longestTimeToAcknowledge": "48 h",
      "longestTimeToFix": "40 days",
      "longestTimeToTriage": "4 days",
      "medianTimeToAcknowledge": "24 h",
      "medianTimeToFix": "22 days 12 h",
      "medianTimeToTriage": "60 h",
      "open": 2,
      "overdue": 0,
      "received": 5,
      "textKept": 5,
      "textKeptTooLong": 0,
      "triaged": 4,
      "triagedLate": 0,
    }
  `);
  expect(JSON.stringify(seen.raw)).not.toContain(CANARY);
  expect(JSON.stringify(seen.raw)).not.toMatch(/vulnerability-report|age1/);
});

describe('a sabotage turns exactly one check, and a near miss none', () => {
  test('sabotage of acknowledged-in-time: on the third business day, which is told as failed', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(7), [['acknowledged', daysAgo(4)]]);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'acknowledged-in-time': 'failed' });
    expect(reasons(seen, 'failed')).toMatchInlineSnapshot(`
      [
        "1 report: Not acknowledged in time: of these the worst took 24 h, where 16 h were promised.",
      ]
    `);
    expect(seen.facts).toMatchObject({ acknowledged: 6, acknowledgedLate: 1 });
  });
  test('sabotage of acknowledged-in-time: the promise was made slower afterwards, or withdrawn', async () => {
    for (const later of [promising({ within: '9bd' }), promising({ ends: undefined })]) {
      const { db, look } = await company();
      await report(db, daysAgo(7), [['acknowledged', daysAgo(4)]]);
      await keepReportPromises(db, later, ago(1));
      expect(turned(await look(later))).toEqual({ 'acknowledged-in-time': 'failed' });
      await store?.close();
    }
  });
  test('near miss of acknowledged-in-time: over a weekend, and by a word to the reporter before the state changed', async () => {
    const { db, look } = await company();
    const friday = new Date('2026-10-23T09:00:00Z');
    await report(db, friday, [
      ['told', new Date('2026-10-26T17:00:00Z')],
      ['acknowledged', new Date('2026-10-29T17:00:00Z')],
    ]);
    const seen = await look();
    expect(turned(seen)).toEqual({});
    expect(seen.facts.longestTimeToAcknowledge).toBe('3 days 8 h');
  });
  test('near miss of acknowledged-in-time: it came before anything was promised to be so quick', async () => {
    const { db, look } = await company('bare');
    await keepReportPromises(db, promising({ within: '9bd' }), daysAgo(300));
    await report(db, daysAgo(8), [['acknowledged', daysAgo(4)]]);
    await keepReportPromises(db, promising(), daysAgo(3));
    expect((await look()).outcomes).toMatchObject({ 'acknowledged-in-time': 'passed', 'no-report-overdue': 'passed' });
  });

  test('sabotage of triaged-in-time: assessed on the fifteenth day', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(21), [
      ['acknowledged', daysAgo(20)],
      ['triaged', ago(6 * 24 - 1)],
    ]);
    expect(turned(await look())).toEqual({ 'triaged-in-time': 'failed' });
  });
  test('near miss of triaged-in-time: found to be a duplicate on the fourteenth', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(21), [
      ['acknowledged', daysAgo(20)],
      ['duplicate', daysAgo(7)],
    ]);
    expect(turned(await look())).toEqual({});
  });

  const confirmed = (openedAt: number) =>
    [
      ['acknowledged', daysAgo(openedAt - 1)],
      ['confirmed', daysAgo(openedAt - 2)],
    ] as const;
  test('sabotage of fixed-in-time: a critical one after eight days', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(14), [...confirmed(14), ['fixed', daysAgo(4)]], 'critical');
    expect(turned(await look())).toEqual({ 'fixed-in-time': 'failed' });
  });
  test('sabotage of fixed-in-time: mended in time, which was no fix, and then late', async () => {
    const { db, look } = await company();
    const steps = [
      ['fixed', daysAgo(10)],
      ['confirmed', daysAgo(9)],
      ['fixed', daysAgo(3)],
    ] as const;
    await report(db, daysAgo(14), [...confirmed(14), ...steps], 'critical');
    expect(turned(await look())).toEqual({ 'fixed-in-time': 'failed' });
  });
  test('sabotage of fixed-in-time: mended late, or never, and then closed, opened and closed again, or called harmless', async () => {
    const again = [
      ['closed', daysAgo(3)],
      ['triaged', daysAgo(2)],
      ['closed', daysAgo(1)],
    ] as const;
    for (const steps of [[['fixed', daysAgo(4)], ...again], [...again.slice(0, 1)], [['low', daysAgo(4)]]] as const) {
      const { db, look } = await company();
      await report(db, daysAgo(14), [...confirmed(14), ...steps], 'critical');
      const seen = await look();
      expect(turned(seen)).toEqual({ 'fixed-in-time': 'failed' });
      expect(seen.facts.fixedLate).toBe(1);
      await store?.close();
    }
  });
  test('near miss of fixed-in-time: mended in time, opened again long after, and mended in the days that were left', async () => {
    const { db, look } = await company();
    const steps = [
      ['fixed', daysAgo(95)],
      ['closed', daysAgo(90)],
      ['triaged', daysAgo(5)],
      ['confirmed', daysAgo(5)],
      ['fixed', daysAgo(2)],
    ] as const;
    await report(db, daysAgo(100), [...confirmed(100), ...steps], 'critical');
    expect(turned(await look())).toEqual({});
  });
  test('near miss of fixed-in-time: one that is not critical, after forty days', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(49), [...confirmed(49), ['fixed', daysAgo(7)]], 'high');
    expect(turned(await look())).toEqual({});
  });

  test('sabotage of no-report-overdue: nobody has answered since last week, but for notes of the team', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(7), [['note', daysAgo(6)]]);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'no-report-overdue': 'failed' });
    expect(reasons(seen, 'failed')).toMatchInlineSnapshot(`
      [
        "1 report: Past a promised time that still runs: the worst by 24 h.",
      ]
    `);
  });
  test('sabotage of no-report-overdue: one of years ago that was mended and never published', async () => {
    const { db, look } = await company();
    await keepReportPromises(db, promising(), daysAgo(900));
    await report(db, daysAgo(600), [...confirmed(600), ['fixed', daysAgo(595)]]);
    expect(turned(await look())).toEqual({ 'no-report-overdue': 'failed' });
  });
  test('near miss of no-report-overdue: one of this weekend, and an old one that was closed', async () => {
    const { db, look } = await company();
    await report(db, new Date('2026-10-30T17:30:00Z'));
    await report(db, daysAgo(100), [...confirmed(100), ['closed', daysAgo(90)]]);
    const seen = await look();
    expect(turned(seen)).toEqual({});
    expect(seen.facts).toMatchObject({ open: 3, overdue: 0, endedClosed: 1 });
  });

  test('sabotage of no-report-kept-too-long: the text of a duplicate, 182 days on', async () => {
    const { db, look } = await company();
    await report(db, daysAgo(183), [['duplicate', daysAgo(182)]]);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'no-report-kept-too-long': 'failed' });
    expect(reasons(seen, 'failed')).toMatchInlineSnapshot(`
      [
        "1 report: The text is still there after its declared time: the oldest for 48 h.",
      ]
    `);
  });
  test('near miss of no-report-kept-too-long: written into afterwards, deleted, or still worked on', async () => {
    const { db, look, query } = await company();
    await report(db, daysAgo(300), [
      ['duplicate', daysAgo(299)],
      ['note', daysAgo(179)],
    ]);
    await report(db, daysAgo(300), [...confirmed(300)]);
    const { id } = await report(db, daysAgo(300), [['duplicate', daysAgo(299)]]);
    await query(`update report set reply_to = null where submission = '${id}';
      update report_message set ciphertext = null where submission = '${id}'`);
    expect(turned(await look())).toEqual({});
  });
});

test('empty: where no report ever came, nothing passes; nor where none came within the window', async () => {
  const { db, look } = await company('bare');
  await keepReportPromises(db, promising(), daysAgo(500));
  expect((await look()).outcomes).toEqual(allUnknown);
  await report(db, daysAgo(400), [['duplicate', daysAgo(399)]]);
  expect((await look()).outcomes).toEqual({ ...allUnknown, 'no-report-kept-too-long': 'failed' });
});

test('partial: of more than 50,000 reports nothing is taken for all', async () => {
  const { query, look } = await company();
  await query(`set session_replication_role = replica;
    insert into submission select 'many-' || i, 'vulnerability-report', 'received', 1, 'h', '${ago(2).toISOString()}'
      from generate_series(1, 50001) i;
    insert into report select 'many-' || i, 'browser', 'many-' || i, null, 'k', false from generate_series(1, 50001) i;
    insert into transition select 'many-' || i, 1, null, 'received', '${ago(2).toISOString()}', 'visitor', '{}', null, 'd'
      from generate_series(1, 50001) i`);
  expect((await look()).population).toMatchObject({ count: 50_006, complete: false });
});

describe('what cannot be judged is not passed', () => {
  const kept = { ...allUnknown, 'no-report-kept-too-long': 'passed' };

  test('a database whose server is too old to have the view', async () => {
    const { look, query } = await company();
    await query('drop view measured_report');
    const seen = await look();
    expect(seen.outcomes).toEqual(allUnknown);
    expect(reasons(seen, 'inconclusive')[0]).toContain('has not run since it was brought up to date');
  });
  test('a promise that the server does not know yet, or never kept', async () => {
    const { look, query } = await company();
    expect((await look(promising({ within: '1bd' }))).outcomes).toEqual(kept);
    await query('alter table promised_clock disable trigger all; delete from promised_clock');
    expect((await look()).outcomes).toEqual(kept);
  });
  test('times of the future', async () => {
    const { look } = await company();
    expect((await look(promising(), daysAgo(30))).outcomes).toMatchObject({ 'acknowledged-in-time': 'inconclusive' });
  });
  test.each([
    ['no policy', undefined, 'There is no disclosure.yaml'],
    ['no clock that ends', promising({}, { clocks: [promising().clocks[4]] }), 'says what it ends with'],
  ])('%s is a fault of the configuration', async (_name, disclosure, words) => {
    const known = { source: 'intake', now: NOW.toISOString(), content: contentWith({ disclosure }), evidence: [] };
    const context = contextOf({ url: server.url() }, collector.expect.parse({}));
    await expect(collector.collect(context, known)).rejects.toThrow(words);
  });
});

test('denied: a login without rights reads nothing, and the doctor says which are missing', async () => {
  const { look, doctor, query } = await company();
  expect(await doctor()).toEqual([{ level: 'ok', message: 'It may read what is measured, and nothing else.' }]);
  await query('revoke all on measured_report from candor_intake; grant select on report to candor_intake');
  await expect(look()).rejects.toMatchObject({ kind: 'denied' });
  expect(await doctor()).toMatchObject([
    { level: 'missing', message: 'SELECT on measured_report is missing.' },
    { level: 'too-much', message: 'The login may read report, which it does not need.' },
  ]);
});

test('transient: a server that is not there is told without its address', async () => {
  const url = 'postgresql://candor_intake:secret@127.0.0.1:1/intake';
  const content = contentWith({ disclosure: promising() });
  const known = { source: 'intake', now: NOW.toISOString(), content, evidence: [] };
  await expect(collector.collect(contextOf({ url }, collector.expect.parse({})), known)).rejects.toMatchObject({
    kind: 'transient',
    message: expect.not.stringContaining('secret'),
  });
});
