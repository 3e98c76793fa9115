import pg from 'pg';
import type { PostgresServer } from '../../../examples/postgres-server.ts';

/** Changes that reached production in July and August, and some that the population leaves out. */
const tableSql = `
  drop table if exists public.changes;
  create table public.changes (
    id bigint primary key, deployed_at timestamptz not null, environment text not null,
    author text, approver text, approved_at timestamptz, ticket text);
  insert into public.changes
    select i, timestamptz '2026-07-01' + i * interval '4 hours', case when i % 10 = 0 then 'staging' else 'production' end,
      'author-' || i % 5 || '-canary', 'approver-' || i % 3 || '-canary', timestamptz '2026-07-01' + i * interval '4 hours' - interval '1 hour',
      'CHG-' || i
    from generate_series(1, 400) i;
  grant select (id, deployed_at, environment, author, approver, approved_at, ticket) on public.changes to sampler;`;

/** Runs statements as the superuser. */
export async function sql(server: PostgresServer, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

/** Makes the table anew, and a login that may read its columns. */
export async function makeTable(server: PostgresServer): Promise<void> {
  await sql(
    server,
    `do $$ begin create role sampler login password 'sampler-pass' noinherit; exception when duplicate_object then null; end $$;
     grant usage on schema public to sampler; ${tableSql}`,
  );
}

/** The connection of that login. */
export function connectionOf(server: PostgresServer): { url: string } {
  return { url: server.url({ user: 'sampler', password: 'sampler-pass' }) };
}

/** What is declared about it: 360 rows, of which 56 are drawn. */
export function declaration(changes: Record<string, unknown> = {}, population: Record<string, unknown> = {}) {
  return {
    population: {
      what: 'Changes that reached production',
      table: 'public.changes',
      key: 'id',
      at: 'deployed_at',
      window: { from: '2026-07-01', until: '2026-09-17' },
      where: [{ field: 'environment', equals: 'production' }],
      ...population,
    },
    attributes: {
      'approved-by-somebody-else': {
        title: 'Somebody else approved it',
        test: { field: 'approver', differsFrom: 'author' },
      },
      'approved-before': { title: 'It was approved before', test: { field: 'approved_at', atOrBefore: 'deployed_at' } },
      'has-a-ticket': { title: 'It names a ticket', test: { field: 'ticket', matches: '^CHG-\\d+$' } },
    },
    seed: { beacon: 'quicknet', after: '1h' },
    ...changes,
  };
}
