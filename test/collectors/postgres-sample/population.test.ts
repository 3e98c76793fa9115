import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { saltFor } from '../../../collectors/sampling/job.ts';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { readSamples } from '../../../ledger/samples/store.ts';
import { PopulationCommitment } from '../../../posture/sampling/commit.ts';
import { makeBench, refused, type SampleBench } from '../sampling/harness.ts';
import { BEFORE, ROUND_AT, roundSeed } from '../sampling/rounds.ts';
import { connectionOf, declaration, makeTable, sql } from './table.ts';

let server: PostgresServer;
let bench: SampleBench;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await makeTable(server);
  bench = await makeBench('postgres-sample', connectionOf(server), declaration());
});
afterEach(() => bench.place.remove());

/** Commits to a table of this definition, and gives how many rows it found. */
async function countOf(definition: string, population: Record<string, unknown> = {}): Promise<number> {
  await sql(server, `drop table if exists public.t cascade; ${definition}; grant select on public.t to sampler`);
  const attributes = { 'is-there': { title: 'It is there', test: { field: 'key', present: true } } };
  const fields = { table: 'public.t', key: 'key', at: 'at', where: [], ...population };
  bench.expect = declaration({ attributes }, fields);
  return (await bench.commit()).population.count;
}

const at = `at timestamptz not null default '2026-08-01'`;

