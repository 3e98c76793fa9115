import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyRoot, isConsistent, leafHash, nodeHash, rootFromInclusion } from '../../../ledger/log/merkle.ts';
import { consistencyProof, inclusionProof, rootAt } from '../../../ledger/log/tiles.ts';
import { entriesFor, flipped, MemoryLog, plainLeaf, plainRoot } from './trees.ts';

// The reference tree of Certificate Transparency: transparency-dev/merkle, testonly (constants.go, reference_test.go).
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const [l0, l1, l4] = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
];
const [n01, n23, n45, n67] = [
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
];
const [n0123, n4567] = [
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
];
const bytes = (text: string) => Buffer.from(text, 'hex');
const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));
const rootOf = (size: number) => bytes(roots[size] ?? '');

describe('the reference tree of Certificate Transparency', () => {
  test.each(roots.map((root, size) => ({ root, size })))('the root of $size entries', async ({ root, size }) => {
    expect((await MemoryLog.of(inputs.slice(0, size).map(bytes))).root.toString('hex')).toBe(root);
  });

  test.each([
    { index: 0, size: 1, proof: [] },
    { index: 0, size: 2, proof: [l1] },
    { index: 1, size: 2, proof: [l0] },
    { index: 2, size: 3, proof: [n01] },
    { index: 1, size: 5, proof: [l0, n23, l4] },
    { index: 0, size: 8, proof: [l1, n23, n4567] },
    { index: 5, size: 8, proof: [l4, n67, n0123] },
  ])('inclusion of $index in $size', async ({ index, size, proof }) => {
    const log = await MemoryLog.of(inputs.slice(0, size).map(bytes));
    expect(hex(await inclusionProof(index, size, log.readTile))).toEqual(proof);
    const root = rootFromInclusion(leafHash(bytes(inputs[index] ?? '')), index, size, proof.map(bytes));
    expect(root?.toString('hex')).toBe(roots[size]);
  });

  test.each([
    { old: 1, size: 1, proof: [] },
    { old: 1, size: 8, proof: [l1, n23, n4567] },
    { old: 2, size: 5, proof: [n23, l4] },
    { old: 6, size: 8, proof: [n45, n67, n0123] },
  ])('consistency of $old with $size', async ({ old, size, proof }) => {
    const log = await MemoryLog.of(inputs.slice(0, size).map(bytes));
    expect(hex(await consistencyProof(old, size, log.readTile))).toEqual(proof);
    expect(isConsistent(old, rootOf(old), size, rootOf(size), proof.map(bytes))).toBe(true);
  });

  test('hashes of leaves and nodes', () => {
    expect(hex([emptyRoot(), leafHash(bytes('')), nodeHash(bytes(n01), bytes(n23))])).toEqual([roots[0], l0, n0123]);
  });
});

describe('proofs of trees of any size', () => {
  // Three tile levels are in it, and sizes on both sides of the borders between them.
  const SIZE = 65_800;
  const leaves = entriesFor(SIZE).map(plainLeaf);
  const sizes = fc.oneof(
    fc.integer({ min: 1, max: 1_100 }),
    fc.constantFrom(255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, SIZE),
  );
  const pairs = fc.tuple(sizes, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  const known = new Map<number, Buffer>();
  let log = new MemoryLog();
  const root = (size: number) => {
    const found = known.get(size) ?? plainRoot(leaves.slice(0, size));
    known.set(size, found);
    return found;
  };
  // The tiles of the whole tree serve for a smaller one, whose tiles are the beginnings of them.
  const at = (index: number) => leaves[index] ?? Buffer.alloc(0);
  const readTile: MemoryLog['readTile'] = async (tile) => {
    const whole = Math.min(256, Math.floor(SIZE / 256 ** tile.level) - tile.index * 256);
    return (await log.readTile({ ...tile, width: whole })).slice(0, tile.width);
  };
  beforeAll(async () => {
    log = await MemoryLog.of(entriesFor(SIZE));
  });

  test('inclusion proofs lead to the root, and changed ones do not', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(), fc.nat(), async ([size, share], bit, other) => {
        const index = Math.floor(size * share);
        const proof = await inclusionProof(index, size, readTile);
        const leads = (leaf: Buffer, place: number, of: number, by: readonly Buffer[]) =>
          rootFromInclusion(leaf, place, of, by)?.equals(root(of)) ?? false;
        expect(leads(at(index), index, size, proof)).toBe(true);
        expect(leads(flipped(at(index), bit % 256), index, size, proof)).toBe(false);
        if (proof.length > 0) {
          const place = other % proof.length;
          const bent = proof.map((hash, step) => (step === place ? flipped(hash, bit % 256) : hash));
          expect(leads(at(index), index, size, bent)).toBe(false);
          expect(leads(at(index), index, size, proof.slice(1))).toBe(false);
          expect(leads(at(index), index, size, proof.slice(0, -1))).toBe(false);
          expect(leads(at(index), index, size, [...proof].reverse())).toBe(new Set(hex(proof)).size < 2);
        }
        expect(leads(at(index), index, size, [...proof, at(0)])).toBe(false);
        const elsewhere = other % (size + 2);
        if (elsewhere !== index) expect(leads(at(index), elsewhere, size, proof)).toBe(false);
        const larger = (other % SIZE) + 1;
        if (larger !== size) expect(leads(at(index), index, larger, proof)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('consistency proofs hold, and changed ones do not', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(), fc.nat(), async ([size, share], bit, other) => {
        const old = Math.floor((size + 1) * share);
        const proof = await consistencyProof(old, size, readTile);
        const holds = (from: number, to: number, by: readonly Buffer[]) =>
          isConsistent(from, root(from), to, root(to), by);
        expect(holds(old, size, proof)).toBe(true);
        expect(isConsistent(old, flipped(root(old), bit % 256), size, root(size), proof)).toBe(false);
        // Every tree begins with the empty one, whatever its root.
        if (old > 0) expect(isConsistent(old, root(old), size, flipped(root(size), bit % 256), proof)).toBe(false);
        if (proof.length > 0) {
          const place = other % proof.length;
          const bent = proof.map((hash, step) => (step === place ? flipped(hash, bit % 256) : hash));
          expect(holds(old, size, bent)).toBe(false);
          expect(holds(old, size, proof.slice(1))).toBe(false);
          expect(holds(old, size, proof.slice(0, -1))).toBe(false);
          expect(holds(size, old, proof)).toBe(false);
        }
        expect(holds(old, size, [...proof, at(0)])).toBe(false);
        const another = (other % size) + 1;
        if (another !== old && proof.length > 0) expect(holds(another, size, proof)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('a tree of any size is one that the whole tree begins with', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constant(0), sizes), async (size) => {
        expect(await rootAt(size, SIZE, log.readTile)).toEqual(root(size));
      }),
      { numRuns: 30 },
    );
  });

  test('what is not in the tree has no proof', async () => {
    await expect(inclusionProof(5, 5, log.readTile)).rejects.toThrow('entry 5 is not in a tree of 5');
    await expect(consistencyProof(6, 5, log.readTile)).rejects.toThrow('a tree of 5 does not begin with one of 6');
    expect(rootFromInclusion(at(0), 1, 1, [])).toBeUndefined();
    expect(isConsistent(0, at(0), 5, root(5), [])).toBe(false);
    expect(isConsistent(5, root(5), 5, root(4), [])).toBe(false);
  });
});
