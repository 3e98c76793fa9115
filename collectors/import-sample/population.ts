import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import type { Item } from '../../posture/sampling/attributes.ts';
import { SourceUnreadable } from '../define.ts';
import { filterWords } from '../sampling/declaration.ts';
import { fieldsOfAll, requireFields } from '../sampling/fields.ts';
import type { Sampler } from '../sampling/sampler.ts';
import { belongs, idOf } from './rows.ts';
import type { Expect } from './schema.ts';

/** Ids that are handed on at a time. */
const BATCH = 1_000;
/** A line longer than this is no line of a table. */
const MAX_LINE = 1024 * 1024;

const Header = z.array(z.string());
const Row = z.record(z.string(), z.string());

/** Streams the lines of a CSV file (RFC 4180) with a header; one line is in memory, and those that are wanted. */
export const sampler: Sampler<Expect> = {
  filters: ({ population }) => population.where.map(filterWords),
  query: ({ population: { what: _, ...query } }) => JSON.stringify(query),
  read: async ({ connection, expect }, wanted, work) => {
    const { file } = connection;
    if (file === undefined) throw new SourceUnreadable('configuration', 'The source names no `file` to read.');
    const handle = await open(file, 'r').catch(fail);
    const kept = new Map<number, Item>();
    try {
      const before = await handle.stat();
      const ids = async function* () {
        yield* idsOf(handle.createReadStream({ autoClose: false, start: 0 }), expect, (item, position) => {
          if (wanted.has(position)) kept.set(position, item);
        });
        const after = await handle.stat();
        if (after.size !== before.size || after.mtimeMs !== before.mtimeMs)
          throw new SourceUnreadable('transient', 'The file changed while it was read.');
      };
      return await work({ ids, item: async ({ position }) => kept.get(position) });
    } finally {
      await handle.close();
    }
  },
};

async function* idsOf(
  stream: NodeJS.ReadableStream,
  expect: Expect,
  see: (item: Item, position: number) => void,
): AsyncGenerator<string[]> {
  const { key, at, where, delimiter } = expect.population;
  const declared = [key, at, ...where.map(({ field }) => field), ...fieldsOfAll(expect.attributes)];
  const parser = stream.pipe(
    parse({
      bom: true,
      delimiter,
      info: true,
      // Of each line: one that ends otherwise than the header does would get the end of it into its last cell.
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: MAX_LINE,
      columns: (cells: unknown) => {
        const header = Header.parse(cells);
        if (new Set(header).size < header.length)
          throw new SourceUnreadable('schema', 'The header names a column twice.');
        requireFields(declared, new Set(header), 'The file');
        return header;
      },
    }),
  );
  stream.on('error', (error) => parser.destroy(error));
  const Entry = z.object({ record: Row, info: z.object({ lines: z.int() }) });
  let [last, position, batch]: [string | undefined, number, string[]] = [undefined, 0, []];
  try {
    for await (const entry of parser) {
      const { record, info } = Entry.parse(entry);
      if (!belongs(record, info.lines, expect)) continue;
      last = idOf(record, info.lines, last, expect);
      position += 1;
      see(record, position);
      batch.push(last);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    throw failure(error);
  }
  if (batch.length > 0) yield batch;
}

function fail(error: unknown): never {
  throw failure(error);
}

/** In words of our own: what a parser says may quote a cell. */
function failure(error: unknown): unknown {
  if (error instanceof CsvError) {
    const place = typeof error.lines === 'number' ? `, by line ${error.lines}` : '';
    return new SourceUnreadable('schema', `The file is no proper CSV${place} (${error.code}).`);
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return new SourceUnreadable('denied', 'The file may not be read.');
  if (code === 'ENOENT') return new SourceUnreadable('configuration', 'There is no file of that name.');
  if (typeof code === 'string')
    return new SourceUnreadable('transient', `The file could not be read this time (${code}).`);
  return error;
}