describe('what cannot be read whole is not committed to, and nothing is logged', () => {
  afterEach(async () => expect(await readSamples(bench.place.content)).toEqual([]));

  test('denied: the login may not read a column that is tested', async () => {
    await sql(
      server,
      'revoke select on public.changes from sampler; revoke select (ticket) on public.changes from sampler',
    );
    await sql(server, 'revoke select (id) on public.changes from sampler');
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. A right to read is missing: SELECT on a relation, USAGE on a schema or EXECUTE on a function."`,
    );
  });

  test('denied: the password is wrong, and no part of the address is told', async () => {
    bench.connection = { url: server.url({ user: 'sampler', password: 'wrong' }) };
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. The password was refused, or the login does not exist."`,
    );
  });

  test('partial: row-level security hides rows from the login', async () => {
    await sql(
      server,
      `alter table public.changes enable row level security; create policy p on public.changes using (id < 100)`,
    );
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. Row-level security filters this login, so it would see a part of the rows."`,
    );
  });

  test('transient error: nothing listens there', async () => {
    bench.connection = { url: 'postgres://localhost:1/none' };
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. The connection was refused: no database listens at that host and port."`,
    );
  });

  test('empty: no row is of the period', async () => {
    bench.expect = declaration({}, { window: { from: '2020-01-01', until: '2021-01-01' } });
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SamplePopulationEmpty: the population of the-source/postgres-sample is empty; nothing was committed to."`,
    );
  });

  test('a period that has not ended', async () => {
    bench.expect = declaration({}, { window: { from: '2026-07-01', until: '2026-09-18' } });
    bench.clock.now = Date.parse('2026-09-18') - 1;
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleWindowOpen: the period of the-source/postgres-sample has not ended: it runs until 2026-09-18T00:00:00.000Z."`,
    );
  });

  test('partial: a row of which nobody can say whether it belongs to the population', async () => {
    await sql(
      server,
      'alter table public.changes alter environment drop not null; update public.changes set environment = null where id = 7',
    );
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. Some rows have no value in a column that says whether they belong to the population."`,
    );
    // One that is out for another reason is out.
    await sql(server, `update public.changes set deployed_at = '2020-01-01' where id = 7`);
    bench.expect = declaration({}, { window: { from: '2020-01-02', until: '2020-01-03' } });
    expect(await refused(bench.commit())).toMatch(/is empty/);
  });

  test.each([
    ['a table that is not there', { table: 'public.none' }],
    ['a view', { table: 'pg_catalog.pg_stat_activity' }],
    ['a column that is not there', { at: 'released_at' }],
    ['a key that is not unique', { key: 'ticket' }],
  ])('%s', async (_, population) => {
    bench.expect = declaration({}, population);
    expect(await refused(bench.commit())).toMatchSnapshot();
  });

  test('a test of a column that is not there', async () => {
    bench.expect = declaration({ attributes: { a: { title: 'A', test: { field: 'aproved_by', present: true } } } });
    expect(await refused(bench.commit())).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. The table has no \`aproved_by\`, which is declared."`,
    );
  });

  test('an id with the end of a line in it', async () => {
    const definition = `create table public.t (key text primary key, ${at}); insert into public.t values ('a'), (e'b\\nc')`;
    expect(await refused(countOf(definition))).toMatchInlineSnapshot(
      `"SampleUnreadable: the population of the-source/postgres-sample could not be read; nothing was logged. Some id holds the end of a line."`,
    );
  });

  test('partial: a table with a child, whose rows would be left out', async () => {
    const definition = `create table public.t (key int primary key, ${at}); create table public.child () inherits (public.t); insert into public.t values (1), (2); insert into public.child values (3)`;
    expect(await refused(countOf(definition))).toMatch(/has children that inherit from it/);
  });

  test('partial: a key of an extension, after whose first page others would be passed over', async () => {
    await sql(server, 'create extension if not exists citext');
    const definition = `create table public.t (key public.citext primary key, ${at}); insert into public.t select case when i % 2 = 0 then 'a' else 'B' end || i from generate_series(1, 5000) i`;
    expect(await refused(countOf(definition))).toMatch(/a type of PostgreSQL’s own/);
  });

  test('the clock is set back while it is read: what nobody would accept is not logged', async () => {
    let calls = 0;
    const now = () => new Date(bench.clock.now - 60_000 * calls++);
    const tools = { ...bench.tools, now };
    const { commitSample } = await import('../../../collectors/sampling/commit.ts');
    expect(await refused(commitSample(bench.job(), tools))).toMatchInlineSnapshot(
      `"SampleRefused: sample 1 was not logged, because nobody would accept it: sample 1 was made before it was read."`,
    );
  });

  test('a key with an index that does not hold all rows, or that is not by itself', async () => {
    const partial = `create table public.t (key int not null, ${at}); create unique index on public.t (key) where key > 5`;
    expect(await refused(countOf(partial))).toMatch(/a unique index by itself/);
    const wide = `create table public.t (key int not null, part int not null, ${at}, primary key (key, part))`;
    expect(await refused(countOf(wide))).toMatch(/a unique index by itself/);
  });
});

