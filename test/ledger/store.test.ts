import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leafHash } from '../../ledger/log/merkle.ts';
import { bundleOf, entriesOf } from '../../ledger/log/tiles.ts';
import { recordFiles } from '../../ledger/records/files.ts';
import { retire } from '../../ledger/records/keep.ts';
import { seal } from '../../ledger/records/seal.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { Evidence } from '../../schemas/index.ts';
import { fillers, keepIn, later, makePlace, type Place, within } from './ledgers.ts';
import { unsealed } from './records.ts';
import { whole } from './whole.ts';

const names = recordFiles('app-db', 'rows');
const HOUR = 3_600_000;

let place: Place;
let file: (path: string) => string;
let hours = 0;
beforeEach(async () => {
  hours = 0;
  place = await makePlace();
  file = (path) => join(place.content, path);
});
afterEach(() => place.remove());

/** Keeps runs one after the other, an hour apart. */
async function keepAll(...counts: number[]): Promise<void> {
  await within(place, async (ledger) => {
    for (const count of counts) await keepIn(ledger, later(unsealed(count), HOUR * hours++));
  });
}

async function reasons(): Promise<string[]> {
  const { evidence, damaged } = await readEvidence(place.content);
  expect(evidence).toEqual([]);
  return damaged.map(({ source, collector, reason }) => `${source}/${collector}: ${reason}`);
}

describe('records', () => {
  test('what was kept is read, and a second run takes the place of the first', async () => {
    await keepAll(1, 2);
    const { size, evidence, files } = await whole(place.content);
    expect(size).toBe(4);
    expect(evidence).toMatchObject([{ counts: { passed: 2 }, previous: { index: 2 } }]);
    expect(files.filter((path) => path.startsWith('evidence'))).toEqual(
      [names.record, names.bundle, names.proof].sort(),
    );
  });

  test('a run that changed nothing is a heartbeat: the record stays word for word, its times move on', async () => {
    await keepAll(1, 1, 1);
    const { size, evidence, files } = await whole(place.content);
    expect(size).toBe(5);
    expect(files.filter((path) => path.startsWith('evidence'))).toEqual(Object.values(names).sort());
    const { id } = Evidence.parse(JSON.parse(await readFile(file(names.record), 'utf8')));
    expect(evidence).toMatchObject([{ id, collectedAt: '2026-11-03T11:00:00.000Z', counts: { passed: 1 } }]);
    expect(JSON.parse(await readFile(file(names.heartbeat), 'utf8'))).toMatchObject({
      record: id,
      previous: { index: 3 },
    });
  });

  test('a run that changed something ends the heartbeats', async () => {
    await keepAll(1, 1, 2);
    const { evidence, files } = await whole(place.content);
    expect(files).not.toContain(names.heartbeat);
    expect(evidence).toMatchObject([{ counts: { passed: 2 }, previous: { index: 3 } }]);
  });

  test('a record that has ended leaves nothing but its entry', async () => {
    await keepAll(1, 1);
    await within(
      place,
      async (ledger) => {
        const { kept } = await readEvidence(place.content);
        const record = kept.get('app-db/rows');
        if (record !== undefined)
          await retire(ledger, { source: 'app-db', collector: 'rows' }, record.newest, 'It is no longer declared.');
      },
      { now: () => new Date('2026-11-03T12:00:00Z') },
    );
    const { size, evidence, files } = await whole(place.content);
    expect({ size, evidence }).toEqual({ size: 5, evidence: [] });
    expect(files.filter((path) => path.startsWith('evidence/'))).toEqual([]);
  });

  test('no folder holds no evidence', async () => {
    expect(await readEvidence(join(place.content, 'nowhere'))).toMatchObject({ evidence: [], damaged: [] });
  });
});

