import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { provenTiles } from '../../../ledger/log/proven.ts';
import { hashesOf, hashTiles, type ReadTile, type TileName, tilePath } from '../../../ledger/log/tiles.ts';
import { entriesFor, flipped, MemoryLog } from './trees.ts';

describe('tiles that lead to a signed root', () => {
  const sizes = [1, 200, 256, 257, 1_000, 66_000];
  const logs = new Map<number, MemoryLog>();
  beforeAll(async () => {
    for (const size of sizes) logs.set(size, await MemoryLog.of(entriesFor(size)));
  });
  const logOf = (size: number) => logs.get(size) ?? new MemoryLog();
  const refuse = (tile?: TileName) => new Error(tile === undefined ? 'edge' : tilePath(tile));
  const proven = (size: number, read: ReadTile) => provenTiles(read, { size, root: logOf(size).root }, refuse);

  test.each(sizes)('each tile of a tree of %i is read as it is', async (size) => {
    const { tiles, readTile } = logOf(size);
    const read = proven(size, readTile);
    for (const tile of hashTiles(size)) expect(Buffer.concat(await read(tile))).toEqual(tiles.get(tilePath(tile)));
  });

  test('no bit of a tile can be another, nor can a tile take the place of another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sizes), fc.nat(), fc.nat(), async (size, which, bit) => {
        const log = logOf(size);
        const all = [...hashTiles(size)];
        const tile = all[which % all.length];
        if (tile === undefined) throw new Error('a tree with entries has tiles');
        const path = tilePath(tile);
        const damaged: ReadTile = async (name) => {
          const hashes = await log.readTile(name);
          if (tilePath(name) !== path) return hashes;
          const bytes = Buffer.concat(hashes);
          return hashesOf(flipped(bytes, bit % (8 * bytes.length)), tile.width) ?? [];
        };
        const flaw = tile.width === 256 ? path : 'edge';
        await expect(proven(size, damaged)(tile)).rejects.toThrow(flaw);
        const other = all.find(
          ({ level, index, width }) => width === 256 && (level !== tile.level || index !== tile.index),
        );
        if (other === undefined || tile.width < 256) return;
        await expect(proven(size, (name) => log.readTile(name === tile ? other : name))(tile)).rejects.toThrow(flaw);
      }),
      { numRuns: 60 },
    );
  });

  test('a tile that was cut off, and another root, are refused', async () => {
    const { readTile } = logOf(1_000);
    const [first] = hashTiles(1_000);
    if (first === undefined) throw new Error('a tree with entries has tiles');
    const cut: ReadTile = async (name) => (await readTile(name)).slice(0, name.level === 0 ? 100 : name.width);
    await expect(proven(1_000, cut)(first)).rejects.toThrow();
    const other = provenTiles(readTile, { size: 1_000, root: logOf(256).root }, refuse);
    await expect(other(first)).rejects.toThrow('edge');
  });
});
