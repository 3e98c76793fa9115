import { z } from 'zod';
import type { Query } from '../clients/postgres.ts';
import { SourceUnreadable } from '../define.ts';
import { parseName } from '../postgres-row-security/names.ts';
import { requireFields } from '../sampling/fields.ts';
import { columnsOf, condition, fromClause, pageQuery, type Table } from './query.ts';
import type { Expect } from './schema.ts';

const Column = z.object({
  column: z.string(),
  type: z.string(),
  required: z.boolean(),
  unique: z.boolean(),
  partitioned: z.boolean(),
  filtered: z.boolean(),
  children: z.boolean(),
});

/** Operators of an extension are not found on the empty search path: `>` would compare a citext as a text, and pass ids over. */
const columnSql = `
  select a.attname as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
    c.relkind = 'p' as partitioned, row_security_active(c.oid) as filtered,
    c.relkind = 'r' and exists (select from pg_inherits where inhparent = c.oid) as children,
    exists (select from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
        join pg_opclass o on o.oid = i.indclass[0]
      where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null and m.amname = 'btree'
        and i.indnkeyatts = 1 and i.indkey[0] = a.attnum and o.opcnamespace = 'pg_catalog'::regnamespace) as unique
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`;

/**
 * Looks at the table before it is streamed: it has the declared columns, a key that is unique and in order by itself, no
 * policy or child that would keep rows back, and no row of which nobody can say whether it belongs to the population. Throws
 * SourceUnreadable.
 */
export async function examineTable(query: Query, expect: Expect): Promise<Table> {
  const { key, table } = expect.population;
  const name = parseName(table);
  const columns = await query(Column, columnSql, [name?.schema, name?.name]);
  const [first] = columns;
  if (first === undefined)
    throw new SourceUnreadable('configuration', 'There is no table of the declared name that this login can see.');
  if (first.filtered)
    throw new SourceUnreadable('denied', 'Row-level security filters this login, so it would see a part of the rows.');
  const byName = new Map(columns.map((column) => [column.column, column]));
  const { which, tested } = columnsOf(expect);
  if (first.children)
    throw new SourceUnreadable(
      'configuration',
      'The table has children that inherit from it, whose rows no index of its own reaches.',
    );
  requireFields([...which, ...tested], new Set(byName.keys()), 'The table');
  const keyColumn = byName.get(key);
  if (keyColumn?.unique !== true || !keyColumn.required)
    throw new SourceUnreadable(
      'configuration',
      'The key needs NOT NULL, a type of PostgreSQL’s own and a unique index by itself: else ids may repeat or be passed over.',
    );
  if (which.some((column) => byName.get(column)?.required !== true))
    await refuseUnknown(query, expect, first.partitioned);
  const known: Table = { isPartitioned: first.partitioned, keyType: keyColumn.type };
  await refuseSort(query, expect, known);
  return known;
}

/** A row without a value in a filtered column is neither in the population nor out of it. */
async function refuseUnknown(query: Query, expect: Expect, isPartitioned: boolean): Promise<void> {
  const [found] = await query(
    z.object({ unknown: z.boolean() }),
    `select exists (select from ${fromClause(expect, isPartitioned)} where (${condition(expect)}) is null) as unknown`,
  );
  if (found?.unknown !== false)
    throw new SourceUnreadable(
      'schema',
      'Some rows have no value in a column that says whether they belong to the population.',
    );
}

const Plan = z.object({ 'QUERY PLAN': z.unknown() });

/** A sort would hold or spill the whole population, however large it is. */
async function refuseSort(query: Query, expect: Expect, table: Table): Promise<void> {
  const plan = await query(Plan, `explain (format json) ${pageQuery(expect, table, true)}`);
  if (/"Node Type":"(Incremental )?Sort"/.test(JSON.stringify(plan)))
    throw new SourceUnreadable(
      'configuration',
      'PostgreSQL would sort all rows to bring them in the order of the key.',
    );
}
