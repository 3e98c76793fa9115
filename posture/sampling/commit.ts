import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;

/** How a Merkle tree hashes. RFC 6962, section 2.1: leaves, nodes and the tree without entries are told apart. */
export interface TreeHash {
  leaf(entry: Uint8Array): Uint8Array;
  node(left: Uint8Array, right: Uint8Array): Uint8Array;
  empty(): Uint8Array;
}

/** An item of a population with the proof of its place: the hashes beside its path, from its leaf upwards. */
export type ProvenItem = { position: number; entry: Buffer; proof: Uint8Array[] };

/**
 * A commitment to a population, made while its ids stream by: the root of the Merkle tree (RFC 6962, section 2.1) whose
 * entry at position p − 1 is HMAC-SHA256(salt, id of item p), 32 bytes, over the id’s UTF-8. Who holds the ids in their
 * order and the salt computes the same root; who lacks the salt can confirm no guess of an id. The root does not say how
 * many ids there are, nor that they differ: publish {@link size} beside it.
 *
 * Memory is that of one id and of a hash for each level of the tree, and of a proof for each item that is wanted.
 */
export class PopulationCommitment {
  readonly #entry: (id: string) => Buffer;
  readonly #tree: TreeHash;
  /** Roots of the perfect subtrees to the left, the largest first: one for each bit that is set in the size. */
  readonly #roots: Uint8Array[] = [];
  /** The wanted items below each of these. */
  readonly #below: ProvenItem[][] = [];
  readonly #wanted: ReadonlySet<number>;
  #size = 0;

  /**
   * Takes a secret salt of 32 to 64 random bytes, used for this population only, and the positions (from 1) whose proofs
   * will be asked for. Throws a RangeError for another length.
   */
  constructor(salt: Uint8Array, tree: TreeHash, wanted: ReadonlySet<number> = new Set()) {
    this.#entry = hmac(salt);
    this.#tree = tree;
    this.#wanted = wanted;
  }

  /** How many ids were added. */
  get size(): number {
    return this.#size;
  }

  /** Adds the next item. Throws a RangeError for an id that is empty or not well-formed Unicode: others would hash alike. */
  add(id: string): void {
    if (id === '' || !id.isWellFormed()) throw new RangeError('the id is empty, or not well-formed Unicode');
    const entry = this.#entry(id);
    let root = this.#tree.leaf(entry);
    const position = this.#size + 1;
    let below: ProvenItem[] = this.#wanted.has(position) ? [{ position, entry, proof: [] }] : none;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#roots.pop();
      const belowLeft = this.#below.pop();
      if (left === undefined || belowLeft === undefined) continue;
      below = joined(belowLeft, left, below, root);
      root = this.#tree.node(left, root);
    }
    this.#roots.push(root);
    this.#below.push(below);
    this.#size += 1;
  }

  /** The root over all ids so far. More can be added after. */
  root(): Uint8Array {
    const root = this.#roots.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : this.#tree.node(left, right)),
      undefined,
    );
    return root ?? this.#tree.empty();
  }

  /** The wanted items that came by, in order of position, each with its proof to {@link root}. Nothing is added after. */
  proven(): ProvenItem[] {
    let right: { root: Uint8Array; below: ProvenItem[] } | undefined;
    for (const [index, root] of [...this.#roots.entries()].reverse()) {
      const below = this.#below[index] ?? [];
      right =
        right === undefined
          ? { root, below }
          : { root: this.#tree.node(root, right.root), below: joined(below, root, right.below, right.root) };
    }
    return right?.below ?? [];
  }
}

/** Shared by the many subtrees in which nothing is wanted. */
const none: ProvenItem[] = [];

/** The wanted items below a new node: each has the other side in its proof. */
function joined(left: ProvenItem[], leftRoot: Uint8Array, right: ProvenItem[], rightRoot: Uint8Array): ProvenItem[] {
  if (left.length === 0 && right.length === 0) return none;
  for (const { proof } of left) proof.push(rightRoot);
  for (const { proof } of right) proof.push(leftRoot);
  return [...left, ...right];
}

/**
 * HMAC-SHA256 with this key (RFC 2104) of a text’s UTF-8. By two hashes of bytes laid out in place, because an object of
 * node:crypto’s for each of millions of ids takes twenty times as long.
 */
function hmac(key: Uint8Array): (text: string) => Buffer {
  if (key.length < DIGEST || key.length > BLOCK) throw new RangeError(`a salt of ${key.length} bytes is not 32 to 64`);
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c);
  let inner = Buffer.alloc(BLOCK, 0x36);
  for (const [index, byte] of key.entries()) {
    inner.writeUInt8(0x36 ^ byte, index);
    outer.writeUInt8(0x5c ^ byte, index);
  }
  return (text) => {
    // A UTF-16 unit takes at most three bytes of UTF-8.
    const room = BLOCK + 3 * text.length;
    if (inner.length < room) inner = Buffer.concat([inner], room);
    const end = BLOCK + inner.write(text, BLOCK, 'utf8');
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, 'binary');
    return Buffer.from(hash('sha256', outer, 'binary'), 'binary');
  };
}
