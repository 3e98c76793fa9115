import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../../collectors/postgres-row-security/collect.ts';
import collector from '../../../collectors/postgres-row-security/collector.ts';
import { A, B, type Lab, type LabDatabase, startLab, withClient } from './reference.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab?.stop());

const patient = { timeout: 60_000 };
const reading = 'no-cross-tenant-read';
const writing = 'no-cross-tenant-write';

function diagnose(db: LabDatabase, connection: Record<string, string>) {
  const context = { connection, expect: db.expect(), allowIntrusive: false, progress: () => {} };
  return collector.doctor?.({ ...context, signal: new AbortController().signal });
}

describe('a database', patient, () => {
  it('passes when it keeps tenants apart', async () => {
    const db = await lab.make();
    const seen = await db.run();
    expect(seen.bad()).toEqual([]);
    expect(seen.complete).toBe(true);
    expect(seen.of(reading, 'public.line_items').outcome).toBe('passed');
    expect(seen.facts).toMatchObject({ tenantTables: 4, tenantsCompared: 2, truth: true, mode: 'policies' });
  });

  it('fails, naming role and policy, when a policy lets everybody read', async () => {
    const db = await lab.make();
    await db.sql('create policy support on projects for select using (name is not null or secret is null)');
    const seen = await db.run();
    expect(seen.of(reading, 'public.projects')).toMatchObject({
      outcome: 'failed',
      reason: `As ${db.client}, one tenant read rows of another, by policy support.`,
    });
  });

  it('passes no empty table without evaluating its policies, and finds the wide one among them', async () => {
    const db = await lab.make({ empty: true });
    await db.sql('create policy anybody on invoices for select using (total is null or true)');
    const seen = await db.run();
    expect(seen.of(reading, 'public.projects').reason).toMatch(/^Too few rows to compare; its policies admit/);
    expect(seen.of(reading, 'public.line_items').outcome).toBe('inconclusive');
    expect(seen.of(reading, 'public.invoices').outcome).toBe('failed');
    expect(seen.facts.tenantsCompared).toBe(0);
  });

  it('says nothing when nothing has a tenant', async () => {
    const db = await lab.make({ empty: true });
    await db.sql('drop view project_names; drop table line_items, invoices, projects, orgs');
    const seen = await db.run();
    expect(seen.of(reading, 'database').outcome).toBe('inconclusive');
    expect(seen.of('every-tenant-row-names-its-tenant', 'database').outcome).toBe('inconclusive');
  });

  it('with one tenant asks somebody who owns nothing', async () => {
    const db = await lab.make();
    await db.sql(`delete from line_items where invoice_id in (select id from invoices where org_id = '${B}');
      delete from invoices where org_id = '${B}'; delete from projects where org_id = '${B}'; delete from orgs where id = '${B}'`);
    const good = await db.run();
    expect(good.bad()).toEqual([]);
    expect(good.facts.tenantsCompared).toBe(1);
    await db.sql('alter policy own on projects using (true)');
    expect((await db.run()).of(reading, 'public.projects').outcome).toBe('failed');
  });

  it('reads names with quotes and emoji', async () => {
    const db = await lab.make();
    await db.sql(`create schema "we.ird"; grant usage on schema "we.ird" to :client;
      create table "we.ird"."ta""b'le 🦉" (id int primary key, "org_id" uuid not null, "k'e\\y" text);
      insert into "we.ird"."ta""b'le 🦉" values (1, '${A}', 'x'), (2, '${B}', 'y');
      alter table "we.ird"."ta""b'le 🦉" enable row level security;
      create policy "o'wn ""🦉""" on "we.ird"."ta""b'le 🦉" using (org_id = public.current_org() or "k'e\\y" = 'y');
      grant select, update on "we.ird"."ta""b'le 🦉" to :client`);
    const seen = await db.run();
    expect(seen.of(reading, `"we.ird"."ta""b'le 🦉"`)).toMatchObject({
      outcome: 'failed',
      reason: `As ${db.client}, one tenant read rows of another, by policy "o'wn ""🦉""".`,
    });
    expect(seen.bad().filter((line) => !line.includes('🦉'))).toEqual([]);
  });

  it('takes a key of numbers, an own key and an explicit path', async () => {
    const db = await lab.make();
    await db.sql(`create table accounts (id bigint primary key); insert into accounts values (7), (9);
      create table deals (id int primary key, account bigint not null); insert into deals values (1, 7), (2, 9);
      create table steps (id int primary key, deal int not null); insert into steps values (1, 1), (2, 2);
      alter table deals enable row level security; alter table steps enable row level security;
      create policy own on deals using (account::text = current_setting('app.account', true));
      create policy all_of_them on steps using (true);
      grant select on deals, steps to :client; revoke usage on schema public from public; grant usage on schema public to :client`);
    const seen = await db.run({
      tables: {
        'public.countries': { reference: true },
        'public.accounts': { tenantKey: 'id' },
        'public.deals': { tenantKey: 'account' },
        'public.steps': { via: 'deal -> public.deals.id' },
      },
    });
    expect(seen.of(reading, 'public.deals').outcome).toBe('passed');
    expect(seen.of(reading, 'public.steps').outcome).toBe('failed');
  });
});

