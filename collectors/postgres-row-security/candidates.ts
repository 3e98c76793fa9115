import { fits } from './paths-sql.ts';
import { constantsIn } from './policies.ts';
import type { Column } from './raw.ts';

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** One synthetic row: column name to a value that JSON can carry. Columns left out are null. */
export type Row = Record<string, Value>;

/** More rows than this teach nothing new about a policy, and cost. */
const MAX_ROWS = 48;
/** So many values of one column are tried in rows that are otherwise as they are. */
const MAX_VALUES = 24;
/** So many of the likeliest values of each column are combined with those of the others. */
const MAX_COMBINED = 6;

/** What candidates are made of. */
export type Sources = {
  columns: readonly Column[];
  /**
   * Values that columns may take on besides null: for a row that an attacker writes, all that is known of the
   * attacker; for a row that is already there, none, since somebody else chose its values.
   */
  ids: readonly string[];
  /** The policies’ expression, and the bodies of the functions that it calls. */
  text: string;
  /** By type. */
  labels: ReadonlyMap<string, readonly string[]>;
};

/** Synthetic rows of one tenant: likely values of the columns that policies look at, combined. */
export function syntheticRows(fixed: Row, sources: Sources): Row[] {
  let rows: Row[] = [fixed];
  for (const column of sources.columns) {
    if (column.name in fixed) continue;
    const neutral = neutralOf(column, sources);
    const values = valuesFor(column, sources).slice(0, MAX_COMBINED);
    const likely = unlike([...(sources.ids.length > 0 ? [] : [neutral]), ...values, neutral]);
    // With many columns the first values of each, the likeliest, are combined first.
    rows = likely.flatMap((value) => rows.map((row) => ({ ...row, [column.name]: value }))).slice(0, MAX_ROWS);
  }
  return rows;
}

/** Rows as they are, with another value in one column: what they may become. */
export function changedRows(rows: readonly Row[], key: string, sources: Sources): Row[] {
  return rows.flatMap((row) =>
    sources.columns
      .filter(({ name }) => name !== key)
      .flatMap((column) =>
        unlike([...valuesFor(column, sources), neutralOf(column, sources)])
          .slice(0, MAX_VALUES)
          .map((value) => ({ ...row, [column.name]: value })),
      ),
  );
}

function valuesFor(column: Column, sources: Sources): Value[] {
  const { ids, text, labels } = sources;
  const constants = constantsIn(text);
  const same = constants.filter(({ type }) => sameType(type, column.type)).map(({ value }) => value);
  const optional = column.required ? [] : [null];
  if (column.category === 'A') {
    const element = column.type.replace(/\[\]$/, '');
    const elements = constants.filter(({ type }) => sameType(type, element)).map(({ value }) => [value]);
    const lists = constants.flatMap(({ value }) =>
      /^\{[^{}"]+\}$/.test(value) ? [value.slice(1, -1).split(',')] : [],
    );
    return unlike([...ids.filter((id) => fits(id, element)).map((id) => [id]), ...elements, ...lists, [], ...optional]);
  }
  const values: Value[] = ids.filter((id) => fits(id, column.type));
  if (column.category === 'B') values.push(true, false);
  if (column.type === 'jsonb' || column.type === 'json') values.push(...documents(same, text));
  else values.push(...same);
  values.push(...(labels.get(column.type) ?? []));
  if (column.category === 'N' && isMeasured(column, text)) values.push(...numbersIn(text, column.type));
  if (column.category === 'D') values.push(...edges(column.type));
  if (column.category === 'T') values.push('-100 years', '100 years');
  if (column.category === 'S') {
    // A pattern matches at least what is left of it without its signs.
    for (const value of same) if (/[%_^$.*]/.test(value)) values.push(value.replace(/[%^$*]|(?<!\\)[_.]/g, ''));
    for (const [, word = ''] of text.matchAll(/'((?:[^']|'')*)'(?!::)/g)) values.push(word.replaceAll("''", "'"));
    values.push('another', '');
  }
  const fitting = values.filter((value) => typeof value !== 'string' || isShort(value, column.type));
  const known = sources.labels.get(column.type);
  return unlike([...fitting.filter((value) => !known || known.includes(String(value))), ...optional]);
}

/** Documents in which one of the words that a policy looks for says yes, or says one of its constants. */
function documents(constants: readonly string[], text: string): Value[] {
  const whole = constants.flatMap((constant) => {
    const value = parsed(constant);
    return value !== null && typeof value === 'object' ? [value] : [];
  });
  const keys = [...text.matchAll(/(?:->>?|\?)\s*'([^']+)'/g)].flatMap((match) => match[1] ?? []).slice(0, 4);
  const texts = constantsIn(text).flatMap(({ value, type }) =>
    type === 'text' && !keys.includes(value) ? [value] : [],
  );
  return [...whole, ...keys.flatMap((key) => [true, ...texts.slice(0, 3)].map((value) => ({ [key]: value })))];
}

function parsed(text: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether a policy compares a column with numbers. A small number put into a reference would name a real row. */
function isMeasured({ name }: Column, text: string): boolean {
  const quoted = name.replace(/[^\w]/g, '\\$&');
  const operator = '(?:[-+*/%<>=!]+|in|between)';
  const after = String.raw`"?\b${quoted}\b"?\)*(?:::[\w ]+)?\)*\s*${operator}\s*(?:any\s*)?\(*[-'\d]`;
  const before = String.raw`\d['\w: ]*\)*\s*[-+*/%<>=!]+\s*\(*"?${quoted}\b`;
  return new RegExp(`${after}|${before}`, 'i').test(text) || (/\d/.test(text) && !/(^|_)id$/i.test(name));
}

/** Numbers that a policy compares with and those next to them. */
function numbersIn(text: string, type: string): number[] {
  const found = [...text.matchAll(/(?<![\w.])\d{1,15}(?:\.\d{1,6})?(?![\w.])/g)].map(([digits]) => Number(digits));
  const near = [...new Set(found)].slice(0, 6).flatMap((number) => [number, number + 1, number - 1, -number]);
  return [...near, -1, 1, 0].filter((number) => {
    const limit = type === 'smallint' ? 2 ** 15 : type === 'integer' ? 2 ** 31 : 2 ** 53;
    return Math.abs(number) < limit && (Number.isInteger(number) || !/int/.test(type));
  });
}

/** The first and the last moment, which are on either side of whatever a policy compares with. */
function edges(type: string): string[] {
  if (/^time(\(\d\))? /.test(type) || type === 'time') return ['00:00', '23:59'];
  return ['-infinity', 'infinity', '1000-01-01', '9000-01-01'];
}

function isShort(value: string, type: string): boolean {
  return !/^character/.test(type) || type === 'character varying' || fits(value, type);
}

function unlike(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function sameType(a: string, b: string): boolean {
  const bare = (type: string) =>
    type
      .replace(/\(.*\)/, '')
      .replace(/ with(out)? time zone$/, '')
      .replace(/^(character varying|character|bpchar)$/, 'text');
  return bare(a) === bare(b);
}

/** A value without a meaning, for a column that must have one. */
function neutralOf(column: Column, { labels }: Sources): Value {
  if (!column.required) return null;
  if (column.type === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (column.category === 'B') return false;
  if (column.category === 'N') return 0;
  if (column.category === 'S') return '';
  if (column.category === 'A') return [];
  if (column.category === 'D' && /^(date|timestamp)/.test(column.type)) return '2000-01-01';
  return labels.get(column.type)?.[0] ?? null;
}
