import pg from 'pg';
import { z } from 'zod';
import { connectFailure, PostgresUnreadable, postgresFailure } from './postgres-failure.ts';

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
  const attempt = async <T>(work: () => Promise<T>, failure = postgresFailure): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw signal.aborted ? stopped() : thrown instanceof z.ZodError ? thrown : failure(thrown);
    }
  };
  try {
    await attempt(() => client.connect(), connectFailure);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const query: Query = async (row, text, values) => {
    const result = await attempt(() => client.query(text, values ? [...values] : undefined));
    return z.array(row).parse(result.rows);
  };
  const read: PostgresSession['read'] = async (work, acting = {}) => {
    try {
      const answers: unknown = await attempt(() => client.query(opening(limits, acting)));
      const [actor] = Opened.parse(answers).at(-1)?.rows ?? [];
      if (acting.role !== undefined && (actor?.actor !== acting.role || actor.guarded !== 'on'))
        throw new PostgresUnreadable('denied', 'ROLE', 'The session could not take on the client role.', false);
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

const Opened = z.array(
  z.object({ rows: z.array(z.object({ actor: z.string().optional(), guarded: z.string().optional() })) }),
);

/** Begins a transaction, settles it and asks who it acts as, all in one message. */
function opening(limits: PostgresLimits, acting: Acting): string {
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
  const calls = settings.map(
    ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
  );
  return [
    'begin transaction isolation level repeatable read read only',
    `select ${calls.join(', ')}`,
    `select current_user::text as actor, current_setting('row_security') as guarded`,
  ].join(';\n');
}
