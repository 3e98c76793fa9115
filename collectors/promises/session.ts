import { openPostgres, type PostgresLimits, type Query } from '../clients/postgres.ts';
import { type CollectContext, SourceUnreadable } from '../define.ts';

const limits: PostgresLimits = { connectMs: 10_000, statementMs: 60_000, lockMs: 5_000 };

/** Runs `work` in one REPEATABLE READ READ ONLY transaction. Throws SourceUnreadable. */
export async function withSession<T>(
  { connection, signal }: Pick<CollectContext<unknown>, 'connection' | 'signal'>,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const { url } = connection;
  if (!url) throw new SourceUnreadable('configuration', 'The source names no connection: `url: $INTAKE_READER_URL`.');
  const session = await openPostgres({ url, limits, signal });
  try {
    return await session.read(work);
  } finally {
    await session.close();
  }
}
