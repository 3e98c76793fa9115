import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSamples } from '../../../ledger/samples/store.ts';
import { KEYS, makeCompany } from '../../cli/company.ts';

// `candor sample` is killed with SIGKILL at changes of the file system all through a commitment and a draw, and run again.
const repository = join(import.meta.dirname, '..', '..', '..');
const source = `kind: import
title: Exported changes
environment: demo
connection: { file: changes.csv }
collect:
  import-sample:
    expect:
      population:
        what: Changes that were closed
        key: id
        order: number
        at: closed_at
        window: { from: 2026-01-01, until: 2026-02-01 }
      attributes:
        has-an-author: { title: It has an author, test: { field: author, present: true } }
      seed: { auditor: true }
`;
const commit = ['commit', 'log/import-sample'];
const draw = ['draw', '1', '--seed', 'the seed of the auditor'];

let company: string;
beforeAll(async () => {
  const rows = Array.from({ length: 80 }, (_, i) => `${i + 1},ada,2026-01-15\n`);
  company = await makeCompany({
    'content/sources/log.yaml': source,
    'changes.csv': `id,author,closed_at\n${rows.join('')}`,
  });
});
afterAll(() => rm(company, { recursive: true, force: true }));

type Ended = { code: number | null; signal: string | null; err: string };

/** Runs the command in a folder; it dies at a change of the file system, or lives when that is 0. */
function run(root: string, words: string[], killAt: number): Promise<Ended> {
  const preload = ['--import', join(repository, 'test/ledger/writer/kill-at.ts')];
  const child = spawn(process.execPath, [...preload, join(repository, 'cli/bin.ts'), 'sample', ...words], {
    cwd: root,
    env: {
      ...process.env,
      CANDOR_KEYS: KEYS,
      CANDOR_STATE: join(root, 'state'),
      KILL_AT: String(killAt),
      NODE_COMPILE_CACHE: join(company, 'compiled'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, err })));
}

async function copyOf(from: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'candor-killed-'));
  await cp(from, copy, { recursive: true });
  return copy;
}

/** Kills the command at points spread over all of its changes; after each, `look` sees what is left in a copy. */
async function killed(from: string, words: string[], look: (root: string) => Promise<void>): Promise<void> {
  const whole = await copyOf(from);
  const { code, err } = await run(whole, words, 0);
  expect(code, err).toBe(0);
  await rm(whole, { recursive: true, force: true });
  const points = Number(/(\d+) points/.exec(err)?.[1]);
  expect(points).toBeGreaterThan(20);
  const at = Array.from({ length: 6 }, (_, index) => 1 + Math.floor((index * (points - 1)) / 5));
  for (const point of at) {
    const root = await copyOf(from);
    const ended = await run(root, words, point);
    expect(ended.signal, `point ${point} of ${points}: ${ended.err}`).toBe('SIGKILL');
    await look(root);
    await rm(root, { recursive: true, force: true });
  }
}

test('a commitment that was cut off is there wholly or not at all, and the next one finds its number', async () => {
  await killed(company, commit, async (root) => {
    const again = await run(root, commit, 0);
    expect(again.code, again.err).toBe(0);
    const samples = await readSamples(join(root, 'content'));
    expect(samples.map(({ commitment: { number, attempt } }) => [number, attempt])).toEqual(
      samples.length === 1
        ? [[1, 1]]
        : [
            [1, 1],
            [2, 2],
          ],
    );
  });
}, 300_000);

test('a draw that was cut off is drawn again with the same result, or is there already', async () => {
  const committed = await copyOf(company);
  expect((await run(committed, commit, 0)).code).toBe(0);
  const results = new Set<string>();
  await killed(committed, draw, async (root) => {
    const { code, err } = await run(root, draw, 0);
    if (code !== 0) expect(err).toMatch(/SampleDrawnBefore/);
    const [sample] = await readSamples(join(root, 'content'));
    results.add(JSON.stringify(sample?.drawn?.draw.result));
    const picks = await readFile(join(root, 'content/ledger/audit-samples/1/picks.json'), 'utf8');
    expect(JSON.parse(picks).picks).toHaveLength(sample?.commitment.size ?? 0);
  });
  expect(results.size).toBe(1);
  await rm(committed, { recursive: true, force: true });
}, 300_000);
