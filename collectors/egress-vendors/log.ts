import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { SourceUnreadable } from '../define.ts';
import type { Expect } from './schema.ts';

/** A longer line is no line of a log; it is counted as unreadable and never held whole. */
const MOST_CHARACTERS = 1_000_000;

/** The mapped fields of one line, as they are written; undefined where the line has no such field. */
export type Line = Partial<Record<keyof Expect['mapping'], string>>;

/**
 * The lines of a log, one after the other, so that memory does not grow with it; null for one that cannot be read. A name
 * that ends with `.gz` is unpacked on the way. Throws SourceUnreadable when the file cannot be opened, or lacks a column.
 */
export async function* linesOf(file: string, expect: Expect, signal: AbortSignal): AsyncGenerator<Line | null> {
  const text = textOf(file, signal);
  try {
    if (expect.format === 'csv') yield* csvLines(text, expect);
    else if (expect.format === 'columns') yield* columnLines(text, expect);
    else yield* jsonLines(text, expect);
  } catch (error) {
    throw logFailure(error);
  } finally {
    text.destroy();
  }
}

/** Why a log cannot be read, in our own words. */
export function logFailure(error: unknown): SourceUnreadable {
  if (error instanceof SourceUnreadable) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return new SourceUnreadable('denied', 'The log may not be read.');
  if (code === 'ENOENT') return new SourceUnreadable('configuration', 'There is no log of that name.');
  if (code === 'EISDIR') return new SourceUnreadable('configuration', 'What the source names is a folder, not a log.');
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new SourceUnreadable('schema', 'The log is named as gzip, but cannot be unpacked to its end.');
  if (typeof code === 'string' && code.startsWith('CSV_'))
    return new SourceUnreadable('schema', 'The log is not CSV in the declared form.');
  return new SourceUnreadable('transient', 'The log could not be read to its end this time.');
}

function textOf(file: string, signal: AbortSignal): Readable {
  const bytes = createReadStream(file, { signal, highWaterMark: 256 * 1024 });
  if (!file.endsWith('.gz')) return bytes;
  const text = new PassThrough();
  // The error reaches whoever reads.
  pipeline(bytes, createGunzip(), text).catch((error: Error) => text.destroy(error));
  return text;
}

async function* csvLines(text: Readable, { delimiter, columns, mapping }: Expect): AsyncGenerator<Line | null> {
  const skipped = { count: 0 };
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: MOST_CHARACTERS,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: () => {
      skipped.count += 1;
    },
  });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  const records: AsyncIterable<string[]> = parser;
  let at = columns === undefined ? undefined : placesOf(columns, mapping);
  for await (const record of records) {
    if (at === undefined) at = placesOf(record, mapping);
    else yield lineOf(record, at);
    for (; skipped.count > 0; skipped.count -= 1) yield null;
  }
  for (; skipped.count > 0; skipped.count -= 1) yield null;
}

async function* columnLines(text: Readable, { columns, mapping }: Expect): AsyncGenerator<Line | null> {
  let at = columns === undefined ? undefined : placesOf(columns, mapping);
  for await (const line of textLines(text)) {
    if (line === null) yield null;
    else if (line.trim() === '' || line.startsWith('#')) continue;
    else {
      const record = line.trim().split(/\s+/);
      if (at === undefined) at = placesOf(record, mapping);
      else yield lineOf(record, at);
    }
  }
}

async function* jsonLines(text: Readable, { mapping }: Expect): AsyncGenerator<Line | null> {
  const paths = Object.entries(mapping).map(([field, path = '']) => [field, path.split('.')] as const);
  for await (const line of textLines(text)) {
    if (line?.trim() === '') continue;
    const value = line === null ? undefined : parsed(line);
    if (typeof value !== 'object' || value === null) yield null;
    else yield Object.fromEntries(paths.flatMap(([field, path]) => entryOf(field, path, value)));
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function entryOf(field: string, path: readonly string[], value: object): [string, string][] {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return [];
    at = Reflect.get(at, key);
  }
  return typeof at === 'string' || typeof at === 'number' ? [[field, String(at)]] : [];
}

/** Lines of a text; null for one that is too long, of which nothing is kept. */
async function* textLines(text: Readable): AsyncGenerator<string | null> {
  text.setEncoding('utf8');
  const chunks: AsyncIterable<string> = text;
  let rest = '';
  let tooLong = false;
  for await (const chunk of chunks) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield tooLong ? null : line.replace(/\r$/, '').replace(/^\uFEFF/, '');
      tooLong = false;
    }
    if (rest.length > MOST_CHARACTERS) {
      rest = '';
      tooLong = true;
    }
  }
  if (tooLong) yield null;
  else if (rest !== '') yield rest.replace(/\r$/, '');
}

type Places = readonly (readonly [field: string, index: number])[];

function placesOf(columns: readonly string[], mapping: Expect['mapping']): Places {
  return Object.entries(mapping).map(([field, column]) => {
    const index = columns.findIndex((name) => name.replace(/^\uFEFF/, '').trim() === column);
    if (index === -1)
      throw new SourceUnreadable('schema', `The log has no column that the mapping names as its \`${field}\`.`);
    return [field, index];
  });
}

function lineOf(record: readonly string[], places: Places): Line {
  return Object.fromEntries(
    places.flatMap(([field, index]) => {
      const value = record[index];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}