describe('a population that can be streamed', () => {
  test('of more than a page, in order, row by row what an auditor computes', async () => {
    const rows = 25_001;
    const definition = `create table public.t (key bigint primary key, ${at}); insert into public.t select i * 3 from generate_series(1, ${rows}) i`;
    expect(await countOf(definition)).toBe(rows);
    const [sample] = await readSamples(bench.place.content);
    if (sample === undefined) throw new Error('no sample');
    const commitment = new PopulationCommitment(saltFor(sample.commitment, bench.place.keys));
    for (let i = 1; i <= rows; i += 1) commitment.add(String(i * 3));
    expect(sample.commitment.population.root).toBe(commitment.end().root.toString('hex'));
  });

  test.each([
    [
      'exactly a page',
      `create table public.t (key int primary key, ${at}); insert into public.t select generate_series(1, 2000)`,
      2000,
    ],
    [
      'a page and one',
      `create table public.t (key int primary key, ${at}); insert into public.t select generate_series(1, 2001)`,
      2001,
    ],
    [
      'uuid',
      `create table public.t (key uuid primary key, ${at}); insert into public.t select gen_random_uuid() from generate_series(1, 12000)`,
      12_000,
    ],
    [
      'text in any collation',
      `create table public.t (key text collate "en-x-icu" primary key, ${at}); insert into public.t select chr(97 + i % 26) || md5(i::text) || 'Ä' from generate_series(1, 12000) i`,
      12_000,
    ],
    [
      'instants',
      `create table public.t (key timestamptz primary key, ${at}); insert into public.t select '2026-01-01'::timestamptz + i * interval '1.000001 s' from generate_series(1, 12000) i`,
      12_000,
    ],
    [
      'partitions',
      `create table public.t (key int primary key, ${at}) partition by range (key); create table public.t1 partition of public.t for values from (0) to (6000); create table public.t2 partition of public.t for values from (6000) to (99999); insert into public.t select generate_series(1, 12000)`,
      12_000,
    ],
    [
      'a table whose child is gone',
      `create table public.t (key int primary key, ${at}); create table public.child () inherits (public.t); drop table public.child; insert into public.t values (1), (2)`,
      2,
    ],
    [
      'a quoted name',
      `create table public.t (key int primary key, ${at}, "Odd ""name" int); insert into public.t values (1)`,
      1,
    ],
  ])('%s', async (_, definition, count) => {
    expect(await countOf(definition)).toBe(count);
    bench.clock.now = ROUND_AT;
    const { result } = await bench.draw(1, roundSeed);
    expect(result?.deviations).toBe(0);
  });

  test('of a table that is not analyzed and has a better index to filter by', async () => {
    const definition = `create table public.t (key int primary key, ${at}, kind text not null); insert into public.t select i, '2026-08-01', i % 1000 from generate_series(1, 30000) i; create index on public.t (kind); create index on public.t (at)`;
    expect(await countOf(definition, { where: [{ field: 'kind', oneOf: ['7', '8'] }] })).toBe(60);
  });

  test('a value that needs quoting is one value', async () => {
    const definition = `create table public.t (key int primary key, ${at}, kind text not null); insert into public.t values (1, default, e'it''s \\\\ so'), (2, default, 'other')`;
    expect(await countOf(definition, { where: [{ field: 'kind', equals: "it's \\ so" }] })).toBe(1);
  });
});

test('empty: no sample was committed to, so nothing is judged', async () => {
  const { outcomes, record } = await bench.look();
  expect(new Set(Object.values(outcomes))).toEqual(new Set(['inconclusive']));
  expect(record.population).toMatchObject({ count: 0, complete: true });
});

test('partial: a sample that waits for its draw shows nothing yet', async () => {
  await bench.commit();
  const { outcomes } = await bench.look();
  expect(outcomes).toEqual({
    'committed-before-its-seed': 'inconclusive',
    'population-unchanged': 'inconclusive',
    'result-in-time': 'not-applicable',
    'deviations-within-tolerable-rate': 'inconclusive',
    'first-attempt': 'passed',
    'sample-as-declared': 'inconclusive',
    'sample-is-current': 'inconclusive',
  });
});

test('failed: a draw that came late, until a newer sample takes its place', async () => {
  const { dueAt } = await bench.commit();
  bench.clock.now = Date.parse(dueAt) + 1;
  await bench.draw(1, roundSeed);
  expect((await bench.look()).outcomes['result-in-time']).toBe('failed');
  expect(BEFORE).toBeLessThan(ROUND_AT);
});

test('all of it in one snapshot that cannot write', async () => {
  const { sampler } = await import('../../../collectors/postgres-sample/population.ts');
  const { context } = bench.job();
  const { Expect } = await import('../../../collectors/postgres-sample/schema.ts');
  const typed = { ...context, expect: Expect.parse(bench.expect) };
  const seen = await sampler.read(typed, new Set(), async (population) => {
    const ids: string[] = [];
    for await (const batch of population.ids()) ids.push(...batch);
    await sql(server, `delete from public.changes where id = ${ids[0]}`);
    return population.item({ id: ids[0] ?? '', position: 1 });
  });
  expect(seen).toMatchObject({ author: expect.any(String) });
});
