import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import collector from '../../../collectors/intake-promises/collector.ts';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { keepPromises } from '../../../intake/lifecycle/clocks.ts';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { openStore, type Store } from '../../../intake/store/open.ts';
import type { IntakePolicy } from '../../../schemas/index.ts';
import { contentWith } from '../../posture/worlds.ts';
import { contextOf, outcomesOf } from '../access/lists.ts';
import { ago, CANARY, daysAgo, keepsItsWord, NOW, promising, request } from './company.ts';

const psql = fileURLToPath(new URL('../../package/psql.ts', import.meta.url));
const login = { user: 'candor_intake', password: 'a password, long enough' };
const allPassed = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'passed']));

let server: PostgresServer;
let admin: pg.Client;
let folder: string;
let databases = 0;
let store: Store | undefined;

beforeAll(async () => {
  server = await startPostgres();
  admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  folder = await mkdtemp(join(tmpdir(), 'candor-promises-'));
  await writeFile(join(folder, 'setup.sql'), collector.setup?.(collector.expect.parse({})) ?? '');
  for (const [database, fill] of [
    ['good', keepsItsWord],
    ['bare', async () => undefined],
  ] as const) {
    await admin.query(`create database ${database}`);
    const made = await openStore({ url: server.url({ database }) });
    await fill(made.db);
    await made.close();
    // Twice: running it again changes nothing.
    for (const _ of [1, 2]) await setUp(database);
  }
});
afterAll(async () => {
  await admin?.end();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await store?.close();
  store = undefined;
});

async function setUp(database: string): Promise<void> {
  const variables = ['-v', `candor_password=${login.password}`, '-f', join(folder, 'setup.sql')];
  await promisify(execFile)(process.execPath, [psql, ...variables, server.url({ database })]);
}

/** A company of its own for one test, as one of those that were made is. */
async function company(like: 'good' | 'bare' = 'good') {
  databases += 1;
  const database = `company_${databases}`;
  await admin.query(`create database ${database} template ${like}`);
  store = await openStore({ url: server.url({ database }) });
  const { db } = store;
  const context = (expect: object = {}, as = login) =>
    contextOf({ url: server.url({ database, ...as }) }, collector.expect.parse(expect));
  const look = async (intake: IntakePolicy | undefined = promising(), expect: object = {}, now = NOW) => {
    const known = { source: 'intake', now: now.toISOString(), content: contentWith({ intake }), evidence: [] };
    const raw = collector.raw.parse(await collector.collect(context(expect), known));
    const assessment = collector.assess(raw, collector.expect.parse(expect));
    const facts = collector.facts.parse(assessment.facts);
    return { raw, ...assessment, facts, outcomes: outcomesOf(collector, assessment.findings) };
  };
  const doctor = (as = login) => collector.doctor?.(context({}, as));
  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: server.url({ database }) });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  return { db, look, doctor, query };
}

type Look = Awaited<ReturnType<Awaited<ReturnType<typeof company>>['look']>>;
const turned = ({ outcomes }: Look) =>
  Object.fromEntries(Object.entries(outcomes).filter(([check, outcome]) => allPassed[check] !== outcome));
const reasons = ({ findings }: Look, outcome: string) =>
  findings.filter((finding) => finding.outcome === outcome).map(({ subject, reason }) => `${subject}: ${reason}`);

test('passed: answers in time, nothing overdue, data deleted on time; and nothing that anybody wrote is read', async () => {
  const { look } = await company();
  const seen = await look();
  expect(seen.outcomes).toEqual(allPassed);
  expect(seen.population).toMatchObject({ count: 6, complete: true });
  expect(seen.facts).toEqual({
    promise: '2 business days (Mon Tue Wed Thu Fri, 09:00 to 17:00, UTC)',
    countedOver: '90 days',
    answered: 3,
    answeredInTime: 3,
    medianTimeToAnswer: '3 h',
    longestTimeToAnswer: '8 h',
    open: 1,
    overdue: 0,
    longestOpen: '2 h',
    neverConfirmed: 1,
    everReceived: 6,
    holdingPersonalData: 4,
    keptTooLong: 0,
    deletedByTheJob: 1,
    jobLastRanAt: '2026-11-03T11:00:00.000Z',
  });
  expect(reasons(seen, 'passed')[0]).toBe(
    '3 requests: Answered in the promised time, in the last 90 days: half of them within 3 h, all within 8 h.',
  );
  expect(JSON.stringify(seen.raw)).not.toContain(CANARY);
  expect(JSON.stringify(seen.raw)).not.toMatch(/@|quill/i);
});

