import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import collector from '../../../collectors/postgres-access/collector.ts';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import type { AccessReview, Entry } from '../../../schemas/index.ts';
import {
  closedReview,
  contextOf,
  type Decisions,
  daysOn,
  knownWith,
  listOf,
  NOW,
  openedReview,
  outcomesOf,
} from '../access/lists.ts';

let server: PostgresServer;
let client: pg.Client;
const sql = (text: string) => client.query(text);
/** Roles as a company might have them; every name is a canary. */
const good = `
  create role canary_owner login createdb;
  create role canary_ada login in role pg_read_all_data;
  create role canary_ben login valid until '2027-01-01';
  create role canary_app login;
  create role canary_team;
  grant canary_team to canary_ada;`;
const everybody = ['canary_owner', 'canary_ada', 'canary_ben', 'canary_app', 'canary_team', 'canary_watch'];

beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  await sql("create role canary_watch login password 'canary-password'");
});
afterAll(async () => {
  await client?.end();
  await server?.stop();
});
afterEach(async () => {
  const { rows } = await sql(
    "select rolname from pg_roles where rolname !~ '^pg_' and rolname not in ('postgres', 'canary_watch')",
  );
  for (const { rolname } of rows) await sql(`drop role ${pg.escapeIdentifier(String(rolname))}`);
});

const mapping = { programs: ['canary_app', 'canary_watch*'], administrators: { atMost: 1 } };
const login = () => server.url({ user: 'canary_watch', password: 'canary-password' });

async function list(url = login()) {
  const context = contextOf({ url }, collector.expect.parse(mapping));
  return collector.raw.parse(await collector.collect(context, knownWith([]))).list;
}

async function look(reviews: Entry<AccessReview>[], now = NOW) {
  const context = contextOf({ url: login() }, collector.expect.parse(mapping));
  const raw = collector.raw.parse(await collector.collect(context, knownWith(reviews, now)));
  const assessment = collector.assess(raw, context.expect);
  return { raw, ...assessment, outcomes: outcomesOf(collector, assessment.findings) };
}

const ofStore = { system: 'store/postgres-access' } as const;
/** Reviews the roles that are there, as of ten days ago: Ben goes, Ada is to lose a membership. */
async function reviewed() {
  const decisions: Decisions = { canary_ben: 'revoke', canary_ada: { roles: ['login', 'connect', 'in canary_team'] } };
  return closedReview(await list(), decisions, { at: daysOn(-10), ...ofStore });
}
const carryOut = 'drop role canary_ben; revoke pg_read_all_data from canary_ada';

const allPassed = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'passed']));
const turned = (outcomes: Record<string, string>) =>
  Object.fromEntries(Object.entries(outcomes).filter(([check, outcome]) => allPassed[check] !== outcome));

test('passed: the roles are all read by a login without any grant, and what was decided was done', async () => {
  await sql(good);
  const review = await reviewed();
  await sql(carryOut);
  const { raw, outcomes, population, facts } = await look([review]);
  expect(outcomes).toEqual(allPassed);
  expect(population).toMatchObject({ count: 6, complete: true });
  expect(raw.list.principals).toMatchObject([
    { name: 'postgres', kind: 'person', roles: expect.arrayContaining(['superuser', 'login', 'connect']) },
    { name: 'canary_watch', kind: 'bot' },
    { name: 'canary_owner', kind: 'person', roles: ['createdb', 'login', 'connect'] },
    { name: 'canary_ada', roles: ['login', 'connect', 'in canary_team'] },
    { name: 'canary_app', kind: 'bot' },
    { name: 'canary_team', kind: 'role', roles: ['connect'] },
  ]);
  expect(facts).toMatchObject({ people: 3, bots: 2, groups: 1, withOtherRoles: 1, revoked: 1, provenGone: 1 });
  expect(facts.roles).toContain('superuser: 1');
});

