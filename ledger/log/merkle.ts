import { hash } from 'node:crypto';
import { MAX_ENTRY_BYTES } from '../../schemas/index.ts';

/** Bytes of one hash. */
export const HASH_BYTES = 32;

/** A zero byte, and room for the longest entry: hashing in place spares a copy of each. */
const leaf = Buffer.alloc(1 + MAX_ENTRY_BYTES);
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 0x01);

/** By way of a string of bytes, which Node makes in half of the time of a buffer. */
function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

/** Hash of an entry: SHA-256(0x00 ‖ entry). RFC 6962, section 2.1. Throws a RangeError for an entry that is too long. */
export function leafHash(entry: Uint8Array): Buffer {
  leaf.set(entry, 1);
  return sha256(leaf.subarray(0, 1 + entry.length));
}

/** Hash of two subtrees: SHA-256(0x01 ‖ left ‖ right). RFC 6962, section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/** Root of the tree without entries: SHA-256 of nothing. RFC 6962, section 2.1. */
export function emptyRoot(): Buffer {
  return sha256(Buffer.alloc(0));
}

/** The largest power of two below `size`, which is at least 2: where RFC 6962 divides a tree. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * The root that an inclusion proof leads to, for the entry with hash `leaf` at `index` of `size` entries; undefined when
 * the proof has the wrong length. RFC 9162, section 2.1.3.2.
 */
export function rootFromInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
): Buffer | undefined {
  if (index >= size) return undefined;
  let [position, last, root, used] = [index, size - 1, leaf, 0];
  while (last > 0) {
    if (position % 2 === 1 || position < last) {
      const sibling = proof[used];
      if (sibling === undefined) return undefined;
      root = position % 2 === 1 ? nodeHash(sibling, root) : nodeHash(root, sibling);
      used += 1;
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return used === proof.length ? root : undefined;
}

/**
 * Whether the tree with `size` entries and `root` begins with the one with `oldSize` entries and `oldRoot`, as `proof`
 * says. RFC 9162, section 2.1.4.2.
 */
export function isConsistent(
  oldSize: number,
  oldRoot: Buffer,
  size: number,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  if (oldSize === 0) return proof.length === 0 && oldRoot.equals(emptyRoot());
  let [position, last] = [oldSize - 1, size - 1];
  while (position % 2 === 1) {
    position = (position - 1) / 2;
    last = Math.floor(last / 2);
  }
  const queue = [...proof];
  // An old tree that is one perfect subtree is itself the first hash of the proof.
  const first = position === 0 ? oldRoot : queue.shift();
  if (first === undefined) return false;
  let [before, now] = [first, first];
  while (last > 0) {
    if (position % 2 === 1 || position < last) {
      const sibling = queue.shift();
      if (sibling === undefined) return false;
      if (position % 2 === 1) {
        before = nodeHash(sibling, before);
        now = nodeHash(sibling, now);
      } else now = nodeHash(now, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return queue.length === 0 && before.equals(oldRoot) && now.equals(root);
}
