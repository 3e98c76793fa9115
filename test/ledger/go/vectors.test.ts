import { createPrivateKey, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { signCheckpoint } from '../../../ledger/log/checkpoint.ts';
import { isConsistent, leafHash, rootFromInclusion } from '../../../ledger/log/merkle.ts';
import { consistencyProof, hashTiles, inclusionProof, tilePath } from '../../../ledger/log/tiles.ts';
import { entriesFor, MemoryLog } from '../log/trees.ts';

const Hash = z.base64().transform((text) => Buffer.from(text, 'base64'));
const Vectors = z.strictObject({
  trees: z.array(
    z.strictObject({ size: z.int(), root: Hash, tiles: z.record(z.string(), z.string()), note: z.string() }),
  ),
  inclusion: z.array(z.strictObject({ index: z.int(), size: z.int(), hashes: z.array(Hash) })),
  consistency: z.array(z.strictObject({ old: z.int(), size: z.int(), hashes: z.array(Hash) })),
});
// What Go’s sumdb/note and sumdb/tlog said; go.test.ts compares it with what they say now.
const recorded = join(import.meta.dirname, '..', '..', 'fixtures', 'ledger', 'go.json');
const { trees, inclusion, consistency } = Vectors.parse(JSON.parse(readFileSync(recorded, 'utf8')));

/** The signer key of Go’s own example, as PKCS #8. */
const peter = {
  name: 'PeterNeumann',
  privateKey: createPrivateKey({
    key: Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
    ]),
    format: 'der',
    type: 'pkcs8',
  }),
};

describe('what Go said of the same trees', () => {
  const logs = new Map<number, MemoryLog>();
  const logOf = (size: number) => {
    const log = logs.get(size);
    if (log === undefined) throw new Error(`there is no tree of ${size}`);
    return log;
  };
  beforeAll(async () => {
    for (const { size } of [...trees, ...inclusion, ...consistency])
      if (!logs.has(size)) logs.set(size, await MemoryLog.of(entriesFor(size)));
  });

  test.each(trees)('the root, the tiles and the signed checkpoint of $size entries', ({ size, root, tiles, note }) => {
    const log = logOf(size);
    expect(log.root).toEqual(root);
    expect(signCheckpoint({ origin: peter.name, size, root: log.root }, [peter])).toBe(note);
    const mine = [...hashTiles(size)]
      .filter(({ level, index }) => level > 0 || index < 2 || index > 253)
      .map((tile): [string, string] => [tilePath(tile), hash('sha256', log.tiles.get(tilePath(tile)) ?? '')]);
    expect(Object.fromEntries(mine)).toEqual(tiles);
  });

  test.each(inclusion)('the proof that $index is in $size', async ({ index, size, hashes }) => {
    const { root, readTile } = logOf(size);
    expect(await inclusionProof(index, size, readTile)).toEqual(hashes);
    const leaf = leafHash(entriesFor(1, index)[0] ?? Buffer.alloc(0));
    expect(rootFromInclusion(leaf, index, size, hashes)).toEqual(root);
  });

  test.each(consistency)('the proof that $size begins with $old', async ({ old, size, hashes }) => {
    const { root, readTile } = logOf(size);
    expect(await consistencyProof(old, size, readTile)).toEqual(hashes);
    const before = await MemoryLog.of(entriesFor(old));
    expect(isConsistent(old, before.root, size, root, hashes)).toBe(true);
  });
});