describe('a sabotage turns exactly one check, and a near miss none', () => {
  const late = ['offered', daysAgo(4), 'staff-1'] as [string, Date, string];
  const verified = (at: Date) => ['verified', at, 'visitor'] as [string, Date, string];

  test('sabotage of requests-answered-in-time: an answer on the fifth business day, which is told as failed', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(8), verified(daysAgo(8)), late);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'requests-answered-in-time': 'failed' });
    expect(reasons(seen, 'failed')).toEqual([
      '1 request: Answered late: of these the latest after 32 h, where 16 h were promised.',
    ]);
    expect(seen.facts).toMatchObject({ answered: 4, answeredInTime: 3, medianTimeToAnswer: '5 h 30 min' });
  });
  test('sabotage of requests-answered-in-time: it was held for a person in time, which is no answer', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(8), verified(daysAgo(8)), ['held', daysAgo(8)], late);
    expect(turned(await look())).toEqual({ 'requests-answered-in-time': 'failed' });
  });
  test('sabotage of requests-answered-in-time: its data was deleted since, and the promise made slower', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(80), verified(daysAgo(80)), ['declined', daysAgo(75), 'staff-1']);
    const slower: IntakePolicy = {
      ...promising({ within: '9bd' }),
      retention: { unconfirmed: '7d', unsuccessful: '30d', ended: '1095d' },
    };
    await keepPromises(db, slower, ago(1));
    expect(await expire(db, slower, ago(1))).toMatchObject({ emptied: 1 });
    const seen = await look(slower);
    expect(turned(seen)).toEqual({ 'requests-answered-in-time': 'failed' });
    expect(seen.facts).toMatchObject({ everReceived: 7, holdingPersonalData: 4, answered: 4 });
    expect(reasons(seen, 'failed')[0]).toContain('where 16 h were promised');
  });
  test('near miss of requests-answered-in-time: three days by the calendar, over a weekend', async () => {
    const { db, look } = await company();
    // Friday morning to Monday evening: 16 business hours to the minute.
    const friday = new Date('2026-10-23T09:00:00Z');
    await request(db, friday, verified(friday), ['offered', new Date('2026-10-26T17:00:00Z'), 'staff-1']);
    const seen = await look();
    expect(turned(seen)).toEqual({});
    expect(seen.facts.longestTimeToAnswer).toBe('16 h');
  });
  test('near miss of requests-answered-in-time: sent in under a slower promise than that of today', async () => {
    const { db, look } = await company('bare');
    await keepPromises(db, promising({ within: '9bd' }), daysAgo(300));
    await request(db, daysAgo(8), verified(daysAgo(8)), late);
    await keepPromises(db, promising(), daysAgo(3));
    await request(db, ago(2), verified(ago(2)));
    await expire(db, promising(), ago(1));
    expect(turned(await look())).toEqual({});
  });

  test('sabotage of no-request-overdue: one that lies there since last week', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(6), verified(daysAgo(6)), ['held', daysAgo(6)]);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'no-request-overdue': 'failed' });
    expect(reasons(seen, 'failed')).toEqual([
      '1 request: Not answered, and past the promised time: the oldest has waited for 32 h.',
    ]);
  });
  test('sabotage of no-request-overdue: one that is older than the window', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(250), verified(daysAgo(250)));
    expect(turned(await look())).toEqual({ 'no-request-overdue': 'failed' });
  });
  test('near miss of no-request-overdue: one that nobody ever confirmed', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(6));
    const seen = await look();
    expect(turned(seen)).toEqual({});
    expect(seen.facts.neverConfirmed).toBe(2);
  });
  test('near miss of no-request-overdue: one that came on Friday after hours', async () => {
    const { db, look } = await company();
    const friday = new Date('2026-10-30T17:30:00Z');
    await request(db, friday, verified(friday));
    expect((await look()).facts.longestOpen).toBe('11 h');
    expect(turned(await look())).toEqual({});
  });

  // Made after the last run of the job, as if it had overlooked them.
  test('sabotage of no-data-kept-too-long: a declined request 182 days on', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(183), verified(daysAgo(183)), ['declined', daysAgo(182), 'staff-1']);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'no-data-kept-too-long': 'failed' });
    expect(reasons(seen, 'failed')).toEqual([
      '1 submission: Personal data is still there after its declared time: the oldest for 48 h.',
    ]);
    expect(seen.facts.keptTooLong).toBe(1);
  });
  test('sabotage of no-data-kept-too-long: one that nobody confirmed for nine days', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(9));
    expect(turned(await look())).toEqual({ 'no-data-kept-too-long': 'failed' });
  });
  test('sabotage of no-data-kept-too-long: the answers are gone, but the sealed file of the agreement is not', async () => {
    const { db, look, query } = await company();
    const { id } = await request(db, daysAgo(183), verified(daysAgo(183)), ['declined', daysAgo(182), 'staff-1']);
    await query(`update submission set data = null where id = '${id}';
      insert into agreement_template values ('t', '{}', '');
      insert into agreement (submission, number, digest, template, valid_until, pdf)
        values ('${id}', 1, 'd', 't', now(), 'a file')`);
    expect(turned(await look())).toEqual({ 'no-data-kept-too-long': 'failed' });
  });
  test('near miss of no-data-kept-too-long: declined 179 days ago, and an agreement of three years that runs', async () => {
    const { db, look } = await company();
    await request(db, daysAgo(180), verified(daysAgo(180)), ['declined', daysAgo(179), 'staff-1']);
    const began = daysAgo(1200);
    const accepted: [string, Date, string] = ['accepted', began, 'visitor'];
    await request(db, began, verified(began), ['offered', began], accepted, ['sealed', began]);
    expect(turned(await look())).toEqual({});
  });

  test('sabotage of retention-job-ran: it stopped yesterday', async () => {
    const { look, query } = await company();
    await query(`update job_run set ran_at = '${ago(25).toISOString()}'`);
    const seen = await look();
    expect(turned(seen)).toEqual({ 'retention-job-ran': 'failed' });
    expect(reasons(seen, 'failed')).toEqual(['deletion job: It has not run for 25 h.']);
  });
  test('sabotage of retention-job-ran: it never ran', async () => {
    const { look, query } = await company();
    await query('delete from job_run');
    expect(turned(await look())).toEqual({ 'retention-job-ran': 'failed' });
  });
  test('near miss of retention-job-ran: it ran 23 hours ago, and deleted nothing', async () => {
    const { db, look, query } = await company();
    await query('delete from job_run');
    expect(await expire(db, promising(), ago(23))).toEqual({ expired: 0, emptied: 0 });
    const seen = await look();
    expect(turned(seen)).toEqual({});
    expect(seen.facts.deletedByTheJob).toBe(0);
  });
});

