import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../intake/store/tables.ts';

/** All rows of all tables as text, and what their bytes say: what a dump of the database shows. */
export async function everythingIn(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public'`.execute(db);
  const tables = await Promise.all(
    rows.map(({ name }) => sql`select to_jsonb(t) as row from ${sql.table(name)} t`.execute(db)),
  );
  const bytesOf = (_: string, hex: string) => Buffer.from(hex, 'hex').toString('latin1');
  return JSON.stringify(tables.map((table) => table.rows)).replaceAll(/\\\\x([0-9a-f]+)/g, bytesOf);
}
