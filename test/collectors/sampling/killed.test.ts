import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSamples } from '../../../ledger/samples/store.ts';
import { makeCompany, run } from '../../cli/company.ts';
import { killed, left } from '../../cli/killed.ts';

// `candor sample` is killed at changes of the file system all through a commitment and a draw, and run again.
const LOOKS = 10;
const source = `kind: import
title: Exported changes
environment: demo
connection: { file: $CHANGES_FILE }
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

const now = new Date().toISOString();
/** Where the population of a copy lies. */
const exported = (root: string) => ({ CHANGES_FILE: join(root, 'changes.csv') });
const candor = (root: string, words: string[]) => run(root, ['sample', ...words], { now, environment: exported(root) });

async function copyOf(from: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'candor-killed-'));
  await cp(from, copy, { recursive: true });
  return copy;
}

/**
 * Lets `look` see what the command leaves when it is killed: at points spread over all of its changes, at two of which a
 * process really dies.
 */
async function everywhere(from: string, words: string[], look: (root: string) => Promise<void>): Promise<void> {
  const argv = ['sample', ...words];
  const whole = await copyOf(from);
  const remains = await mkdtemp(join(tmpdir(), 'candor-remains-'));
  const { code, err, points } = await killed(whole, argv, { remains }, exported(whole));
  expect(code, err).toBe(0);
  expect(points).toBeGreaterThan(20);
  for (let index = 0; index < LOOKS; index += 1) {
    const point = 1 + Math.floor((index * (points - 1)) / (LOOKS - 1));
    await look(left(remains, point));
    if (index % 5 !== 2) continue;
    const root = await copyOf(from);
    const ended = await killed(root, argv, { killAt: point }, exported(root));
    expect(ended.signal, `point ${point} of ${points}: ${ended.err}`).toBe('SIGKILL');
    await look(root);
    await rm(root, { recursive: true, force: true });
  }
  for (const folder of [whole, remains]) await rm(folder, { recursive: true, force: true });
}

test('a commitment that was cut off is there wholly or not at all, and the next one finds its number', async () => {
  await everywhere(company, commit, async (root) => {
    const again = await candor(root, commit);
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
  expect((await candor(committed, commit)).code).toBe(0);
  const results = new Set<string>();
  await everywhere(committed, draw, async (root) => {
    const { code, err } = await candor(root, draw);
    if (code !== 0) expect(err).toMatch(/SampleDrawnBefore/);
    const [sample] = await readSamples(join(root, 'content'));
    results.add(JSON.stringify(sample?.drawn?.draw.result));
    const picks = await readFile(join(root, 'content/ledger/audit-samples/1/picks.json'), 'utf8');
    expect(JSON.parse(picks).picks).toHaveLength(sample?.commitment.size ?? 0);
  });
  expect(results.size).toBe(1);
  await rm(committed, { recursive: true, force: true });
}, 300_000);
