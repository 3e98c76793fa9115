import pg from 'pg';

const TABLES_A_STATEMENT = 100;

/**
 * The least that a person would run by hand to learn the same: the catalogs once, and each table read as two tenants,
 * without a tenant, and as the truth. Nothing is judged, nothing is kept. This is the limit that the collector is
 * measured against.
 */
export async function readByHand(url: string, truthUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  const truth = new pg.Client({ connectionString: truthUrl });
  await Promise.all([client.connect(), truth.connect()]);
  let rows = 0;
  const run = async (on: pg.Client, text: string) => {
    rows += (await on.query(text)).rows.length;
  };
  await client.query('begin transaction isolation level repeatable read read only');
  for (const catalog of catalogs) await run(client, catalog);
  const { rows: tables } = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public' order by 1",
  );
  await client.query('commit');
  const counts = (some: { name: string }[]) =>
    some.map(({ name }) => `select '${name}', array_agg(distinct org_id), count(*) from ${name}`).join(' union all ');
  for (let first = 0; first < tables.length; first += TABLES_A_STATEMENT) {
    const statement = counts(tables.slice(first, first + TABLES_A_STATEMENT));
    await run(truth, statement);
    for (const tenant of ['1', '2', '']) {
      await client.query('begin read only');
      await client.query('set local role bench_app');
      await client.query("select set_config('app.org_id', $1, true)", [tenant]);
      await run(client, statement);
      await client.query('commit');
    }
  }
  await Promise.all([client.end(), truth.end()]);
  return rows;
}

const ours = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";
const catalogs = [
  `select c.oid, n.nspname, c.relname, c.relkind, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
     has_table_privilege('bench_app', c.oid, 'SELECT'), has_table_privilege('bench_app', c.oid, 'INSERT'),
     has_table_privilege('bench_app', c.oid, 'UPDATE'), has_table_privilege('bench_app', c.oid, 'DELETE'),
     has_table_privilege('bench_app', c.oid, 'TRUNCATE')
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r','p','v','m','f') and ${ours}`,
  `select a.attrelid, a.attname, a.atttypid::regtype, a.attnotnull, a.attacl from pg_attribute a
     join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   where a.attnum > 0 and c.relkind in ('r','p','v','m','f') and ${ours}`,
  `select polrelid, polname, polcmd, polpermissive, polroles, pg_get_expr(polqual, polrelid),
     pg_get_expr(polwithcheck, polrelid) from pg_policy`,
  `select conrelid, conkey, confrelid, confkey, contype from pg_constraint where contype in ('f', 'p', 'u')`,
  `select p.oid, p.proname, p.prosecdef, p.proconfig, p.proacl from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours}`,
  'select roleid, member, inherit_option, set_option from pg_auth_members',
  'select oid, rolname, rolsuper, rolbypassrls, rolinherit, rolreplication from pg_roles',
  'select * from pg_default_acl',
];
