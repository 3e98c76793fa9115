import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types } from '@electric-sql/pglite';
import { CamelCasePlugin, type Dialect, Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import { type DatabaseError, Pool } from 'pg';
import { CandorError, candorError } from '../../schemas/index.ts';
import { troubleOf } from '../trouble.ts';
import { lockFolder } from './folder-lock.ts';
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

/** How PGlite writes and reads bytea. What it does by itself takes five seconds for 16 MiB, in which nothing else is answered; this a tenth. */
const bytesInHex = {
  serializers: {
    [types.BYTEA]: (bytes: Uint8Array) =>
      `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`,
  },
  parsers: { [types.BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex') },
};

/**
 * Opens the database and brings its tables up to date. Throws StoreUnreachable, or StoreBusy for a folder that another
 * process has open.
 */
export async function openStore(place: StorePlace): Promise<Store> {
  try {
    if ('url' in place) return await opened(postgres(place.url), async () => undefined);
    await mkdir(place.folder, { recursive: true, mode: 0o700 });
    const unlock = await lockFolder(place.folder);
    try {
      const pglite = await PGlite.create(join(place.folder, 'data'), bytesInHex);
      return await opened(new PGliteDialect({ pglite }), unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    if (error instanceof CandorError) throw error;
    throw candorError('StoreUnreachable', { problem: troubleOf(error) });
  }
}

async function opened(dialect: Dialect, after: () => Promise<void>): Promise<Store> {
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
  const db = new Kysely<Tables>({ dialect, plugins });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const close = async () => {
    await db.destroy();
    await after();
  };
  return { db, close };
}

function postgres(url: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'candor-intake',
  });
  // A connection that breaks fails the query that it is in, and the next query gets another; unheard, it would end the
  // process. The pool hears those that are idle, and nobody those that are in use.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // What the server ends (SQLSTATE 57P01 and others) breaks a moment after it said so: until then the pool would give it away.
    client.connection.on('errorMessage', ({ code }: DatabaseError) => {
      if (code?.startsWith('57P')) void client.end();
    });
  });
  return new PostgresDialect({ pool });
}