test('empty: where nothing was ever sent in, nothing passes but the job that ran', async () => {
  const { db, look } = await company('bare');
  await keepPromises(db, promising(), daysAgo(3));
  await expire(db, promising(), ago(1));
  const nothing = { ...allPassed, 'requests-answered-in-time': 'inconclusive', 'no-request-overdue': 'inconclusive' };
  expect((await look()).outcomes).toEqual({ ...nothing, 'no-data-kept-too-long': 'inconclusive' });
  // A window without a request is not a pass either, although there were some before it and one was never confirmed.
  await request(db, daysAgo(200), ['verified', daysAgo(200), 'visitor'], ['offered', daysAgo(200)]);
  await request(db, daysAgo(2));
  expect((await look()).outcomes).toEqual(nothing);
});

test('partial: of more than 50,000 that wait, nothing passes', async () => {
  const { query, look } = await company();
  await query(`set session_replication_role = replica;
    insert into submission select 'many-' || i, 'dpa-request', 'verified', 2, 'h', '${ago(2).toISOString()}'
      from generate_series(1, 50001) i;
    insert into transition select 'many-' || i, position, null, state, '${ago(2).toISOString()}', 'visitor', '{}', null, 'd'
      from generate_series(1, 50001) i, (values (1, 'received'), (2, 'verified')) step(position, state)`);
  const { population, facts } = await look();
  expect(population).toMatchObject({ count: 50_007, complete: false });
  expect(facts).toMatchObject({ answered: 3, open: 49_997 });
});

