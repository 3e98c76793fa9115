import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyRoot, leafHash, nodeHash, splitOf } from '../../../ledger/log/merkle.ts';
import { PopulationCommitment, type TreeHash } from '../../../posture/sampling/commit.ts';

const tree: TreeHash = { leaf: leafHash, node: nodeHash, empty: emptyRoot };
const salt = Uint8Array.from({ length: 32 }, (_, index) => index);
const id = fc.string({ minLength: 1, unit: 'grapheme' });

function rootOf(ids: readonly string[], key = salt): string {
  const commitment = new PopulationCommitment(key, tree);
  for (const each of ids) commitment.add(each);
  return Buffer.from(commitment.root()).toString('hex');
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
  /** Computed in Python with its hmac and hashlib, from the words of the docstring. */
  test('is what another program computes', () => {
    const ids = ['order-1', 'order-2', 'órden-3', 'order-4', 'order-5', 'order-6', 'order-7'];
    expect(rootOf(ids)).toBe('18f3c97e0ab793467512b99c68a8d4fcb03077aee2d90ca9d03ea84c2894b2fd');
    expect(rootOf(ids.slice(0, 1))).toBe('829868d13c5ff11e8e0f8b7936b9ed81958671847133e386b1b3af88ee08a362');
    expect(rootOf([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('is the Merkle tree of RFC 6962 over the HMAC of each id, for any population and salt', () => {
    const salts = fc.uint8Array({ minLength: 32, maxLength: 64 });
    fc.assert(
      fc.property(fc.array(id, { maxLength: 70 }), salts, (ids, key) => {
        const entries = ids.map((each) => createHmac('sha256', key).update(each, 'utf8').digest());
        expect(rootOf(ids, key)).toBe(merkle(entries).toString('hex'));
      }),
    );
  });

  test('can be asked for on the way, and counts what was added', () => {
    const commitment = new PopulationCommitment(salt, tree);
    for (let size = 1; size <= 40; size += 1) {
      commitment.add(`row ${size}`);
      const ids = Array.from({ length: size }, (_, index) => `row ${index + 1}`);
      expect(Buffer.from(commitment.root()).toString('hex')).toBe(rootOf(ids));
      expect(commitment.size).toBe(size);
    }
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
  const commitment = new PopulationCommitment(salt, tree);
  expect(() => commitment.add('')).toThrow(RangeError);
  expect(() => commitment.add('\ud800')).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: the id is empty, or not well-formed Unicode]`,
  );
  expect(commitment.size).toBe(0);
  expect(() => new PopulationCommitment(salt.subarray(1), tree)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: a salt of 31 bytes is not 32 to 64]`,
  );
  expect(() => new PopulationCommitment(new Uint8Array(65), tree)).toThrow(RangeError);
});
