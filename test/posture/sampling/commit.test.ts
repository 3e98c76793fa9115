import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyRoot, leafHash, nodeHash, rootFromInclusion, splitOf } from '../../../ledger/log/merkle.ts';
import { PopulationCommitment } from '../../../posture/sampling/commit.ts';

const salt = Uint8Array.from({ length: 32 }, (_, index) => index);
const id = fc.string({ minLength: 1, unit: 'grapheme' });

function committed(ids: readonly string[], key = salt, wanted?: ReadonlySet<number>) {
  const commitment = new PopulationCommitment(key, wanted);
  for (const each of ids) commitment.add(each);
  return commitment;
}

function rootOf(ids: readonly string[], key = salt): string {
  return committed(ids, key).end().root.toString('hex');
}

/** RFC 6962, section 2.1, word for word: the tree is divided at the largest power of two below its size. */
function merkle(entries: readonly Buffer[]): Buffer {
  const [first] = entries;
  if (first === undefined) return emptyRoot();
  if (entries.length === 1) return leafHash(first);
  const split = splitOf(entries.length);
  return nodeHash(merkle(entries.slice(0, split)), merkle(entries.slice(split)));
}

describe('what an auditor with the ids and the salt computes', () => {
  /** Computed in Python with its hashlib, from the words of the docstring. */
  test('is what another program computes', () => {
    const ids = ['order-1', 'order-2', 'órden-3', 'order-4', 'order-5', 'order-6', 'order-7'];
    expect(rootOf(ids)).toBe('f727f3b6b972d9ab276daedd137142e656c60dad8cf8992c2bcc041aee022e7f');
    expect(rootOf(ids.slice(0, 1))).toBe('2b8a998234a6f91a5f4ecc1a0ef7e9a90d0546560d7acb0271d748bd1519a0f2');
    expect(rootOf([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('is the Merkle tree of RFC 6962 over the salt and each id, for any population and salt', () => {
    const salts = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.array(id, { maxLength: 70 }), salts, (ids, key) => {
        const entries = ids.map((each) => Buffer.concat([key, Buffer.from(each, 'utf8')]));
        expect(rootOf(ids, key)).toBe(merkle(entries).toString('hex'));
        expect(committed(ids, key).size).toBe(ids.length);
      }),
    );
  });
});

describe('the proof of an item', () => {
  const population = fc.integer({ min: 1, max: 300 });

  test('leads from its leaf to the root, for any items of any population', () => {
    fc.assert(
      fc.property(population, fc.array(fc.integer({ min: 1, max: 310 }), { maxLength: 12 }), (size, wanted) => {
        const ids = Array.from({ length: size }, (_, index) => `row ${index + 1}`);
        const { root, items } = committed(ids, salt, new Set(wanted)).end();
        const there = [...new Set(wanted)].filter((position) => position <= size).sort((a, b) => a - b);
        expect(items.map(({ position }) => position)).toEqual(there);
        for (const { position, leaf, proof } of items) {
          const entry = Buffer.concat([salt, Buffer.from(`row ${position}`)]);
          expect(leaf).toEqual(createHash('sha256').update('\0').update(entry).digest());
          expect(rootFromInclusion(leaf, position - 1, size, proof)).toEqual(root);
        }
      }),
    );
  });

  test('leads nowhere for another place or another item', () => {
    const ids = Array.from({ length: 21 }, (_, index) => `row ${index + 1}`);
    const { root, items } = committed(ids, salt, new Set([5, 21])).end();
    const [fifth, last] = items;
    expect(rootFromInclusion(fifth?.leaf ?? root, 5, 21, fifth?.proof ?? [])).not.toEqual(root);
    expect(rootFromInclusion(last?.leaf ?? root, 4, 21, fifth?.proof ?? [])).not.toEqual(root);
  });
});

test('another id, order, length or salt is another root', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 2, maxLength: 20 }), (ids) => {
      const roots = [
        rootOf(ids),
        rootOf(ids.toReversed()),
        rootOf(ids.slice(1)),
        rootOf([...ids, 'one more']),
        rootOf(ids.with(0, `${ids[0]}.`)),
        rootOf(ids, salt.toReversed()),
      ];
      expect(new Set(roots).size).toBe(roots.length);
    }),
  );
});

test('refuses ids that others would hash to, and a salt that could be guessed', () => {
  const commitment = new PopulationCommitment(salt);
  expect(() => commitment.add('')).toThrow(RangeError);
  expect(() => commitment.add('x'.repeat(2001))).toThrow(RangeError);
  expect(() => commitment.add('\ud800')).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: the id is empty, too long, or not well-formed Unicode]`,
  );
  expect(commitment.size).toBe(0);
  // The longest in bytes has room: what came before it does not show through.
  commitment.add('\uffff'.repeat(2000));
  commitment.add('row 2');
  expect(commitment.end().root).toEqual(committed(['\uffff'.repeat(2000), 'row 2']).end().root);
  expect(() => new PopulationCommitment(salt.subarray(1))).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: a salt of 31 bytes is not one of 32]`,
  );
  expect(() => new PopulationCommitment(new Uint8Array(33))).toThrow(RangeError);
});
