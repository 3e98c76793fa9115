import { writeFile } from 'node:fs/promises';
import pg from 'pg';

type Result = { table: string; organization: number; foreign: number | null };

/**
 * Runs the company's isolation tests as its builds do, and writes their JUnit report: as each organization, with the role
 * of the web application, each table of tenants is read, and no row of another organization may come back.
 */
export async function runIsolationTests(environment: Record<string, string>, report: string, at: Date): Promise<void> {
  const { DEMO_APP_URL, DEMO_APP_TRUTH_URL } = environment;
  const [tables, organizations] = await asked(DEMO_APP_TRUTH_URL, async (client) => {
    const withTenant = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
       where c.relkind = 'r' and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1`,
    );
    const { rows } = await client.query<{ id: string }>('select org_id::text as id from organizations order by 1');
    return [withTenant.rows.map(({ name }) => name), rows.map(({ id }) => id)] as const;
  });
  const results = await asked(DEMO_APP_URL, async (client) => {
    const found: Result[] = [];
    for (const [organization, id] of organizations.entries())
      for (const table of tables) found.push({ table, organization, foreign: await foreignRows(client, table, id) });
    return found;
  });
  await writeFile(report, junit(results, at));
}

/** How many rows of others come back; null where the application may not read the table at all. */
async function foreignRows(client: pg.Client, table: string, organization: string): Promise<number | null> {
  await client.query('begin; set local role larkspur_app');
  try {
    await client.query(`select set_config('app.org_id', $1, true)`, [organization]);
    const text = `select count(*)::int as count from public.${pg.escapeIdentifier(table)} where org_id <> $1`;
    const { rows } = await client.query<{ count: number }>(text, [organization]);
    return rows[0]?.count ?? 0;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42501') return null;
    throw error;
  } finally {
    await client.query('rollback');
  }
}

async function asked<T>(url: string | undefined, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}

/** What is shared on purpose: a macro may be lent, and both sides see to whom. */
const lent: ReadonlySet<string> = new Set(['macros', 'macro_shares']);

function junit(results: readonly Result[], at: Date): string {
  const judged = results.filter(({ table }) => !lent.has(table));
  const failed = judged.filter(({ foreign }) => foreign !== null && foreign > 0).length;
  const cases = judged.map(({ table, organization, foreign }) => {
    const open = `<testcase classname="isolation.${table}" name="organization ${organization + 1} reads no row of another"`;
    return foreign === null || foreign === 0
      ? `    ${open}/>`
      : `    ${open}><failure message="${foreign} rows"/></testcase>`;
  });
  const suite = `name="isolation" tests="${judged.length}" failures="${failed}" timestamp="${at.toISOString()}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${suite}>\n${cases.join('\n')}\n  </testsuite>\n</testsuites>\n`;
}
