import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../cli/main.ts';
import { makeKeys } from '../../ledger/keys/private.ts';

/** A company’s folder in a temporary place: its content and one collector of its own, which reads a JSON file. */
export async function makeCompany(files: Record<string, string> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'candor-company-'));
  for (const [path, text] of Object.entries({ ...basics, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** What a command printed, and its exit code. */
export type Ran = { code: number; out: string; err: string };

/** Runs a command line in a company’s folder. */
export async function run(root: string, argv: string[], options: Partial<RunOptions> = {}): Promise<Ran> {
  const ran: Ran = { code: -1, out: '', err: '' };
  ran.code = await main(argv, {
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
    interactive: false,
    environment: {
      STORE_FILE: join(root, 'store.json'),
      STORE_PASSWORD: SECRET,
      CANDOR_KEYS: KEYS,
      CANDOR_STATE: join(root, 'state'),
      ...options.environment,
    },
    cwd: root,
    now: () => new Date(options.now ?? '2026-11-03T09:00:00Z'),
    signal: options.signal ?? new AbortController().signal,
  });
  return ran;
}

/** Keys that are thrown away with the company. */
export const KEYS = makeKeys();

type RunOptions = { environment: Record<string, string | undefined>; now: string; signal: AbortSignal };

/** A password that must never be seen again. */
export const SECRET = 'correct-horse-battery';

const rootOfCandor = join(import.meta.dirname, '..', '..');

const basics = {
  'content/organization.yaml': `name: Quill
legalName: Quill Ltd
product: Quill
summary: A product.
url: https://quill.example
trustUrl: https://trust.quill.example
country: CH
timeZone: Europe/Zurich
contacts:
  security: security@quill.example
`,
  'content/sections/isolation.yaml': 'title: Isolation\norder: 1\n',
  'content/claims/isolation/rows.mdx': `---
title: Each row belongs to one tenant
status: in-place
evidence: [store/import-rows#rows-have-an-owner]
---
Each row names its owner.
`,
  'content/sources/store.yaml': `kind: import
title: Store
environment: demo
connection: { file: $STORE_FILE, password: $STORE_PASSWORD }
collect:
  import-rows: { every: 24h, validFor: 48h, expect: { owner: owner } }
`,
  'store.json': JSON.stringify([{ owner: 'a' }, { owner: 'b' }]),
  'collectors/import-rows/collector.ts': `
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { z } from '${join(rootOfCandor, 'node_modules/zod/index.js')}';
import { defineCollector, SourceUnreadable } from '${join(rootOfCandor, 'collectors/define.ts')}';

export default defineCollector({
  id: 'import-rows',
  title: 'Rows of a file',
  topic: 'isolation',
  source: 'import',
  method: 'EXAMINE',
  permissions: ['reading the file'],
  expect: z.strictObject({ owner: z.string().default('owner') }),
  raw: z.array(z.record(z.string(), z.unknown())),
  facts: z.strictObject({ rows: z.int() }),
  checks: {
    'rows-have-an-owner': { title: 'Each row has an owner', statement: 'Each row of the file names its owner.' },
  },
  reproduce: () => ['read the file'],
  collect: async ({ connection, signal, progress }) => {
    progress('reading');
    const text = await readFile(connection.file, 'utf8').catch(() => { throw new SourceUnreadable('denied', 'The file cannot be read.'); });
    if (text === 'hang') await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (text === 'bug') throw new TypeError('row 17 holds ' + connection.password);
    return JSON.parse(text);
  },
  assess: (rows, { owner }) => ({
    population: { description: 'the rows of the file', queryDigest: createHash('sha256').update('all').digest('hex'), count: rows.length, complete: !rows.some((row) => row.partial) },
    findings: rows.map((row, index) => ({
      check: row.check ?? 'rows-have-an-owner',
      subject: 'row ' + (index + 1),
      outcome: row[owner] ? 'passed' : 'failed',
      reason: row.reason ?? (row[owner] ? 'It names its owner.' : 'It names no owner.'),
    })),
    facts: { rows: rows.length, ...(rows[0]?.facts ?? {}) },
  }),
});
`,
};
