import { hash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadCollectors } from '../../../collectors/registry.ts';
import { commitSample } from '../../../collectors/sampling/commit.ts';
import { drawSample } from '../../../collectors/sampling/draw.ts';
import type { SampleJob, SampleTools } from '../../../collectors/sampling/job.ts';
import { jsonBytes } from '../../../ledger/files/bytes.ts';
import { sampleFiles } from '../../../ledger/samples/files.ts';
import { keepCommitment, keepDraw } from '../../../ledger/samples/keep.ts';
import { readSamples } from '../../../ledger/samples/store.ts';
import { upperCount } from '../../../posture/sampling/bound.ts';
import { type SampleCommitment, SampleDraw, type SamplePick, SamplePicks } from '../../../schemas/index.ts';
import { BEFORE, ROUND_AT, roundSeed, rounds } from '../../collectors/sampling/rounds.ts';
import { T0 } from '../../posture/worlds.ts';
import { verdictOn } from './forger.ts';
import { makePage, type Page, sign } from './page.ts';

const NOW = T0 + 3_600_000;
/** A page with a sample that was drawn, and one that waits. What tests change is a copy of it. */
let honest: Page;
let page: Page;
let draw: SampleDraw;
let picks: SamplePicks;
let committed: SampleCommitment;

beforeAll(async () => {
  honest = await makePage();
  await writeFile(join(honest.root, 'changes.csv'), `id,at,by\n${lines(200)}`);
  await commitAt(honest, BEFORE);
  await drawAt(honest, ROUND_AT + 1000);
  await honest.collect(T0);
  const [sample] = await readSamples(honest.content);
  if (sample?.drawn === undefined) throw new Error('it was not drawn');
  committed = sample.commitment;
  draw = sample.drawn.draw;
  picks = SamplePicks.parse(JSON.parse(await readFile(join(honest.content, sampleFiles(1).picks), 'utf8')));
});
afterAll(() => honest.remove());

