import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { listIds } from '../../collectors/sampling/ids.ts';
import { saltFor } from '../../collectors/sampling/job.ts';
import { SampleCommitment, SampleDraw, type SamplePick, SamplePicks, type SampleSeed } from '../../schemas/index.ts';
import { makeBench, type SampleBench } from '../collectors/sampling/harness.ts';
import { ROUND_AT, roundSeed } from '../collectors/sampling/rounds.ts';

const script = join(import.meta.dirname, '../../examples/redraw/redraw.py');
const python = ['python3', 'python'].find((name) => spawnSync(name, ['--version']).status === 0) ?? '';

/** What the company publishes, and what it hands to its auditor. */
let handed: string;
let salt: string;
let folder: string;
let bench: SampleBench;

beforeAll(async () => {
  handed = await mkdtemp(join(tmpdir(), 'candor-redraw-'));
  const rows = Array.from(
    { length: 400 },
    (_, i) => `Ä-${String(i).padStart(4, '0')},2026-08-01,${i % 40 === 0 ? '' : 'ada'}\n`,
  );
  await writeFile(join(handed, 'rows.csv'), `id,at,by\n${rows.join('')}`);
  bench = await makeBench(
    'import-sample',
    { file: join(handed, 'rows.csv') },
    {
      population: { what: 'Changes', key: 'id', at: 'at', window: { from: '2026-07-01', until: '2026-09-01' } },
      attributes: {
        'has-an-author': { title: 'It has an author', test: { field: 'by', present: true } },
        'is-dated': { title: 'It is dated', test: { field: 'at', present: true } },
      },
      seed: { beacon: 'quicknet' },
    },
  );
  await handOver(roundSeed);
});
afterAll(async () => {
  await bench.place.remove();
  await rm(handed, { recursive: true, force: true });
});