describe('what cannot be trusted is named, never skipped', () => {
  test('a file that was cut off, as it is printed', async () => {
    await keepAll(1);
    const text = await readFile(file(names.record), 'utf8');
    await writeFile(file(names.record), text.slice(0, -20));
    const { evidence, damaged } = await readEvidence(place.content);
    expect(evidence).toEqual([]);
    expect(damaged.map(({ error }) => [error.name, error.what, error.hint])).toMatchInlineSnapshot(`
      [
        [
          "EvidenceDamaged",
          "this evidence record cannot be trusted: it is not JSON; it was cut off or changed.",
          "restore it and the files beside it (.tlog-proof, .sigstore.json, .heartbeat.*) from version control, or with \`candor verify URL --save DIR\`; or move them all away and collect anew: the log keeps what was there before.",
        ],
      ]
    `);
  });

  test('a record in the place of another', async () => {
    await keepAll(1);
    await mkdir(file('evidence/other-db'));
    await rename(file(names.record), file('evidence/other-db/rows.json'));
    expect(await reasons()).toEqual(['other-db/rows: it is of app-db/rows, but lies in the place of other-db/rows.']);
  });

  test('a record that was changed by hand, its id with it: nobody signed it', async () => {
    await keepAll(1);
    await writeFile(file(names.record), `${canonicalJson(seal({ ...unsealed(1), facts: { tables: 1 } }))}\n`);
    expect(await reasons()).toEqual(['app-db/rows: the log holds another record that is newer.']);
  });

  test('a record beside a log that does not know it', async () => {
    await keepAll(1);
    const other = seal({ ...unsealed(1), source: 'other-db' });
    await mkdir(file('evidence/other-db'));
    await writeFile(file('evidence/other-db/rows.json'), `${canonicalJson(other)}\n`);
    const { damaged } = await readEvidence(place.content);
    expect(damaged.map(({ reason }) => reason)).toEqual(['it is not in the log, so nobody signed it.']);
  });

  test('a record without any log', async () => {
    await keepAll(1);
    await rm(file('ledger'), { recursive: true });
    expect(await reasons()).toEqual(['app-db/rows: it is not in the log, so nobody signed it.']);
  });

  test('an older record put back, with its proof and bundle, is a replay', async () => {
    await keepAll(1);
    await cp(file('evidence'), join(place.content, '..', 'older'), { recursive: true });
    await keepAll(2);
    await rm(file('evidence'), { recursive: true });
    await cp(join(place.content, '..', 'older'), file('evidence'), { recursive: true });
    expect(await reasons()).toEqual(['app-db/rows: the log holds another record that is newer.']);
  });

  test('a heartbeat that is missing: the record alone is older than the log', async () => {
    await keepAll(1, 1);
    await rm(file(names.heartbeat));
    expect(await reasons()).toEqual(['app-db/rows: the log holds another record that is newer.']);
  });

  test('a heartbeat of another moment', async () => {
    await keepAll(1, 1);
    const first = await readFile(file(names.heartbeat));
    await keepAll(1, 1, 1, 1);
    await writeFile(file(names.heartbeat), first);
    expect(await reasons()).toEqual(['app-db/rows: it is not the newest entry of its record in the log.']);
  });

  test('a heartbeat that is none', async () => {
    await keepAll(1, 1);
    await writeFile(file(names.heartbeat), '{}');
    expect(await reasons()).toEqual(['app-db/rows: it is not a heartbeat.']);
  });

  test('the newest heartbeat under another record', async () => {
    await keepAll(1);
    const older = await Promise.all(
      [names.record, names.proof].map(async (name) => [name, await readFile(file(name))] as const),
    );
    await within(place, async (ledger) => {
      await keepIn(ledger, later(unsealed(2), HOUR));
      await keepIn(ledger, later(unsealed(2), 2 * HOUR));
    });
    for (const [name, bytes] of older) await writeFile(file(name), bytes);
    expect(await reasons()).toEqual(['app-db/rows: it is of another record.']);
  });

  test('a record under a heartbeat without its proof', async () => {
    await keepAll(1, 1);
    await rm(file(names.proof));
    expect(await reasons()).toEqual(['app-db/rows: its proof is missing or does not lead to the log.']);
  });
});

