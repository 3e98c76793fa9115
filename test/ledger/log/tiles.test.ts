import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outdatedTiles } from '../../../ledger/log/appendix.ts';
import {
  bundleOf,
  Edge,
  entriesOf,
  hashesOf,
  hashTiles,
  partialTiles,
  type TileName,
  tilePath,
  tileWidth,
} from '../../../ledger/log/tiles.ts';
import { entriesFor, MemoryLog, plainLeaf, plainRoot } from './trees.ts';

describe('names of tiles', () => {
  test.each([
    // C2SP tlog-tiles, and the tests of Go’s sumdb/tlog, without the height that Go puts first.
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 0, index: 1, width: 256 }, 'tile/0/001'],
    [{ level: 0, index: 1, width: 5 }, 'tile/0/001.p/5'],
    [{ level: 5, index: 123_456_078, width: 256 }, 'tile/5/x123/x456/078'],
    [{ level: 5, index: 123_456_078, width: 2 }, 'tile/5/x123/x456/078.p/2'],
    [{ level: 'entries', index: 3_057_500, width: 256 }, 'tile/entries/x003/x057/500'],
    [{ level: 1, index: 1_000, width: 1 }, 'tile/1/x001/000.p/1'],
    [{ level: 0, index: 999, width: 255 }, 'tile/0/999.p/255'],
  ] satisfies [TileName, string][])('%o is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  // C2SP tlog-tiles, “Merkle Tree”: a tree of 70,000 has these partial tiles.
  test('the tiles of a tree of 70,000, as the standard counts them', () => {
    expect([tileWidth(0, 272, 70_000), tileWidth(0, 273, 70_000), tileWidth(0, 274, 70_000)]).toEqual([256, 112, 0]);
    expect([tileWidth(1, 0, 70_000), tileWidth(1, 1, 70_000), tileWidth(2, 0, 70_000)]).toEqual([256, 17, 1]);
    expect(partialTiles(70_000).map(tilePath)).toEqual([
      'tile/0/273.p/112',
      'tile/entries/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ]);
    const all = [...hashTiles(70_000)].map(tilePath);
    expect([all.length, all.at(0), all.at(273), all.at(274), all.at(-1)]).toEqual([
      277,
      'tile/0/000',
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/2/000.p/1',
    ]);
    expect([[...hashTiles(0)], partialTiles(0), partialTiles(65_536).map(tilePath)]).toEqual([
      [],
      [],
      ['tile/2/000.p/1'],
    ]);
  });
});

describe('the right edge of a tree', () => {
  test.each([0, 1, 2, 3, 255, 256, 257, 65_535, 65_536, 65_537])(
    'its root is that of RFC 6962 at %i entries',
    (size) => {
      const leaves = entriesFor(size).map(plainLeaf);
      const edge = new Edge();
      for (const leaf of leaves) edge.push(leaf);
      expect(edge.root()).toEqual(plainRoot(leaves));
      expect(edge.size).toBe(size);
    },
  );

  test('at every size up to 600, and at any other', () => {
    const leaves = entriesFor(3_000).map(plainLeaf);
    const edge = new Edge();
    for (const [index, leaf] of leaves.slice(0, 600).entries()) {
      expect(edge.root()).toEqual(plainRoot(leaves.slice(0, index)));
      edge.push(leaf);
    }
    fc.assert(
      fc.property(fc.integer({ min: 600, max: leaves.length }), (size) => {
        const other = new Edge();
        for (const leaf of leaves.slice(0, size)) other.push(leaf);
        expect(other.root()).toEqual(plainRoot(leaves.slice(0, size)));
      }),
      { numRuns: 20 },
    );
  });
});

describe('growing', () => {
  /** The same entries in batches of these sizes. */
  async function grown(batches: readonly number[]): Promise<MemoryLog> {
    const log = new MemoryLog();
    for (const batch of batches) await log.append(entriesFor(batch, log.size));
    return log;
  }

  async function sameTiles(batches: readonly number[]): Promise<void> {
    const size = batches.reduce((sum, batch) => sum + batch, 0);
    const [once, often] = [await grown([size]), await grown(batches)];
    expect(often.root).toEqual(once.root);
    // In between there were partial tiles that are not of the whole; all that are of the whole are the same.
    for (const [path, bytes] of once.tiles) expect([path, often.tiles.get(path)]).toEqual([path, bytes]);
    expect([...once.tiles.keys()].filter((path) => !path.startsWith('tile/entries')).sort()).toEqual(
      [...hashTiles(size)].map(tilePath).sort(),
    );
  }

  test('in any batches gives the same tiles, byte for byte', async () => {
    const batch = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 700 }));
    await fc.assert(fc.asyncProperty(fc.array(batch, { maxLength: 8 }), sameTiles), { numRuns: 40 });
  });

  test.each([[[65_535, 1, 1, 300]], [[1, 65_535, 255]], [[65_536, 65_536]]])('also across 65,536: %j', sameTiles);

  test('a tile holds the roots of the full tiles below it', async () => {
    const leaves = entriesFor(66_000).map(plainLeaf);
    const log = await MemoryLog.of(entriesFor(66_000));
    const tile = hashesOf(log.tiles.get('tile/1/000') ?? Buffer.alloc(0), 256) ?? [];
    for (const index of [0, 1, 254, 255])
      expect(tile[index]).toEqual(plainRoot(leaves.slice(256 * index, 256 * (index + 1))));
    expect(log.tiles.get('tile/2/000.p/1')).toEqual(plainRoot(leaves.slice(0, 65_536)));
    expect(log.tiles.get('tile/0/257.p/208')).toEqual(Buffer.concat(leaves.slice(65_792)));
  });
});

