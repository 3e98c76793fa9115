import { fits } from './paths-sql.ts';
import { constantsIn } from './policies.ts';
import type { Column } from './raw.ts';

/** One synthetic row: column name to a value that JSON can carry. Columns left out are null. */
export type Row = Record<string, string | number | boolean | null | string[]>;

/** More rows than this teach nothing new about a policy, and cost. */
const MAX_ROWS = 48;

/**
 * Synthetic rows of one tenant for the columns that policies look at. `ids` are values that the columns may take on
 * besides null: for a row that an attacker writes, all that is known of the attacker; for a row that is already there,
 * none, since somebody else chose its values.
 */
export function syntheticRows(options: {
  columns: readonly Column[];
  fixed: Row;
  ids: readonly string[];
  expression: string;
}): Row[] {
  const { fixed, ids, expression } = options;
  const constants = constantsIn(expression);
  let rows: Row[] = [fixed];
  for (const column of options.columns) {
    if (column.name in fixed) continue;
    const values = valuesFor(column, ids, constants, expression);
    // With many columns the first values of each, the likeliest, are combined first.
    const next = values.flatMap((value) => rows.map((row) => ({ ...row, [column.name]: value })));
    rows = next.slice(0, MAX_ROWS);
  }
  return rows;
}

function valuesFor(
  column: Column,
  ids: readonly string[],
  constants: readonly { value: string; type: string }[],
  expression: string,
): Row[string][] {
  const values: Row[string][] = [];
  if (column.category === 'A') {
    const element = column.type.replace(/\[\]$/, '');
    values.push(...ids.filter((id) => fits(id, element)).map((id) => [id]), []);
  } else {
    values.push(...ids.filter((id) => fits(id, column.type)));
    if (column.category === 'B') values.push(true, false);
    values.push(...constants.filter(({ type }) => sameType(type, column.type)).map(({ value }) => value));
    if (column.category === 'N')
      values.push(
        ...[...expression.matchAll(/(?<![\w.'])\d{1,6}(?![\w.'])/g)].flatMap(([digits]) => {
          const number = Number(digits);
          return [number, number - 1, number + 1];
        }),
      );
  }
  const neutral = column.required ? neutralOf(column) : null;
  return [...new Set([...(ids.length > 0 ? [] : [neutral]), ...values.slice(0, 6), neutral])];
}

function sameType(a: string, b: string): boolean {
  const bare = (type: string) => type.replace(/\(.*\)/, '').replace(/^character varying$/, 'text');
  return bare(a) === bare(b);
}

function neutralOf(column: Column): Row[string] {
  if (column.type === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (column.category === 'B') return false;
  if (column.category === 'N') return 0;
  if (column.category === 'S') return '';
  if (column.category === 'A') return [];
  return null;
}
