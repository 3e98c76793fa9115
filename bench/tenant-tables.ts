import pg from 'pg';
import type { PostgresServer } from '../examples/postgres-server.ts';

/** Tables made in one transaction: each takes several locks, and the lock table is finite. */
const AT_ONCE = 250;

/** Three tenants with rows in each of `count` tables, scoped by one policy a table. Gives the connection variables. */
export async function makeTenantTables(
  server: PostgresServer,
  count: number,
): Promise<{ url: string; truthUrl: string }> {
  const database = `tables_${count}`;
  await execute(server.url(), [
    'do $$ begin create role bench_app; exception when duplicate_object then null; end $$',
    `do $$ begin create role bench_collector login noinherit password 'bench-one' in role bench_app;
       exception when duplicate_object then null; end $$`,
    `do $$ begin create role bench_truth login bypassrls password 'bench-two';
       exception when duplicate_object then null; end $$`,
    `create database ${database}`,
  ]);
  const url = server.url({ database });
  await execute(url, [
    'create table orgs (org_id int primary key, name text not null)',
    "insert into orgs select n, 'org ' || n from generate_series(1, 3) n",
    'alter table orgs enable row level security',
    "create policy own on orgs to bench_app using (org_id = nullif(current_setting('app.org_id', true), '')::int)",
    'grant usage on schema public to bench_app, bench_truth',
    'grant select on all tables in schema public to bench_app, bench_truth',
  ]);
  for (let first = 1; first <= count; first += AT_ONCE) {
    const last = Math.min(count, first + AT_ONCE - 1);
    await execute(url, [
      `do $$ begin for i in ${first}..${last} loop
        execute format('create table t%s (id int primary key, org_id int not null, note text)', i);
        execute format('insert into t%s select n, 1 + n %% 3, ''x'' from generate_series(1, 6) n', i);
        execute format('alter table t%s enable row level security', i);
        execute format('create policy own on t%s to bench_app using (org_id = nullif(current_setting(''app.org_id'', true), '''')::int)', i);
        execute format('grant select, insert, update, delete on t%s to bench_app', i);
        execute format('grant select on t%s to bench_truth', i);
      end loop; end $$`,
    ]);
  }
  await execute(url, ['vacuum analyze']);
  return {
    url: server.url({ database, user: 'bench_collector', password: 'bench-one' }),
    truthUrl: server.url({ database, user: 'bench_truth', password: 'bench-two' }),
  };
}

async function execute(url: string, statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
