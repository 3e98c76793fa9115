import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSamples } from '../../../ledger/samples/store.ts';
import { allPassed, makeBench, refused, type SampleBench } from '../sampling/harness.ts';
import { ROUND_AT, roundSeed } from '../sampling/rounds.ts';

let folder: string;
let file: string;
let bench: SampleBench;

function declaration(population: Record<string, unknown> = {}) {
  return {
    population: {
      what: 'Changes that were closed',
      key: 'number',
      order: 'number',
      at: 'closed_at',
      window: { from: '2026-07-01', until: '2026-09-01' },
      where: [{ field: 'kind', oneOf: ['normal', 'urgent'] }],
      ...population,
    },
    attributes: {
      'within-sla': { title: 'Closed within four hours', test: { field: 'closed_at', within: '4h', of: 'opened_at' } },
      'approved-by-somebody-else': {
        title: 'Somebody else approved it',
        test: { field: 'approver', differsFrom: 'author' },
      },
    },
    seed: { beacon: 'quicknet', after: '1h' },
  };
}

const header = 'number,kind,author,approver,opened_at,closed_at,note\n';
const line = (number: number, changes: Record<string, string> = {}) => {
  const cells = {
    number: String(number),
    kind: number % 7 === 0 ? 'standard' : 'normal',
    author: 'Ada Canary',
    approver: 'Bob Canary',
    opened_at: '2026-08-01T08:00:00Z',
    closed_at: '2026-08-01 11:59:59+00',
    note: '"a ""note"", of two\nlines"',
    ...changes,
  };
  return `${Object.values(cells).join(',')}\n`;
};
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index + 1));

async function write(body: readonly string[], top = header): Promise<void> {
  await writeFile(file, `\ufeff${top}${body.join('')}`);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-csv-'));
  file = join(folder, 'changes.csv');
  await write(lines(70));
  bench = await makeBench('import-sample', { file }, declaration());
});
afterEach(async () => {
  await bench.place.remove();
  await rm(folder, { recursive: true, force: true });
});

async function drawn() {
  await bench.commit();
  bench.clock.now = ROUND_AT;
  return bench.draw(1, roundSeed);
}

test('passed: the lines of the period and kind, all within four hours', async () => {
  expect((await bench.commit()).population).toMatchObject({
    count: 60,
    filters: ['kind is one of normal, urgent'],
    description: 'Changes that were closed',
  });
  bench.clock.now = ROUND_AT;
  await bench.draw(1, roundSeed);
  const { outcomes, record } = await bench.look();
  expect(outcomes).toEqual(allPassed);
  expect(JSON.stringify(record)).not.toMatch(/Canary|closed_at|changes\.csv/);
});

test('failed: every line took a second too long', async () => {
  await write(Array.from({ length: 70 }, (_, index) => line(index + 1, { closed_at: '2026-08-01T12:00:01Z' })));
  expect((await drawn()).result).toMatchObject({ deviations: 38 });
  expect((await bench.look()).outcomes).toEqual({ ...allPassed, 'deviations-within-tolerable-rate': 'failed' });
});

test('failed: an approver is missing, which is a deviation', async () => {
  await write(Array.from({ length: 70 }, (_, index) => line(index + 1, { approver: ' ' })));
  expect((await drawn()).result?.attributes).toMatchObject([
    { id: 'within-sla', deviations: 0 },
    { id: 'approved-by-somebody-else', deviations: 38, unavailable: 38 },
  ]);
});

test('a line that was added, removed or renumbered after the commitment is found', async () => {
  await bench.commit();
  bench.clock.now = ROUND_AT;
  for (const body of [[...lines(70), line(71)], lines(70).slice(1), lines(70).with(69, line(80))]) {
    await write(body);
    expect(await refused(bench.draw(1, roundSeed))).toMatch(/^SamplePopulationChanged/);
  }
  await write(lines(70));
  expect((await bench.draw(1, roundSeed)).result).not.toBeNull();
});

test('lines that end otherwise than the header does belong to the population all the same', async () => {
  const declared = declaration({ where: [{ field: 'kind', equals: 'normal' }] });
  bench.expect = { ...declared, attributes: { a: { title: 'A', test: { field: 'kind', present: true } } } };
  const ends = ['\n', '\r\n', '\r'];
  const body = Array.from({ length: 9 }, (_, i) => `${i + 1},2026-08-01,normal${ends[i % 3]}`).join('');
  for (const end of ends) {
    await writeFile(file, `number,closed_at,kind${end}${body}`);
    expect((await bench.commit()).population.count).toBe(9);
  }
});