/** Commits, draws, and puts all that an auditor gets into the folder. */
async function handOver(seed: SampleSeed): Promise<void> {
  const commitment = await bench.commit();
  bench.clock.now = ROUND_AT + 1000;
  await bench.draw(commitment.number, seed);
  salt = saltFor(commitment, bench.place.keys).toString('hex');
  let ids = '';
  await listIds(bench.job(), (lines) => {
    ids += lines;
  });
  await writeFile(join(handed, 'ids.txt'), ids);
  await cp(join(bench.place.content, 'ledger/audit-samples', String(commitment.number)), handed, { recursive: true });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-redraw-'));
  await cp(handed, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the script; the lines after the list of drawn items. */
function redraw(secret = salt): { code: number | null; verdict: string; listed: number } {
  const { status, stdout, stderr } = spawnSync(python, [script, folder, join(folder, 'ids.txt'), secret], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  const [list = '', verdict = ''] = `${stdout}${stderr}`.split('\n\n');
  return { code: status, verdict: verdict.replace(/[0-9a-f]{64}/g, '…'), listed: list.split('\n').length };
}

/** A way to change one of the published files, and what the script says to it. */
function edit<T>(file: string, shape: z.ZodType<T>, change: (value: T) => unknown, sentence: string) {
  const apply = async () => {
    const value = shape.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    change(value);
    await writeFile(join(folder, file), JSON.stringify(value));
  };
  return { file, sentence, apply };
}
const inCommitment = (sentence: string, change: (value: SampleCommitment) => unknown) =>
  edit('commitment.json', SampleCommitment, change, sentence);
const inDraw = (sentence: string, change: (value: SampleDraw, result: NonNullable<SampleDraw['result']>) => unknown) =>
  edit('draw.json', SampleDraw, (value) => value.result && change(value, value.result), sentence);
const inPicks = (sentence: string, change: (picks: SamplePick[], first: SamplePick) => unknown) =>
  edit('picks.json', SamplePicks, ({ picks }) => picks[0] && change(picks, picks[0]), sentence);

describe.skipIf(python === '')('a script that shares no code with this project draws the sample again', () => {
  test('and agrees, with a round of the beacon', () => {
    const { code, verdict, listed } = redraw();
    expect(verdict).toMatchInlineSnapshot(`
      "It agrees: 55 of 400 items, 1 of them deviating, at most 31 in the population with 95 % confidence.
      "
    `);
    expect({ code, listed }).toEqual({ code: 0, listed: 55 });
  });

  test('and agrees, with a seed of the auditor’s', async () => {
    const before = { connection: bench.connection, expect: bench.expect };
    bench.expect = { ...before.expect, seed: { auditor: true } };
    const own = handed;
    handed = folder;
    const first = salt;
    await handOver({ kind: 'auditor', text: '6175 2093 8812' });
    expect(redraw().code).toBe(0);
    [handed, salt, bench.expect] = [own, first, before.expect];
  });

  test('not with another salt', () => {
    expect(redraw('0'.repeat(64)).verdict).toMatch(
      /It does NOT agree:\n {2}- root of the commitment: published is …, but/,
    );
  });

  const ids: [string, (ids: string[]) => string[]][] = [
    ['an id more', (all) => [...all, 'Ä-9999']],
    ['an id less', (all) => all.slice(1)],
    ['two ids in another order', ([first = '', second = '', ...rest]) => [second, first, ...rest]],
    ['another id', (all) => all.with(200, 'Ä-0200x')],
  ];
  test.each(ids)('not with %s in the population', async (_, change) => {
    const all = (await readFile(join(folder, 'ids.txt'), 'utf8')).trimEnd().split('\n');
    await writeFile(
      join(folder, 'ids.txt'),
      change(all)
        .map((id) => `${id}\n`)
        .join(''),
    );
    const { code, verdict } = redraw();
    expect(verdict).toMatch(/root of the commitment/);
    expect(code).toBe(1);
  });

  test.each([
    inCommitment('planned size', (value) => {
      value.size -= 1;
    }),
    inCommitment('planned size', (value) => {
      value.confidence = 0.9;
    }),
    inCommitment('size of the population', ({ population }) => {
      population.count += 1;
    }),
    inCommitment('round of the beacon', ({ seed }) => {
      if (seed.kind === 'beacon') seed.round += 1;
    }),
    inCommitment('the round existed when the commitment was made', (value) => {
      if (value.seed.kind === 'beacon') value.at = value.seed.roundAt;
    }),
    inCommitment('attributes', ({ attributes }) => attributes.pop()),
    inDraw('what is drawn', ({ seed }) => {
      if (seed.kind === 'beacon') seed.signature = `a0${seed.signature.slice(2)}`;
    }),
    inDraw('upper bound of all attributes', (_, result) => {
      result.upperCount -= 1;
    }),
    inDraw('deviations of has-an-author', (_, { attributes: [first] }) => {
      if (first) first.deviations -= 1;
    }),
    inDraw('unavailable items of has-an-author', (_, { attributes: [first] }) => {
      if (first) first.unavailable -= 1;
    }),
    inDraw('deviations of all attributes', (_, result) => {
      result.deviations -= 1;
    }),
    inDraw('number of items', (_, result) => {
      result.size -= 1;
    }),
    inDraw('root of the draw', ({ population }) => {
      population.root = '0'.repeat(64);
    }),
    inDraw('number of the sample', (value) => {
      value.number += 1;
    }),
    inPicks('what is drawn', (picks) => picks.pop()),
    inPicks('what is drawn', (picks) => picks.reverse()),
    inPicks('what is drawn', (_, first) => {
      first.position += 1;
    }),
    inPicks('salted id at position', (_, first) => {
      first.item = '0'.repeat(64);
    }),
    inPicks('does not lead to the root', (picks, first) => {
      first.proof = picks[1]?.proof ?? [];
    }),
    inPicks('deviations of has-an-author', (picks) => {
      for (const { outcomes } of picks) outcomes['has-an-author'] = 'met';
    }),
    inPicks('deviations of is-dated', (_, { outcomes }) => {
      outcomes['is-dated'] = 'deviation';
    }),
  ])('not when $file says another thing: $sentence', async ({ apply, sentence }) => {
    await apply();
    const { code, verdict } = redraw();
    expect(verdict).toContain(sentence);
    expect(code).toBe(1);
  });

  test('the list is named by its digest: one blank more, and it is another', async () => {
    const file = join(folder, 'picks.json');
    await writeFile(file, `${await readFile(file, 'utf8')} `);
    expect(redraw().verdict).toBe('It does NOT agree:\n  - picks.json is not the list that draw.json names\n');
  });

  test.each([
    {
      ...inCommitment('size of the population', ({ population }) => Object.assign(population, { count: 10 })),
      code: 1,
    },
    { ...inCommitment('cannot be read', ({ population }) => Object.assign(population, { count: 0 })), code: 2 },
    { ...inCommitment('cannot be read', (value) => Object.assign(value, { confidence: 1 })), code: 2 },
    { ...inCommitment('cannot be read', (value) => Object.assign(value, { at: 5 })), code: 2 },
    { ...inDraw('There is no result', (value) => Object.assign(value, { result: null })), code: 1 },
  ])('it ends whatever $file says: $sentence', async ({ apply, sentence, code }) => {
    await apply();
    if (sentence === 'There is no result') await rm(join(folder, 'picks.json'));
    const { status, stdout, stderr } = spawnSync(python, [script, folder, join(folder, 'ids.txt'), salt], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(`${stdout}${stderr}`).toContain(sentence);
    expect({ status, trace: stderr.includes('Traceback') }).toEqual({ status: code, trace: false });
  });

  test('what cannot be read is told', async () => {
    await rm(join(folder, 'draw.json'));
    expect(redraw().code).toBe(2);
  });
});
