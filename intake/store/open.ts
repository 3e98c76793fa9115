import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { CamelCasePlugin, type Dialect, Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { candorError } from '../../schemas/index.ts';
import { migrate } from './migrations.ts';
import type { Tables } from './tables.ts';

/** Where intake keeps what it was sent: a PostgreSQL server by its connection string, or a folder for PGlite. */
export type StorePlace = { url: string } | { folder: string };

/** The database of intake. The same SQL runs on both kinds; one process alone may open a folder. */
export type Store = { db: Kysely<Tables>; close: () => Promise<void> };

/** How many connections one process holds at most. */
const CONNECTIONS = 10;
/** How long anything waits for a connection, and for an answer, in ms. A form is not kept waiting for longer. */
const CONNECT_MS = 3_000;
const STATEMENT_MS = 10_000;

/** Opens the database and brings its tables up to date. Throws StoreUnreachable. */
export async function openStore(place: StorePlace): Promise<Store> {
  const db = new Kysely<Tables>({
    dialect: 'url' in place ? postgres(place.url) : await folder(place.folder),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw candorError('StoreUnreachable', { problem: reasonOf(error) });
  }
  return { db, close: () => db.destroy() };
}

function postgres(url: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'candor-intake',
  });
  // An idle connection that breaks is replaced by the next query; unheard, it would end the process.
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
}

async function folder(path: string): Promise<Dialect> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return new PGliteDialect({ pglite: await PGlite.create(path) });
}

/** The code of the database or of the network: their texts may hold the connection string. */
function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown reason';
}