describe('only what the signed root proves counts', () => {
  test('an entry that was put into the log by hand, its tile with it', async () => {
    await keepAll(1);
    const forged = Buffer.from(`${canonicalJson(seal({ ...unsealed(1), facts: { forged: true } }))}\n`);
    await writeFile(file(names.record), forged);
    const entries = entriesOf(await readFile(file('ledger/log/tile/entries/000.p/3')), 3) ?? [];
    await writeFile(file('ledger/log/tile/entries/000.p/3'), bundleOf([...entries.slice(0, 2), forged]));
    const tile = await readFile(file('ledger/log/tile/0/000.p/3'));
    await writeFile(file('ledger/log/tile/0/000.p/3'), Buffer.concat([tile.subarray(0, 64), leafHash(forged)]));
    await expect(readEvidence(place.content)).rejects.toMatchObject({
      name: 'LedgerDamaged',
      what: 'the log cannot be trusted: ledger/log/checkpoint: the last tiles do not lead to its root.',
    });
    await expect(within(place, async () => undefined)).rejects.toMatchObject({ name: 'LedgerDamaged' });
  });

  test('a newer entry that was hidden in a full tile, so that an older record seems to be the newest', async () => {
    await keepAll(1);
    const older = await readFile(file(names.record));
    await within(place, async (ledger) => {
      // The newer record is in the second tile, and the log goes on into the third.
      for (let index = 0; index < 3; index += 1) await ledger.append(fillers(index, 255));
      await keepIn(ledger, later(unsealed(2), HOUR));
      await ledger.append(fillers(9, 300, HOUR));
    });
    const path = (level: string) => file(`ledger/log/tile/${level}/003`);
    const bundle = entriesOf(await readFile(path('entries')), 256) ?? [];
    const newer = bundle.findIndex((entry) => entry.toString().includes('candor/evidence@1'));
    expect(newer).toBeGreaterThanOrEqual(0);
    const [other = Buffer.of()] = fillers(99, 1).map(({ bytes }) => bytes);
    await writeFile(path('entries'), bundleOf(bundle.with(newer, other)));
    const tile = await readFile(path('0'));
    leafHash(other).copy(tile, newer * 32);
    await writeFile(path('0'), tile);
    await writeFile(file(names.record), older);
    await expect(readEvidence(place.content)).rejects.toMatchObject({
      name: 'LedgerDamaged',
      what: 'the log cannot be trusted: ledger/log/tile/0/003: it does not lead to the signed root.',
    });
  });

  test('a tile that is gone', async () => {
    await keepAll(1);
    await rm(file('ledger/log/tile/0/000.p/3'));
    await expect(readEvidence(place.content)).rejects.toMatchObject({
      what: 'the log cannot be trusted: ledger/log/tile/0/000.p/3: it is missing, or of the wrong length.',
      hint: 'restore content/ledger/ and content/evidence/ together from version control.',
    });
  });
});

describe('collected again', () => {
  test('after its files were moved away, a record links to the newest entry of the log', async () => {
    await keepAll(1, 1);
    await rm(file('evidence/app-db'), { recursive: true });
    expect(await readEvidence(place.content)).toMatchObject({ evidence: [], damaged: [] });
    await within(place, (ledger) => keepIn(ledger, later(unsealed(1), 2 * HOUR)));
    const { evidence, files } = await whole(place.content);
    expect(evidence).toMatchObject([{ previous: { index: 3 } }]);
    expect(files).not.toContain(names.heartbeat);
  });

  test('after it was damaged, a record is not written over', async () => {
    await keepAll(1);
    await writeFile(file(names.record), '{}');
    const { kept, newest } = await readEvidence(place.content, [{ source: 'app-db', collector: 'rows' }]);
    expect(kept.size).toBe(0);
    expect(newest.get('app-db/rows')).toMatchObject({ index: 2 });
  });
});
