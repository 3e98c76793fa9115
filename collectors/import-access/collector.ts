import { readFile, stat } from 'node:fs/promises';
import type { PrincipalList } from '../../schemas/index.ts';
import { withReviews } from '../access/assess.ts';
import { type CollectContext, defineCollector, SourceUnreadable } from '../define.ts';
import { assess, checks } from './assess.ts';
import { principalsOf } from './principals.ts';
import { Expect, Facts, Raw } from './schema.ts';
import { readTable } from './table.ts';

type Files = {
  stat: (file: string) => Promise<{ size: number }>;
  readFile: (file: string, options: { signal: AbortSignal }) => Promise<Buffer>;
};

/** An export larger than this is not a list of who has access. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads an export of who can get into a system, and judges the reviews of it. */
export default defineCollector({
  id: 'import-access',
  title: 'Who can get in, by an export',
  topic: 'access',
  source: 'import',
  method: 'EXAMINE',
  permissions: ['To read one exported file, CSV or JSON.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks,
  reproduce: () => [
    'Export the list of users from the system, with its total, and count its lines.',
    'Compare it with the decisions of the last closed review.',
  ],
  collect: async (context, known) => withReviews(await read(context), 'import-access', known),
  principals: ({ list }) => list,
  assess,
  doctor: async (context) => {
    const { principals, reportedTotal } = await read(context);
    const total = reportedTotal === null ? 'it does not say how many there are' : `it says there are ${reportedTotal}`;
    return [{ level: 'ok', message: `The export can be read: ${principals.length} entries; ${total}.` }];
  },
});

/** Reads the export. Throws SourceUnreadable, in words of our own: no cell is ever quoted. */
export async function read(
  { connection, expect, signal }: CollectContext<Expect>,
  files: Files = { stat, readFile },
): Promise<PrincipalList> {
  const { file } = connection;
  if (file === undefined) throw new SourceUnreadable('configuration', 'The source names no `file` to read.');
  const { size } = await files.stat(file).catch(fail);
  if (size > MAX_BYTES)
    throw new SourceUnreadable('schema', 'The file is larger than 64 MB, which no list of users is.');
  const bytes = await files.readFile(file, { signal }).catch(fail);
  const format = expect.format ?? (file.toLowerCase().endsWith('.json') ? 'json' : 'csv');
  return principalsOf(readTable(textOf(bytes), format, expect), expect);
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SourceUnreadable('schema', 'The file is not text in UTF-8.');
  }
}

function fail(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') throw new SourceUnreadable('denied', 'The file may not be read.');
  if (code === 'ENOENT') throw new SourceUnreadable('configuration', 'There is no file of that name.');
  throw new SourceUnreadable('transient', 'The file could not be read this time.');
}
