import { readFile } from 'node:fs/promises';
import { type CollectContext, defineCollector, SourceUnreadable } from '../../index.ts';
import { assess } from './assess.ts';
import { Expect, Facts, Raw, Register } from './schema.ts';

export default defineCollector({
  id: 'example-register',
  title: 'Example register',
  topic: 'registers',
  source: 'import',
  method: 'EXAMINE',
  permissions: ['To read one exported JSON file.'],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'every-entry-has-an-owner': {
      title: 'Every entry has an owner',
      statement: 'Each entry of the register names somebody who is responsible for it.',
    },
    'every-entry-was-reviewed': {
      title: 'Every entry was reviewed in time',
      statement: 'The last review of each entry is not older than the declared number of days.',
    },
  },
  reproduce: ({ reviewedWithinDays }) => [
    'Export the register, and look for entries whose `owner` is empty.',
    `Sort it by \`reviewedOn\`, and look for entries older than ${reviewedWithinDays} days.`,
  ],
  collect: (context) => read(context, readFile),
  assess,
  doctor: async (context) => {
    const { entries, total } = await read(context, readFile);
    return [{ level: 'ok', message: `The register can be read: ${entries.length} of ${total} entries.` }];
  },
});

type ReadFile = (file: string, options: { encoding: 'utf8'; signal: AbortSignal }) => Promise<string>;

/** Reads the exported file. Throws SourceUnreadable, always in words of our own: a parser’s message may quote data. */
export async function read({ connection, signal }: CollectContext<Expect>, readText: ReadFile): Promise<Raw> {
  const { file } = connection;
  if (file === undefined) throw new SourceUnreadable('configuration', 'The source names no `file` to read.');
  const text = await readText(file, { encoding: 'utf8', signal }).catch(fail);
  const { total, entries } = parse(text);
  return {
    readOn: new Date().toISOString().slice(0, 10),
    total,
    entries: entries.map(({ id, owner, reviewedOn }) => ({ id, owned: (owner ?? '').trim() !== '', reviewedOn })),
  };
}

function parse(text: string) {
  try {
    return Register.parse(JSON.parse(text));
  } catch {
    throw new SourceUnreadable('schema', 'The file is not a register in the form that this collector knows.');
  }
}

function fail(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') throw new SourceUnreadable('denied', 'The file may not be read.');
  if (code === 'ENOENT') throw new SourceUnreadable('configuration', 'There is no file of that name.');
  throw new SourceUnreadable('transient', 'The file could not be read this time.');
}
