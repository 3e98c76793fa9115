import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { type PostgresServer, startPostgres } from '../../examples/postgres-server.ts';
import { migrate } from '../../intake/store/migrations.ts';
import { openStore, type Store } from '../../intake/store/open.ts';
import { copyStore } from './web/built.ts';

/** What a test of intake has: an empty database of its own, and a way to open it once more as another replica would. */
export type Fresh = { store: Store; again: (() => Promise<Store>) | undefined };

/** Describes the same on PGlite and on PostgreSQL. `fresh` may be called inside tests and hooks. */
export function onBothStores(title: string, tests: (fresh: () => Fresh) => void): void {
  describe(`${title}, PGlite`, () => {
    let folder: string;
    let current: Fresh | undefined;
    let pristine: Pristine;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'candor-intake-'));
      await copyStore(folder);
      current = { store: await openStore({ folder }), again: undefined };
      pristine = await look(current.store);
    });
    afterEach(() => empty(there(current).store, pristine));
    afterAll(async () => {
      await current?.store.close();
      await rm(folder, { recursive: true, force: true });
    });
    tests(() => there(current));
  });

  describe(`${title}, PostgreSQL`, () => {
    let server: PostgresServer;
    let current: Fresh | undefined;
    let opened: Store[] = [];
    let databases = 0;
    beforeAll(async () => {
      server = await startPostgres();
      await create('intake');
      await (await openStore({ url: server.url({ database: 'intake' }) })).close();
    });
    const create = async (database: string, template = 'template1') => {
      const client = new Client({ connectionString: server.url() });
      await client.connect();
      await client.query(`create database ${database} template ${template} strategy file_copy`);
      await client.end();
    };
    afterAll(() => server.stop());
    beforeEach(async () => {
      databases += 1;
      const database = `intake_${databases}`;
      // A copy of an empty one takes a tenth of the time of all steps.
      await create(database, 'intake');
      const open = async () => {
        const store = await openStore({ url: server.url({ database }) });
        opened.push(store);
        return store;
      };
      current = { store: await open(), again: open };
    });
    afterEach(async () => {
      for (const store of opened) await store.close();
      opened = [];
    });
    tests(() => there(current));
  });
}

/** A database as its steps leave it: what it is made of, and the rows that they put in, by table. */
type Pristine = { shape: string; tables: string[]; rows: ReadonlyMap<string, string> };

async function look({ db }: Store): Promise<Pristine> {
  const named = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by name`.execute(db);
  const tables = named.rows.map(({ name }) => name);
  const rows = new Map<string, string>();
  for (const table of tables) {
    const kept = await sql<{ all: string | null }>`
      select jsonb_agg(to_jsonb(part))::text as "all" from ${sql.table(table)} part`.execute(db);
    const all = kept.rows[0]?.all ?? null;
    if (all !== null) rows.set(table, all);
  }
  return { shape: await shapeOf(db), tables, rows };
}

/** Columns, indexes and triggers: whatever a test may have changed besides rows. */
async function shapeOf(db: Store['db']): Promise<string> {
  const { rows } = await sql<{ shape: string }>`
    select md5(string_agg(part, ';' order by part)) as shape from (
      select c.relname || '.' || a.attname || ' ' || a.atttypid || a.attnotnull as part from pg_attribute a
        join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace and a.attnum > 0
      union all select indexdef from pg_indexes where schemaname = 'public'
      union all select t.tgname || t.tgenabled::text || t.tgrelid::regclass from pg_trigger t
        join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
    ) as parts`.execute(db);
  return rows[0]?.shape ?? '';
}

/** To run all steps again takes seconds here; to empty the tables does not. What a test changed besides rows is made anew. */
async function empty({ db }: Store, { shape, tables, rows }: Pristine): Promise<void> {
  if ((await shapeOf(db)) !== shape) {
    await sql`drop schema public cascade`.execute(db);
    await sql`create schema public`.execute(db);
    await migrate(db);
    return;
  }
  // The triggers that let nothing be rewritten are for everybody else.
  await sql`set session_replication_role = replica`.execute(db);
  await sql`truncate ${sql.join(tables.map((name) => sql.table(name)))} restart identity cascade`.execute(db);
  for (const [table, all] of rows)
    await sql`insert into ${sql.table(table)}
      select * from jsonb_populate_recordset(null::${sql.table(table)}, ${all}::jsonb)`.execute(db);
  await sql`set session_replication_role = origin`.execute(db);
}

function there(current: Fresh | undefined): Fresh {
  if (current === undefined) throw new Error('The database is opened before each test.');
  return current;
}
