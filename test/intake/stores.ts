import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { type PostgresServer, startPostgres } from '../../examples/postgres-server.ts';
import { migrate } from '../../intake/store/migrations.ts';
import { openStore, type Store } from '../../intake/store/open.ts';

/** What a test of intake has: an empty database of its own, and a way to open it once more as another replica would. */
export type Fresh = { store: Store; again: (() => Promise<Store>) | undefined };

/** Describes the same on PGlite and on PostgreSQL. `fresh` may be called inside tests and hooks. */
export function onBothStores(title: string, tests: (fresh: () => Fresh) => void): void {
  describe(`${title}, PGlite`, () => {
    let folder: string;
    let current: Fresh | undefined;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'candor-intake-'));
      current = { store: await openStore({ folder }), again: undefined };
    });
    // To make an empty one takes seconds; to empty it does not.
    afterEach(async () => {
      const { db } = there(current).store;
      await sql`drop schema public cascade`.execute(db);
      await sql`create schema public`.execute(db);
      await migrate(db);
    });
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
    });
    afterAll(() => server.stop());
    beforeEach(async () => {
      databases += 1;
      const database = `intake_${databases}`;
      const client = new Client({ connectionString: server.url() });
      await client.connect();
      await client.query(`create database ${database}`);
      await client.end();
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

function there(current: Fresh | undefined): Fresh {
  if (current === undefined) throw new Error('The database is opened before each test.');
  return current;
}
