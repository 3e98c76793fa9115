import pg from 'pg';
import { z } from 'zod';
import { PostgresUnreadable, postgresFailure } from './postgres-failure.ts';

export { PostgresUnreadable } from './postgres-failure.ts';

/** Time limits in milliseconds; each is enforced by the server as well as it can be. */
export type PostgresLimits = { connectMs: number; statementMs: number; lockMs: number };

/** Runs one statement and checks every row against a schema. Rows that do not fit are a bug of ours. */
export type Query = <Row>(row: z.ZodType<Row>, text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Settings for one transaction: the role to act as, and settings by name, all of them `SET LOCAL`. */
export type Acting = {
  role?: string;
  settings?: Readonly<Record<string, string>>;
  statementMs?: number;
  lockMs?: number;
};

/** A session that can only read: each transaction is REPEATABLE READ READ ONLY and is rolled back at its end. */
export type PostgresSession = {
  /** Throws PostgresUnreadable, also when the acting role is not the one asked for. */
  read: <Result>(work: (query: Query) => Promise<Result>, acting?: Acting) => Promise<Result>;
  close: () => Promise<void>;
};

/** Connects, or throws PostgresUnreadable in our own words. Neither the URL nor a part of it is ever in a message. */
export async function openPostgres(options: {
  url: string;
  limits: PostgresLimits;
  signal: AbortSignal;
}): Promise<PostgresSession> {
  const { limits, signal } = options;
  if (signal.aborted) throw stopped();
  const client = connection(options.url, limits);
  // Without a listener a killed session would end the process; the pending query reports it.
  client.on('error', () => {});
  const abort = () => void client.end().catch(() => {});
  signal.addEventListener('abort', abort, { once: true });
  const close = async () => {
    signal.removeEventListener('abort', abort);
    await client.end().catch(() => {});
  };
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw signal.aborted ? stopped() : thrown instanceof z.ZodError ? thrown : postgresFailure(thrown);
    }
  };
  try {
    await attempt(() => client.connect());
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const query: Query = async (row, text, values) => {
    const result = await attempt(() => client.query(text, values ? [...values] : undefined));
    return z.array(row).parse(result.rows);
  };
  const read: PostgresSession['read'] = async (work, acting = {}) => {
    await attempt(() => client.query('begin transaction isolation level repeatable read read only'));
    try {
      await settle(query, limits, acting);
      return await work(query);
    } finally {
      // A session that is gone cannot roll back, and has nothing left to.
      await client.query('rollback').catch(() => {});
    }
  };
  return { read, close };
}

function connection(url: string, limits: PostgresLimits): pg.Client {
  try {
    return new pg.Client({
      connectionString: url,
      application_name: 'candor',
      connectionTimeoutMillis: limits.connectMs,
      keepAlive: true,
    });
  } catch {
    throw new PostgresUnreadable('configuration', 'BAD_URL', 'The connection is not a valid PostgreSQL URL.', true);
  }
}

function stopped(): PostgresUnreadable {
  return postgresFailure(Object.assign(new Error('aborted'), { code: 'ABORTED' }));
}

const Actor = z.object({ actor: z.string(), guarded: z.string() });

async function settle(query: Query, limits: PostgresLimits, acting: Acting): Promise<void> {
  // The role comes last: it must not need a right to set the others.
  const settings: [string, string][] = [
    ['statement_timeout', `${acting.statementMs ?? limits.statementMs}ms`],
    ['lock_timeout', `${acting.lockMs ?? limits.lockMs}ms`],
    ['idle_in_transaction_session_timeout', '60s'],
    ['row_security', 'on'],
    ['search_path', ''],
    ...Object.entries(acting.settings ?? {}),
  ];
  if (acting.role !== undefined) settings.push(['role', acting.role]);
  const calls = settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`).join(', ');
  await query(z.unknown(), `select ${calls}`, settings.flat());
  if (acting.role === undefined) return;
  const [actor] = await query(Actor, `select current_user::text as actor, current_setting('row_security') as guarded`);
  if (actor?.actor !== acting.role || actor.guarded !== 'on')
    throw new PostgresUnreadable('denied', 'ROLE', 'The session could not take on the client role.', false);
}