describe('writing, judged without writing', patient, () => {
  it.each([
    ['create policy p on projects for insert with check (true)', /INSERT rows for another tenant, by policy p/],
    ['create policy p on projects for update using (true)', /UPDATE rows of another tenant, by policy p/],
    ['create policy p on projects for delete using (name is not null)', /DELETE rows of another tenant, by policy p/],
    [
      'create policy p on projects for update using (org_id = current_org()) with check (true)',
      /UPDATE its own rows to name another tenant/,
    ],
  ])('%s', async (sql, reason) => {
    const db = await lab.make();
    await db.sql(sql);
    const { outcome, reason: why } = (await db.run()).of(writing, 'public.projects');
    expect(outcome).toBe('failed');
    expect(why).toMatch(reason);
  });

  it('stays green where the wide policy has no right to work on', async () => {
    const db = await lab.make();
    await db.sql(`create policy p on projects for update using (org_id = current_org()) with check (true);
      revoke update on projects from :client; grant update (name) on projects to :client`);
    expect((await db.run()).of(writing, 'public.projects').outcome).toBe('passed');
  });

  it('leaves no trace', async () => {
    const db = await lab.make();
    const state = 'select pg_current_wal_insert_lsn()::text as lsn, (select count(*) from projects)::int as rows';
    const before = await withClient(db.adminUrl, (client) => client.query(state));
    await db.run();
    const after = await withClient(db.adminUrl, (client) => client.query(state));
    expect(after.rows[0]?.rows).toBe(before.rows[0]?.rows);
  });
});

describe('what could not be looked at', patient, () => {
  it('is an error of its own when a table is locked, and the look is partial', async () => {
    const db = await lab.make();
    const seen = await withClient(db.adminUrl, async (client) => {
      await client.query('begin; lock table projects in access exclusive mode');
      return db.run();
    });
    expect(seen.of(reading, 'public.projects')).toMatchObject({
      outcome: 'error',
      reason: expect.stringContaining('A lock was not released in time.'),
    });
    expect(seen.of(reading, 'public.invoices').outcome).toBe('passed');
    expect(seen.complete).toBe(false);
  });

  it('is an error of its own when a table is too slow', async () => {
    const db = await lab.make();
    await db.sql('create policy slow on projects for select using (pg_sleep(9) is null)');
    const seen = await db.run({ limits: { statementMs: 700 } });
    expect(seen.of(reading, 'public.projects').reason).toContain('longer than the time limit');
    expect(seen.of(reading, 'public.invoices').outcome).toBe('passed');
  });

  it('is an error of its own when a policy refers to itself, or lacks a right', async () => {
    const db = await lab.make();
    await db.sql(`create policy again on projects for select using (exists (select from projects p where p.id = projects.id));
      create function hidden() returns boolean language sql stable return true; revoke execute on function hidden() from public;
      create policy helped on invoices for select using (hidden())`);
    const seen = await db.run();
    expect(seen.of(reading, 'public.projects').reason).toContain('refers to itself without end');
    expect(seen.of(reading, 'public.invoices')).toMatchObject({
      outcome: 'error',
      reason: expect.stringContaining('lacks a right that a policy on it needs'),
    });
    expect(seen.of(reading, 'public.orgs').outcome).toBe('passed');
  });

  it('is inconclusive without truth, unless tenants are named and see rows of their own', async () => {
    const db = await lab.make();
    expect((await db.run({}, { truth: false })).of(reading, 'public.projects').outcome).toBe('inconclusive');
    const named = await db.run({ tenants: { ids: [A, B] } }, { truth: false });
    expect(named.of(reading, 'public.projects').outcome).toBe('passed');
    expect(named.of(reading, 'public.line_items').outcome).toBe('passed');
  });

  it('is inconclusive when the context is not the one that policies ask for', async () => {
    const db = await lab.make();
    const seen = await db.run({ context: { settings: { 'app.other': '{tenant}' } } });
    expect(seen.of(reading, 'public.projects')).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('no tenant saw even rows of its own'),
    });
  });

  it('is inconclusive when nobody declared it', async () => {
    const db = await lab.make();
    await db.sql('create table scratch (note text); grant select on scratch to :client');
    expect((await db.run()).bad()).toEqual(['inconclusive every-relation-is-declared public.scratch']);
  });
});

