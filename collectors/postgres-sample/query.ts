import { ident, literal, parseName, qualified } from '../postgres-row-security/names.ts';
import { windowOf } from '../sampling/declaration.ts';
import { fieldsOfAll } from '../sampling/fields.ts';
import type { Expect } from './schema.ts';

/** Ids that are read at a time: the most that are in memory. */
export const PAGE = 2_000;

/** The table as the catalog has it. */
export type Table = { isPartitioned: boolean; keyType: string };

/** The columns that are read: those that say which rows belong to the population, and those that are tested. */
export function columnsOf(expect: Expect): { which: string[]; tested: string[] } {
  const { key, at, where } = expect.population;
  return { which: [key, at, ...where.map(({ field }) => field)], tested: fieldsOfAll(expect.attributes) };
}

/** The table with ONLY where it has children of its own: the unique index does not reach into those. */
export function fromClause({ population }: Expect, isPartitioned: boolean): string {
  const name = parseName(population.table);
  if (name === null) throw new TypeError('the name of a table');
  return `${isPartitioned ? '' : 'only '}${qualified(name)}`;
}

/** Whether a row belongs to the population; null where that cannot be said. */
export function condition(expect: Expect): string {
  const { at, where } = expect.population;
  const { from, until } = windowOf(expect);
  return [
    `${ident(at)} >= timestamptz ${literal(from)}`,
    `${ident(at)} < timestamptz ${literal(until)}`,
    ...where.map((filter) => {
      const values = 'equals' in filter ? [filter.equals] : filter.oneOf;
      return `${ident(filter.field)}::text in (${values.map(literal).join(', ')})`;
    }),
  ].join(' and ');
}

/** The query that streams the ids. In the order of an index, so that nothing is sorted. */
export function idQuery(expect: Expect, isPartitioned = false): string {
  const key = ident(expect.population.key);
  // Of the table, because a name alone would mean the text that is selected.
  return `select t.${key}::text as id from ${fromClause(expect, isPartitioned)} t where ${condition(expect)} order by t.${key}`;
}

/**
 * The same, a page at a time: the ids after the key $1, as one text with an id a line, so that a row costs neither side more
 * than its bytes. In one snapshot the pages are what a cursor would give.
 */
export function pageQuery(expect: Expect, { isPartitioned, keyType }: Table, isFirst: boolean): string {
  const key = ident(expect.population.key);
  const rows = [
    `select t.${key} as key from ${fromClause(expect, isPartitioned)} t where ${condition(expect)}`,
    ...(isFirst ? [] : [`and t.${key} > $1::${keyType}`]),
    `order by t.${key} limit ${PAGE}`,
  ];
  return `select string_agg(key::text, e'\\n' order by key) as ids, count(*)::int as count from (${rows.join(' ')}) page`;
}

/** The query for the tested fields of one row, by its id ($1). */
export function itemQuery(expect: Expect, { isPartitioned, keyType }: Table): string {
  const { tested } = columnsOf(expect);
  const values = tested.map((field) => `${ident(field)}::text`).join(', ');
  const key = ident(expect.population.key);
  return `select array[${values}]::text[] as values from ${fromClause(expect, isPartitioned)} where ${key} = $1::${keyType}`;
}
