import { withReviews } from '../access/assess.ts';
import { openPostgres, type PostgresSession } from '../clients/postgres.ts';
import { type CollectContext, defineCollector, SourceUnreadable } from '../define.ts';
import { assess, checks } from './assess.ts';
import { readRoles } from './roles.ts';
import { Expect, Facts, Raw } from './schema.ts';

const limits = { connectMs: 10_000, statementMs: 30_000, lockMs: 5_000 };

/** Lists the roles of a PostgreSQL server, and judges the reviews of them. */
export default defineCollector({
  id: 'postgres-access',
  title: 'Who can get into PostgreSQL',
  topic: 'access',
  source: 'postgres',
  method: 'EXAMINE',
  permissions: [
    'Any login with CONNECT: the catalogs pg_roles and pg_auth_members are open to everybody, and passwords are not in them.',
    'The transaction is READ ONLY and rolled back.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks,
  reproduce: () => [
    "select rolname, rolsuper, rolcreaterole, rolbypassrls, rolcanlogin, rolvaliduntil from pg_roles where rolname !~ '^pg_';",
    'select member::regrole, roleid::regrole, admin_option from pg_auth_members;',
    'Compare with the decisions of the last closed review.',
  ],
  collect: async (context, known) => {
    const list = await withSession(context, (session) =>
      session.read((query) => readRoles(query, context.expect, known.now)),
    );
    return withReviews(list, 'postgres-access', known);
  },
  principals: ({ list }) => list,
  assess,
  doctor: async (context) => {
    const { principals } = await withSession(context, (session) =>
      session.read((query) => readRoles(query, context.expect, new Date().toISOString())),
    );
    return [{ level: 'ok', message: `The roles can be read: ${principals.length}.` }];
  },
});

async function withSession<T>(
  { connection, signal, progress }: CollectContext<Expect>,
  use: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const { url } = connection;
  if (!url) throw new SourceUnreadable('configuration', 'The source names no connection: `url: $DATABASE_URL`.');
  progress('reading the roles');
  const session = await openPostgres({ url, limits, signal });
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}