describe('a sabotage turns exactly one check, and a near miss none', () => {
  beforeEach(() => sql(good));

  type Look = Awaited<ReturnType<typeof look>>;
  /** Carries out what was reviewed, or something else in its place, does one thing more, and looks. */
  async function afterwards(more: string, instead = carryOut): Promise<Look> {
    const review = await reviewed();
    await sql(`${instead}; ${more}`);
    return look([review]);
  }
  async function withOpenReview(days: number): Promise<Look> {
    const review = await reviewed();
    await sql(carryOut);
    return look([review, openedReview(await list(), { at: daysOn(-days), ...ofStore })]);
  }
  const reviewedBy = async (by: string) => look([closedReview(await list(), {}, { at: daysOn(-10), by, ...ofStore })]);
  const failed = ({ outcomes }: Look, check: string) => expect(turned(outcomes)).toEqual({ [check]: 'failed' });
  const stays = ({ outcomes }: Look) => expect(turned(outcomes)).toEqual({});

  test('sabotage of revoked-access-is-gone: made again under its name', async () => {
    failed(await afterwards('create role canary_ben login'), 'revoked-access-is-gone');
  });
  test('sabotage of revoked-access-is-gone: renamed instead of dropped', async () => {
    const instead = 'revoke pg_read_all_data from canary_ada';
    failed(await afterwards('alter role canary_ben rename to canary_service', instead), 'revoked-access-is-gone');
  });
  test('near miss of revoked-access-is-gone: a name that only begins alike', async () => {
    stays(await afterwards('create role canary_ben2 login'));
  });

  test('sabotage of changed-roles-were-changed: the membership given back', async () => {
    failed(await afterwards('grant pg_read_all_data to canary_ada'), 'changed-roles-were-changed');
  });
  test('sabotage of changed-roles-were-changed: the membership given to her team instead', async () => {
    failed(await afterwards('grant pg_read_all_data to canary_team'), 'changed-roles-were-changed');
  });
  test('near miss of changed-roles-were-changed: another membership, given later', async () => {
    stays(await afterwards('grant pg_monitor to canary_ada'));
  });

  test('sabotage of administrators-as-declared: a second superuser', async () => {
    failed(await afterwards('alter role canary_owner superuser'), 'administrators-as-declared');
  });
  test('sabotage of administrators-as-declared: a login whose team is in the role of the superuser', async () => {
    const seen = await afterwards('grant postgres to canary_team');
    failed(seen, 'administrators-as-declared');
    expect(seen.facts.roles).toContain('may become superuser: 1');
  });
  test('near miss of administrators-as-declared: one who makes databases and roles', async () => {
    stays(await afterwards('alter role canary_owner createdb createrole'));
  });

  test('sabotage of no-login-outlives-its-expiry: an end that has come', async () => {
    failed(await afterwards("alter role canary_ada valid until '2026-11-03 08:59Z'"), 'no-login-outlives-its-expiry');
  });
  test('sabotage of no-login-outlives-its-expiry: an end before all time', async () => {
    failed(await afterwards("alter role canary_ada valid until '-infinity'"), 'no-login-outlives-its-expiry');
  });
  test('near miss of no-login-outlives-its-expiry: an end in the year 10000', async () => {
    stays(await afterwards("alter role canary_ada valid until '10000-01-01'"));
  });
  test('near miss of no-login-outlives-its-expiry: a group with an end, and an end that never comes', async () => {
    stays(
      await afterwards("alter role canary_team valid until '2026-01-01'; alter role canary_ada valid until 'infinity'"),
    );
  });

  test('sabotage of reviewed-in-time: a review past its date', async () => {
    failed(await withOpenReview(15), 'reviewed-in-time');
  });
  test('near miss of reviewed-in-time: a review that is open and not yet due', async () => {
    stays(await withOpenReview(13));
  });

  test('sabotage of decided-by-somebody-else: a reviewer who is in the list', async () => {
    failed(await reviewedBy('Canary_Ada'), 'decided-by-somebody-else');
  });
  test('near miss of decided-by-somebody-else: a reviewer whose name is part of another', async () => {
    stays(await reviewedBy('canary'));
  });

  test('sabotage of list-is-complete, near miss of list-is-complete: a list with a hole, and one with strange names', async () => {
    await sql(`create role "canary ""x"" 🦉" login; create role "PG_not_theirs" login`);
    const review = closedReview(await list(), {}, { at: daysOn(-10), ...ofStore });
    const { raw, outcomes } = await look([review]);
    expect(turned(outcomes)).toEqual({});
    const partial = { ...raw, list: { ...raw.list, principals: raw.list.principals.slice(1) } };
    const { findings, population } = collector.assess(partial, collector.expect.parse(mapping));
    expect(population.complete).toBe(false);
    expect(outcomesOf(collector, findings)['list-is-complete']).toBe('inconclusive');
  });
});