describe('a connection', patient, () => {
  it.each([
    ['password', { password: 'SECRET-wrong' }, 'denied', /password was refused/],
    ['port', { port: '1' }, 'transient', /refused/],
    ['host', { hostname: 'nowhere.invalid' }, 'configuration', /DNS/],
    ['database', { pathname: '/SECRET-none' }, 'configuration', /does not exist/],
    ['TLS mode', { search: '?sslmode=verify-full' }, 'configuration', /TLS is required/],
  ] as const)('with a wrong %s says so, in words of our own', async (_, wrong, kind, message) => {
    const db = await lab.make();
    const url = Object.assign(new URL(db.url), wrong);
    const failure = await db.run({}, { url: url.href }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ name: 'PostgresUnreadable', kind, message: expect.stringMatching(message) });
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/SECRET|pw-login|127\.0\.0\.1/);
  });

  it('that may not connect names the privilege, and doctor names it once for both logins', async () => {
    const db = await lab.make();
    await db.sql(`revoke connect on database "${db.name}" from public`);
    const message = 'The login lacks the privilege CONNECT on this database.';
    await expect(db.run()).rejects.toMatchObject({ kind: 'denied', code: '42501', message });
    expect(await diagnose(db, { url: db.url, truthUrl: db.truthUrl })).toEqual([
      { level: 'error', message: `url and truthUrl: ${message}` },
    ]);
    await db.sql(`grant connect on database "${db.name}" to "${db.name}_login"`);
    const [last, ...others] = (await diagnose(db, { url: db.url, truthUrl: db.truthUrl }))?.reverse() ?? [];
    expect(last).toEqual({ level: 'error', message: `truthUrl: ${message}` });
    expect(others.every(({ level }) => level === 'ok')).toBe(true);
  });

  it('that may read nothing says which rights can be missing', async () => {
    const db = await lab.make();
    await db.sql('revoke select on pg_catalog.pg_policy from public');
    await expect(db.run()).rejects.toMatchObject({
      kind: 'denied',
      message: 'A right to read is missing: SELECT on a relation, USAGE on a schema or EXECUTE on a function.',
    });
  });

  it('that may not act as the client role is denied', async () => {
    const db = await lab.make();
    await db.sql(`revoke :client from "${db.name}_login"`);
    const failure = await db.run().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ kind: 'denied', message: expect.stringContaining(db.client) });
  });

  it('that is killed fails the run as transient', async () => {
    const db = await lab.make();
    await db.sql('create policy slow on projects for select using (pg_sleep(20) is null)');
    const run = db.run({ limits: { statementMs: 20_000 } });
    const outcome = expect(run).rejects.toMatchObject({ kind: 'transient', code: '57P01' });
    await expect
      .poll(
        () =>
          withClient(db.adminUrl, async (client) => {
            const { rowCount } = await client.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
            );
            return rowCount;
          }),
        { timeout: 10_000 },
      )
      .toBe(1);
    await outcome;
  });

  it('stops when told to', async () => {
    const db = await lab.make();
    await db.sql('create policy slow on projects for select using (pg_sleep(20) is null)');
    const connection = { url: db.url, truthUrl: db.truthUrl };
    const expectation = db.expect({ limits: { statementMs: 20_000 } });
    const signal = AbortSignal.timeout(700);
    await expect(
      collect({ connection, expect: expectation, allowIntrusive: false, signal, progress: () => {} }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('doctor', patient, () => {
  it('finds nothing too much with the logins that the script makes', async () => {
    const db = await lab.make();
    await db.sql(`alter role "${db.name}_truth" set default_transaction_read_only = on`);
    const lines = await diagnose(db, { url: db.url, truthUrl: db.truthUrl });
    expect(lines?.filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it('finds a superuser too much', async () => {
    const db = await lab.make();
    const lines = await diagnose(db, { url: db.adminUrl });
    expect(lines?.map(({ level }) => level)).toContain('too-much');
    expect(lines?.some(({ message }) => message.endsWith('is a superuser.'))).toBe(true);
  });

  it('still judges as the client when the login is a superuser', async () => {
    const db = await lab.make();
    expect((await db.run({}, { url: db.adminUrl })).bad()).toEqual([]);
  });
});