beforeEach(async () => {
  page = await makePage(honest.keys);
  await rm(page.content, { recursive: true });
  await cp(honest.content, page.content, { recursive: true });
});
afterEach(() => page.remove());

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i + 1},2026-08-01,${i === 3 ? '' : 'ada'}\n`).join('');
}

async function jobOf({ root }: Page, window = { from: '2026-07-01', until: '2026-09-01' }): Promise<SampleJob> {
  const collector = (await loadCollectors()).get('import-sample');
  if (collector?.sample === undefined) throw new Error('no sampler');
  return {
    source: 'changes',
    collector: 'import-sample',
    environment: 'production',
    sampler: collector.sample,
    context: {
      connection: { file: join(root, 'changes.csv') },
      expect: collector.expect.parse({
        population: { what: 'Changes', key: 'id', order: 'number', at: 'at', window },
        attributes: { 'has-an-author': { title: 'It has an author', test: { field: 'by', present: true } } },
        seed: { beacon: 'quicknet' },
      }),
      allowIntrusive: false,
      signal: AbortSignal.timeout(60_000),
      progress: () => undefined,
    },
  };
}

function toolsAt({ keys, write }: Page, now: number): SampleTools {
  return { keys, now: () => new Date(now), withLedger: (work) => write(now, work) };
}

async function commitAt(on: Page, now: number, window?: { from: string; until: string }) {
  return commitSample(await jobOf(on, window), toolsAt(on, now));
}

async function drawAt(on: Page, now: number) {
  const [sample] = await readSamples(on.content);
  if (sample === undefined) throw new Error('no sample');
  return drawSample(await jobOf(on), sample, roundSeed, false, toolsAt(on, now));
}

/** What a stranger says of the page as it is kept now. */
async function verdict(): Promise<string> {
  await page.publish(NOW);
  return verdictOn(page, NOW);
}

test('an honest page with a sample that was drawn and one that waits holds, and says so', async () => {
  await writeFile(join(page.root, 'changes.csv'), 'id,at,by\n1,2026-09-10,ada\n');
  await commitAt(page, T0, { from: '2026-09-01', until: '2026-10-01' });
  await page.publish(NOW);
  const { failure, proven } = await page.verify(NOW);
  expect(failure).toBeNull();
  expect(proven).toContain(
    '1 of 2 audit samples were drawn: from the population, in the number and with the seed that were committed to.',
  );
});

test('a page with a sample that was made void holds, and says that it was not drawn', async () => {
  await waiting();
  await writeFile(join(page.root, 'changes.csv'), `id,at,by\n${lines(199)}`);
  const [sample] = await readSamples(page.content);
  if (sample === undefined) throw new Error('no sample');
  await drawSample(await jobOf(page), sample, roundSeed, true, toolsAt(page, ROUND_AT + 2000));
  await page.publish(NOW);
  const { failure, proven } = await page.verify(NOW);
  expect(failure).toBeNull();
  expect(proven.find((each) => each.includes('audit samples'))).toMatchInlineSnapshot(
    `"0 of 1 audit samples were drawn: from the population, in the number and with the seed that were committed to. The population of 1 had changed, so that nothing was drawn."`,
  );
});

test('a changed byte in any file of a sample is found, and the file is named', async () => {
  await page.publish(NOW);
  const folder = join(page.site, 'audit-samples/1');
  const names = (await readdir(folder)).sort();
  expect(names).toMatchInlineSnapshot(`
    [
      "commitment.json",
      "commitment.sigstore.json",
      "commitment.tlog-proof",
      "draw.json",
      "draw.sigstore.json",
      "draw.tlog-proof",
      "picks.json",
    ]
  `);
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    for (const position of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[position] = (changed[position] ?? 0) ^ 1;
      await writeFile(join(folder, name), changed);
      const { failure } = await page.verify(NOW);
      expect(failure?.file).toBe(`audit-samples/1/${name}`);
      // Also for who can sign the list of all files.
      await sign(page.site, page.content, page.keys, NOW);
      const signed = await page.verify(NOW);
      expect(signed.failure?.file, `${name} at ${position}`).toMatch(/^audit-samples\/1\//);
      await writeFile(join(folder, name), bytes);
      await sign(page.site, page.content, page.keys, NOW);
    }
  }
  expect(await verdictOn(page, NOW)).toBe('it holds');
});

test('a file that is left out or added is found', async () => {
  await page.publish(NOW);
  const folder = join(page.site, 'audit-samples/1');
  await rm(join(folder, 'picks.json'));
  await sign(page.site, page.content, page.keys, NOW);
  expect(await verdictOn(page, NOW)).toMatchInlineSnapshot(
    `"audit-samples/1/picks.json: it is missing; the log has this sample."`,
  );
  await page.publish(NOW);
  await cp(folder, join(page.site, 'audit-samples/2'), { recursive: true });
  await sign(page.site, page.content, page.keys, NOW);
  expect(await verdictOn(page, NOW)).toMatchInlineSnapshot(
    `"audit-samples/2/commitment.json: it belongs to no sample in the log."`,
  );
});

/** A pick as one that was changed. */
const other = (pick: SamplePick | undefined, changes: Partial<SamplePick>): SamplePick => {
  if (pick === undefined) throw new Error('no pick');
  return { ...pick, ...changes };
};

describe('what a company with the keys could write instead', () => {
  const commitments: [string, (honest: SampleCommitment) => Partial<SampleCommitment>][] = [
    ['a commitment after its round', () => ({ at: at(ROUND_AT + 2000) })],
    [
      'a round of its own making',
      ({ seed }) => ({ seed: { ...seed, publicKey: 'a'.repeat(192) } as SampleCommitment['seed'] }),
    ],
    [
      'a round that is said to be due later',
      ({ seed }) => ({ seed: { ...seed, roundAt: at(T0) } as SampleCommitment['seed'] }),
    ],
    ['a smaller sample than planned', ({ size }) => ({ size: size - 1 })],
    ['a number that was left out', () => ({ number: 3 })],
    ['an attempt that is not told', () => ({ attempt: 1, seed: { kind: 'auditor' } })],
    [
      'a period that has not ended',
      ({ population }) => ({ population: { ...population, window: { from: at(0), until: at(T0) } } }),
    ],
    [
      'a population that was read after it',
      ({ population }) => ({ population: { ...population, endedAt: at(T0 + 1000) } }),
    ],
    ['an attribute twice', ({ attributes }) => ({ attributes: [...attributes, ...attributes] })],
    ['a result that is due at once', ({ at: made }) => ({ dueAt: made })],
  ];
  test.each(commitments)('%s', async (_, change) => {
    await page.write(T0, (ledger) => {
      const made = T0;
      const base: SampleCommitment = {
        ...committed,
        number: 2,
        attempt: 2,
        at: at(made),
        dueAt: at(made + 1),
        seed: { kind: 'auditor' },
      };
      const beaconed: SampleCommitment = { ...base, seed: committed.seed };
      const changed = change(beaconed);
      return keepCommitment(ledger, {
        ...('seed' in changed || 'at' in changed ? beaconed : base),
        ...changed,
        at: at(made),
      });
    });
    expect(await verdict()).toMatchSnapshot();
  });

  test('a commitment that is dated back behind its round', async () => {
    const made = committed.at;
    const round = Date.parse(committed.seed.kind === 'beacon' ? committed.seed.roundAt : made);
    await waitingAt(round + 60_000);
    await page.write(round + 60_000, (ledger) => keepCommitment(ledger, { ...committed, at: at(round - 1000) }));
    expect(await verdict()).toMatch(/the seed of sample 1 existed when it was made\.$/);
  });

  const draws: [string, (honest: SampleDraw) => Partial<SampleDraw>][] = [
    ['the seed of another round', () => ({ seed: { kind: 'beacon', round: 1000, signature: rounds[1000] } })],
    ['the right round with another signature', () => ({ seed: { ...roundSeed, signature: rounds[1000] } })],
    ['a seed that somebody made up', () => ({ seed: { kind: 'auditor', text: 'a lucky seed' } })],
    ['another population', ({ population }) => ({ population: { ...population, count: 201 } })],
    [
      'a result, though the population had changed',
      ({ population }) => ({ population: { ...population, root: 'a'.repeat(64) } }),
    ],
    ['no result, though it had not', () => ({ result: null })],
    ['fewer items', ({ result }) => ({ result: result && { ...result, size: result.size - 1 } })],
    ['a smaller bound', ({ result }) => ({ result: result && { ...result, upperCount: 1 } })],
    [
      'a smaller bound of an attribute',
      ({ result }) => ({
        result: result && { ...result, attributes: result.attributes.map((each) => ({ ...each, upperCount: 1 })) },
      }),
    ],
    [
      'fewer attributes',
      ({ result }) => ({
        result: result && { ...result, attributes: result.attributes.map((each) => ({ ...each, id: 'other' })) },
      }),
    ],
    [
      'a population that was read before the commitment',
      ({ population }) => ({ population: { ...population, startedAt: at(BEFORE - 1) } }),
    ],
    ['another commitment', ({ commitment }) => ({ commitment: { ...commitment, index: 0 } })],
    ['a sample that was never committed to', () => ({ number: 2 })],
  ];
  test.each(draws)('a draw with %s', async (_, change) => {
    const forged = await waiting();
    await forged.write(ROUND_AT + 2000, (ledger) =>
      keepDraw(ledger, { ...draw, commitment: draw.commitment, ...change(draw) }, picks),
    );
    expect(await verdict()).toMatchSnapshot();
  });

  test('a second draw of the same sample', async () => {
    await page.write(T0, (ledger) => keepDraw(ledger, { ...draw, at: at(T0) }, picks));
    expect(await verdict()).toMatch(/sample 1 was drawn before\.$/);
  });

  const lists: [string, (list: SamplePick[]) => SamplePick[]][] = [
    [
      'an item in the place of another',
      (list) => [other(list[0], { position: 1 + ((list[0]?.position ?? 0) % 200) }), ...list.slice(1)],
    ],
    ['two items in another order', ([first, second, ...rest]) => [other(second, {}), other(first, {}), ...rest]],
    ['an item left out', (list) => list.slice(1)],
    ['an item more', (list) => [...list, other(list[0], {})]],
    ['an item that is not in the population', (list) => [other(list[0], { item: 'b'.repeat(64) }), ...list.slice(1)]],
    ['the proof of another item', (list) => [other(list[0], { proof: list[1]?.proof ?? [] }), ...list.slice(1)]],
    [
      'an outcome that is better than its draw',
      (list) => list.map((pick) => other(pick, { outcomes: { 'has-an-author': 'met' } })),
    ],
    ['an outcome that is not there', (list) => [other(list[0], { outcomes: {} }), ...list.slice(1)]],
    [
      'another attribute',
      (list) => [other(list[0], { outcomes: { 'has-an-author': 'met', more: 'met' } }), ...list.slice(1)],
    ],
  ];
  test.each(lists)('a list with %s', async (_, change) => {
    const forged = await waiting();
    const list = SamplePicks.parse({ ...picks, picks: change(picks.picks) });
    // A draw with a deviation, so that it can be hidden.
    const result = draw.result && {
      ...draw.result,
      ...oneDeviation(draw.result),
      picks: hash('sha256', jsonBytes(list)),
    };
    await forged.write(ROUND_AT + 2000, (ledger) => keepDraw(ledger, { ...draw, result }, list));
    expect(await verdict()).toMatchSnapshot();
  });
});

test('a draw whose total hides a deviation of one of its attributes', async () => {
  const forged = await waiting();
  const [first, ...rest] = picks.picks;
  const list = { ...picks, picks: [other(first, { outcomes: { 'has-an-author': 'unavailable' } }), ...rest] };
  const { deviations, upperCount: bound } = draw.result ?? { deviations: 0, upperCount: 0 };
  expect(deviations).toBe(0);
  const result = draw.result && {
    ...draw.result,
    ...oneDeviation(draw.result),
    deviations,
    upperCount: bound,
    picks: hash('sha256', jsonBytes(list)),
  };
  await forged.write(ROUND_AT + 2000, (ledger) => keepDraw(ledger, { ...draw, result }, list));
  expect(await verdict()).toBe('audit-samples/1/picks.json: its deviations are not those of its draw.');
});

/** The result with one item that deviates. */
function oneDeviation({ size, attributes }: NonNullable<SampleDraw['result']>) {
  const bound = upperCount(0.95, size, 1, 200);
  return {
    deviations: 1,
    upperCount: bound,
    attributes: attributes.map(({ id }) => ({ id, deviations: 1, unavailable: 1, upperCount: bound })),
  };
}

/** A page without samples, whose log was written to at a moment. */
async function waitingAt(now: number): Promise<void> {
  await page.remove();
  page = await makePage(honest.keys);
  await page.collect(now);
}

/** The page while its sample waited. */
async function waiting(): Promise<Page> {
  await page.remove();
  page = await makePage(honest.keys);
  await page.write(BEFORE, async (ledger) => {
    await keepCommitment(ledger, committed);
  });
  return page;
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

test('the shape of a draw is strict', () => {
  expect(SampleDraw.safeParse({ ...draw, note: 'x' }).success).toBe(false);
});