describe('what cannot be judged is not passed', () => {
  const first = { 'requests-answered-in-time': 'inconclusive', 'no-request-overdue': 'inconclusive' };

  test('a promise that the server does not know yet, or never kept', async () => {
    const { look, query } = await company();
    const seen = await look(promising({ within: '1bd' }));
    expect(turned(seen)).toEqual(first);
    expect(new Set(reasons(seen, 'inconclusive').map((text) => text.split(': ')[1]))).toEqual(
      new Set(['What is promised has changed, and the server does not know it yet.']),
    );
    await expect(query('delete from promised_clock')).rejects.toThrow('stays as it was');
    await query('alter table promised_clock disable trigger all; delete from promised_clock');
    expect(turned(await look())).toEqual(first);
  });
  test('times of the future, and a job of the future', async () => {
    const { look } = await company();
    expect(turned(await look(promising(), {}, daysAgo(2)))).toEqual({ ...first, 'retention-job-ran': 'inconclusive' });
  });
  test('data in a state that no window is declared for', async () => {
    const { look, query } = await company();
    await query(`insert into submission values ('x', 'lottery', 'won', 1, 'h', now(), '{}');
      insert into transition values ('x', 1, null, 'won', '${ago(5).toISOString()}', 'visitor', '{}', null, 'd')`);
    expect(turned(await look())).toEqual({ 'no-data-kept-too-long': 'inconclusive' });
  });
  test.each([
    ['no policy', undefined, {}, 'There is no intake.yaml'],
    ['no such clock', promising(), { clock: 'another' }, 'no clock of the name'],
    ['another start', promising({ starts: 'departure' }), {}, 'starts with neither'],
  ])('%s is a fault of the configuration', async (_name, intake, expected, words) => {
    const content = contentWith({ intake });
    const known = { source: 'intake', now: NOW.toISOString(), content, evidence: [] };
    const context = contextOf({ url: server.url() }, collector.expect.parse(expected));
    await expect(collector.collect(context, known)).rejects.toThrow(words);
  });
});

test('denied: a login without rights reads nothing, and the doctor says which are missing', async () => {
  const { look, doctor, query } = await company();
  await query('revoke all on measured_submission, job_run from candor_intake');
  await expect(look()).rejects.toMatchObject({ kind: 'denied' });
  expect(await doctor()).toMatchObject([
    { level: 'missing', message: 'SELECT on measured_submission is missing.' },
    { level: 'missing', message: 'SELECT on job_run is missing.' },
  ]);
});

test('transient: a server that is not there is told without its address', async () => {
  const context = contextOf(
    { url: 'postgresql://candor_intake:secret@127.0.0.1:1/intake' },
    collector.expect.parse({}),
  );
  const content = contentWith({ intake: promising() });
  const known = { source: 'intake', now: NOW.toISOString(), content, evidence: [] };
  await expect(collector.collect(context, known)).rejects.toMatchObject({
    kind: 'transient',
    message: expect.not.stringContaining('secret'),
  });
});

test('the login of the setup script has enough rights and not too many; the server’s own has too many', async () => {
  const { doctor, query } = await company();
  expect(await doctor()).toEqual([{ level: 'ok', message: 'It may read what is measured, and nothing else.' }]);
  const own = await doctor({ user: 'postgres', password: '' });
  expect(own).toEqual([expect.objectContaining({ level: 'error' })]);
  await query('grant select (id) on submission to candor_intake; grant update on job_run to candor_intake');
  expect(await doctor()).toMatchObject([
    { level: 'too-much', message: 'The login may change job_run, which it does not need.' },
    { level: 'too-much', message: 'The login may read submission, which it does not need.' },
  ]);
});
