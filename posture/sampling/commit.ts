import { hash } from 'node:crypto';

const SALT = 32;
const DIGEST = 32;
/** The longest id, in UTF-16 units; each takes at most three bytes of UTF-8. */
const LONGEST = 2_000;

/** An item of a population by its leaf, with the proof of its place: the hashes beside its path, from its leaf upwards. */
export type ProvenItem = { position: number; leaf: Buffer; proof: Buffer[] };

/** A perfect subtree: its root as a string of bytes, and the wanted items below it. */
type Subtree = { root: string; below: Tracked[] };
type Tracked = { position: number; leaf: string; proof: string[] };

/**
 * A commitment to a population, made while its ids stream by: the root of the Merkle tree (RFC 6962, section 2.1) whose
 * entry at position p − 1 is the salt followed by the id of item p in UTF-8, so that its leaf is
 * SHA-256(0x00 ‖ salt ‖ id). Who holds the ids in their order and the salt computes the same root; who lacks the salt can
 * confirm no guess of an id. The salt has a fixed length, so no two pairs of salt and id are spelt alike, and what a hash
 * could be lengthened by is no UTF-8, so it is no id. The root does not say how many ids there are, nor that they differ:
 * publish {@link size} beside it.
 *
 * Memory is that of one id and of a hash for each level of the tree, and of a proof for each item that is wanted. An id
 * costs two calls of SHA-256. Hashes are strings of bytes in here, and bytes are laid out in place: of millions of them,
 * buffers would take twice as long.
 */
export class PopulationCommitment {
  /** A zero byte, the salt, and room for the longest id. */
  readonly #leaf = Buffer.alloc(1 + SALT + 3 * LONGEST);
  /** Beginnings of it by their length: ids have few lengths, and a view for each id would be most of what is allocated. */
  readonly #views: Buffer[] = [];
  /** A byte of one, and room for two hashes. */
  readonly #node = Buffer.alloc(1 + 2 * DIGEST, 0x01);
  /** The perfect subtrees to the left, the largest first: one for each bit that is set in the size. */
  readonly #subtrees: Subtree[] = [];
  readonly #wanted: ReadonlySet<number>;
  #size = 0;

  /**
   * Takes a secret salt of 32 random bytes, used for this population only, and the positions (from 1) whose proofs will be
   * asked for. Throws a RangeError for another length.
   */
  constructor(salt: Uint8Array, wanted: ReadonlySet<number> = new Set()) {
    if (salt.length !== SALT) throw new RangeError(`a salt of ${salt.length} bytes is not one of ${SALT}`);
    this.#leaf.set(salt, 1);
    this.#wanted = wanted;
  }

  /** How many ids were added. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds the next item. Throws a RangeError for an id that is empty, longer than 2,000 characters, or not well-formed
   * Unicode: others would hash alike.
   */
  add(id: string): void {
    if (id === '' || id.length > LONGEST || !id.isWellFormed())
      throw new RangeError('the id is empty, too long, or not well-formed Unicode');
    const end = 1 + SALT + this.#leaf.write(id, 1 + SALT, 'utf8');
    this.#views[end] ??= this.#leaf.subarray(0, end);
    const root = hash('sha256', this.#views[end], 'binary');
    const position = this.#size + 1;
    let subtree: Subtree = { root, below: this.#wanted.has(position) ? [{ position, leaf: root, proof: [] }] : none };
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = this.#subtrees.pop();
      if (left !== undefined) subtree = this.#join(left, subtree);
    }
    this.#subtrees.push(subtree);
    this.#size += 1;
  }

  /**
   * The root over all ids, and the wanted items that came by, in order of position, each with its proof to it. Nothing is
   * added after.
   */
  end(): { root: Buffer; items: ProvenItem[] } {
    const whole = this.#subtrees.reduceRight<Subtree | undefined>(
      (right, left) => (right === undefined ? left : this.#join(left, right)),
      undefined,
    );
    const items = (whole?.below ?? []).map(({ position, leaf, proof }) => ({
      position,
      leaf: bytesOf(leaf),
      proof: proof.map(bytesOf),
    }));
    return { root: bytesOf(whole?.root ?? hash('sha256', '', 'binary')), items };
  }

  /** The tree of two subtrees: SHA-256(0x01 ‖ left ‖ right). Each wanted item has the other side in its proof. */
  #join(left: Subtree, right: Subtree): Subtree {
    this.#node.write(left.root, 1, 'binary');
    this.#node.write(right.root, 1 + DIGEST, 'binary');
    for (const { proof } of left.below) proof.push(right.root);
    for (const { proof } of right.below) proof.push(left.root);
    const below = left.below.length + right.below.length === 0 ? none : [...left.below, ...right.below];
    return { root: hash('sha256', this.#node, 'binary'), below };
  }
}

/** Shared by the many subtrees in which nothing is wanted. */
const none: Tracked[] = [];

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'binary');
}