describe('partial tiles that nobody needs any more', () => {
  const run = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 6 });
  const start = fc.constantFrom(0, 1, 200, 256, 65_300, 65_535);

  test('none goes that a published or the newest tree needs, unless its full tile is there', () => {
    fc.assert(
      fc.property(start, fc.array(run, { minLength: 1, maxLength: 5 }), (begin, runs) => {
        const [published, present] = [new Set([begin]), new Set(partialTiles(begin).map(tilePath))];
        let size = begin;
        for (const batches of runs) {
          const opened = size;
          published.add(opened);
          for (const batch of batches) {
            const before = size;
            size += batch;
            for (const tile of partialTiles(size)) present.add(tilePath(tile));
            for (const path of outdatedTiles(before, opened, size)) present.delete(path);
            const needed = [...published, size]
              .flatMap(partialTiles)
              .filter(({ level, index }) => tileWidth(level, index, size) < 256)
              .map(tilePath);
            expect(needed.filter((path) => !present.has(path))).toEqual([]);
          }
        }
      }),
    );
  });

  test('those go that were only in between, and those of a tile that became full', () => {
    expect(outdatedTiles(10, 5, 12)).toEqual(['tile/0/000.p/10', 'tile/entries/000.p/10']);
    expect(outdatedTiles(10, 10, 12)).toEqual([]);
    expect(outdatedTiles(250, 5, 260)).toEqual([
      'tile/0/000.p/250',
      'tile/entries/000.p/250',
      'tile/0/000.p/5',
      'tile/entries/000.p/5',
    ]);
    expect(outdatedTiles(0, 0, 12)).toEqual([]);
    expect(outdatedTiles(12, 12, 12)).toEqual([]);
  });
});

describe('bundles of entries', () => {
  const entry = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

  test('are written with a length of two bytes before each entry, the larger byte first', () => {
    expect(bundleOf([Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(258, 1)]).subarray(0, 8)).toEqual(
      Buffer.from([0, 2, 0x61, 0x62, 0, 0, 1, 2]),
    );
    expect(entriesOf(bundleOf([Buffer.alloc(65_535, 7)]), 1)?.at(0)).toEqual(Buffer.alloc(65_535, 7));
    expect(() => bundleOf([Buffer.alloc(65_536)])).toThrow(RangeError);
  });

  test('read back as they were, and not when there are fewer, more or other bytes', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), fc.nat(), (entries, cut) => {
        const bundle = bundleOf(entries);
        expect(entriesOf(bundle, entries.length)).toEqual(entries);
        expect(entriesOf(bundle, entries.length + 1)).toBeUndefined();
        if (entries.length === 0) return;
        expect(entriesOf(bundle, entries.length - 1)).toBeUndefined();
        expect(entriesOf(bundle.subarray(0, cut % bundle.length), entries.length)).toBeUndefined();
        expect(entriesOf(Buffer.concat([bundle, Buffer.of(0)]), entries.length)).toBeUndefined();
      }),
    );
  });

  test('a tile of another length is none', () => {
    expect(hashesOf(Buffer.alloc(64), 2)).toHaveLength(2);
    expect(hashesOf(Buffer.alloc(64), 1)).toBeUndefined();
    expect(hashesOf(Buffer.alloc(63), 2)).toBeUndefined();
    expect(hashesOf(Buffer.alloc(65), 2)).toBeUndefined();
  });
});