test('a filter in many words is committed to, and one in too many is not declared', async () => {
  const kinds = (count: number) => Array.from({ length: count }, (_, i) => `${i}`.padStart(98, 'k'));
  bench.expect = declaration({ where: [{ field: 'kind', oneOf: ['normal', ...kinds(9)] }] });
  const { population } = await bench.commit();
  expect(population.filters[0]).toHaveLength('kind is one of normal'.length + 9 * 100);
  bench.expect = declaration({ where: [{ field: 'kind', oneOf: kinds(10) }] });
  expect(() => bench.job()).toThrow('must take at most 1000 characters in words');
});

test('partial: a line that does not say whether it belongs to the population', async () => {
  for (const changes of [{ closed_at: '' }, { closed_at: 'yesterday' }, { kind: '' }]) {
    await write([...lines(69), line(71, changes)]);
    expect(await refused(bench.commit())).toMatch(/Line \d+ does not say whether it belongs to the population\.$/);
  }
  // One that is out by another column is out.
  await write([...lines(69), line(71, { closed_at: '', kind: 'standard' })]);
  expect((await bench.commit()).population.count).toBe(60);
});

test.each([
  ['twice the same id', [line(1), line(1)], declaration()],
  ['unsorted', [line(2), line(1)], declaration()],
  ['sorted as text, not as numbers', [line(10), line(9)], declaration()],
  ['sorted as numbers, not as text', [line(9), line(10)], declaration({ order: 'text' })],
  ['no id', [line(1), line(2, { number: '' })], declaration()],
  ['an id that is no number', [line(1), line(2, { number: '2x' })], declaration()],
  ['a line that is too short', [line(1), '2,normal\n'], declaration()],
  ['a quote that does not end', [line(1), '2,normal,"Ada\n'], declaration()],
  ['a column that is not there', [line(1)], declaration({ key: 'id' })],
])('refused: %s', async (_, body, declared) => {
  await write(body);
  bench.expect = declared;
  expect(await refused(bench.commit())).toMatchSnapshot();
  expect(await readSamples(bench.place.content)).toEqual([]);
});

test('refused: a header that names a column twice', async () => {
  await write(lines(3), header.replace('note', 'kind'));
  expect(await refused(bench.commit())).toMatch(/The header names a column twice\.$/);
});

test('denied: the file may not be read', async () => {
  await chmod(file, 0o000);
  const told = await refused(bench.commit());
  // The superuser may read everything.
  if (process.getuid?.() !== 0) expect(told).toMatch(/The file may not be read\.$/);
  bench.connection = {};
  expect(await refused(bench.commit())).toMatch(/The source names no `file` to read\.$/);
});

test('transient error: what is there is no file', async () => {
  bench.connection = { file: folder };
  expect(await refused(bench.commit())).toMatch(/could not be read this time \(EISDIR\)\.$/);
  bench.connection = { file: join(folder, 'none.csv') };
  expect(await refused(bench.commit())).toMatch(/There is no file of that name\.$/);
});

test('transient error: the file grows while it is read', async () => {
  const { sampler } = await import('../../../collectors/import-sample/population.ts');
  const { Expect } = await import('../../../collectors/import-sample/schema.ts');
  const context = { ...bench.job().context, expect: Expect.parse(declaration()) };
  const reading = sampler.read(context, new Set(), async (population) => {
    for await (const _ of population.ids()) await writeFile(file, 'number\n');
  });
  await expect(reading).rejects.toThrow('The file changed while it was read.');
});

test('empty: a file without a line, and one without the period', async () => {
  await write([]);
  expect(await refused(bench.commit())).toMatch(/^SamplePopulationEmpty/);
  await write(lines(70));
  bench.expect = declaration({ window: { from: '2025-01-01', until: '2025-02-01' } });
  expect(await refused(bench.commit())).toMatch(/^SamplePopulationEmpty/);
});

test('other delimiters, days for instants, ids as text', async () => {
  const declared = declaration({ order: 'text', delimiter: ';', where: [] });
  bench.expect = declared;
  await writeFile(
    file,
    'number;author;approver;opened_at;closed_at\nA-1;a;b;2026-08-01;2026-08-02\nA-2;a;b;2026-08-01;2026-08-01\n',
  );
  bench.expect = {
    ...declared,
    attributes: {
      'within-sla': { title: 'Closed within a day', test: { field: 'closed_at', within: '1d', of: 'opened_at' } },
    },
  };
  expect((await drawn()).result).toMatchObject({ size: 2, deviations: 0 });
});