test('a login that was written into the catalog under a name of the server’s own is listed', async () => {
  await sql(`${good}; set allow_system_table_mods = on`);
  try {
    await sql("update pg_authid set rolname = 'pg_canary' where rolname = 'canary_ben'");
    const { population, principals } = { ...(await look([])), ...(await list()) };
    expect(principals.map(({ name }) => name)).toContain('pg_canary');
    expect(principals.map(({ name }) => name)).not.toContain('pg_monitor');
    expect(population).toMatchObject({ count: 7, complete: true });
  } finally {
    await sql("update pg_authid set rolname = 'canary_ben' where rolname = 'pg_canary'");
    await sql('reset allow_system_table_mods');
  }
});

test('failed: nobody ever reviewed it; partial: a list that is not whole proves no removal', async () => {
  await sql(good);
  expect((await look([])).outcomes).toMatchObject({
    'reviewed-in-time': 'failed',
    'revoked-access-is-gone': 'inconclusive',
  });
  const review = await reviewed();
  await sql(carryOut);
  const { raw } = await look([review]);
  const cut = { ...raw, list: listOf(raw.list.principals.slice(0, 2), { reportedTotal: 6, complete: false }) };
  const { findings } = collector.assess(cut, collector.expect.parse(mapping));
  expect(outcomesOf(collector, findings)).toMatchObject({
    'revoked-access-is-gone': 'inconclusive',
    'list-is-complete': 'inconclusive',
  });
});

test('empty: a list of nobody passes nothing, and proves no removal', async () => {
  await sql(good);
  const raw = { now: NOW, list: listOf([]), reviews: [await reviewed()] };
  const { population, findings } = collector.assess(raw, collector.expect.parse(mapping));
  expect(population).toMatchObject({ count: 0, complete: false });
  expect(outcomesOf(collector, findings)).toMatchObject({
    'list-is-complete': 'inconclusive',
    'revoked-access-is-gone': 'inconclusive',
    'changed-roles-were-changed': 'inconclusive',
    'administrators-as-declared': 'inconclusive',
  });
});

test('denied: a password that is wrong; transient error: a server that is not there', async () => {
  await expect(list(server.url({ user: 'canary_watch', password: 'wrong' }))).rejects.toMatchObject({ kind: 'denied' });
  await expect(list('postgres://canary:canary@127.0.0.1:1/postgres')).rejects.toMatchObject({ kind: 'transient' });
});

test('nobody is named, and no password is read', async () => {
  await sql(`${good}; alter role canary_ada valid until '2020-01-01'`);
  const review = closedReview(
    await list(),
    { canary_ben: 'revoke' },
    { at: daysOn(-10), by: 'canary_ada', ...ofStore },
  );
  const { raw, findings, facts, population, redactions } = await look([review]);
  for (const name of everybody) expect(JSON.stringify({ findings, facts, population, redactions })).not.toContain(name);
  expect(JSON.stringify(raw)).not.toContain('canary-password');
  expect(JSON.stringify(raw)).not.toMatch(/md5|SCRAM/);
});
