import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { SourceUnreadable } from '../define.ts';
import type { Expect } from './schema.ts';

/** One entry of the file: its cells by column (in JSON by path), and the line or number that errors may name. */
export type Line = { place: string; cell: (column: string) => unknown };

/** What a file holds: its entries, the columns that it has, and what it says about itself. */
export type Table = { lines: Line[]; hasColumn: (column: string) => boolean; total: unknown; exportedAt: unknown };

/** Reads the text of an export. Throws SourceUnreadable of kind `schema`, and never quotes what it read. */
export function readTable(text: string, format: 'csv' | 'json', expect: Expect): Table {
  return format === 'csv' ? readCsv(text, expect) : readJson(text, expect);
}

function readCsv(text: string, { columns, total, exportedAt }: Expect): Table {
  const records = csvRecords(text);
  const start = records.findIndex(({ record }) => record.includes(columns.key));
  const header = records[start]?.record;
  if (header === undefined)
    throw new SourceUnreadable(
      'schema',
      'No line of the file has the column that `columns.key` names; commas stand between columns.',
    );
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice !== undefined) throw new SourceUnreadable('schema', 'Two columns of the file have the same name.');
  const notes = new Map<string, string>();
  const isNote = (record: readonly string[]) => {
    const [label = '', value = '', ...more] = record;
    if ((label !== total && label !== exportedAt) || more.some((cell) => cell !== '')) return false;
    // An account of that name would otherwise be no entry, and say how many there are.
    if (notes.has(label)) throw new SourceUnreadable('schema', 'The file says its total or its date twice.');
    notes.set(label, value);
    return true;
  };
  for (const { record } of records.slice(0, start)) isNote(record);
  const lines = records.slice(start + 1).flatMap(({ record, line }): Line[] => {
    if (isNote(record)) return [];
    if (record.length !== header.length)
      throw new SourceUnreadable(
        'schema',
        `Line ${line} of the file has ${record.length} cells, and ${header.length} columns are named.`,
      );
    return [{ place: `Line ${line}`, cell: (column) => record[header.indexOf(column)] }];
  });
  const note = (label: string | undefined) => (label === undefined ? undefined : notes.get(label));
  return { lines, hasColumn: (column) => header.includes(column), total: note(total), exportedAt: note(exportedAt) };
}

const Records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

function csvRecords(text: string): { record: string[]; line: number }[] {
  try {
    const parsed: unknown = parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
    });
    return Records.parse(parsed).map(({ record, info }) => ({ record, line: info.lines }));
  } catch {
    throw new SourceUnreadable('schema', 'The file is not valid CSV (RFC 4180).');
  }
}

function readJson(text: string, { rows, total, exportedAt }: Expect): Table {
  const file = jsonOf(text);
  const list = rows === undefined ? file : at(file, rows);
  if (!Array.isArray(list)) throw new SourceUnreadable('schema', 'There is no list at the path that `rows` names.');
  const items: unknown[] = list;
  const lines = items.map((item, index): Line => ({ place: `Entry ${index + 1}`, cell: (column) => at(item, column) }));
  return {
    lines,
    hasColumn: (column) => items.length === 0 || items.some((item) => at(item, column) !== undefined),
    total: total === undefined ? undefined : at(file, total),
    exportedAt: exportedAt === undefined ? undefined : at(file, exportedAt),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new SourceUnreadable('schema', 'The file is not valid JSON.');
  }
}

/** What stands at a path such as `profile.email`. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((whole, step) => {
    if (typeof whole !== 'object' || whole === null || !Object.hasOwn(whole, step)) return undefined;
    return Reflect.get(whole, step);
  }, value);
}
