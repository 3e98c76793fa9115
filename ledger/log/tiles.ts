import { emptyRoot, HASH_BYTES, nodeHash, splitOf } from './merkle.ts';

/** Hashes in a full tile, and entries in a full bundle. C2SP tlog-tiles. */
export const TILE_WIDTH = 256;

/** One tile: hashes (`level` counts steps of 256) or, at level `entries`, the entries themselves. */
export type TileName = { level: number | 'entries'; index: number; width: number };

/** The path of a tile, such as `tile/0/x001/x234/067` or `tile/entries/000.p/17`. C2SP tlog-tiles. */
export function tilePath({ level, index, width }: TileName): string {
  let rest = Math.floor(index / 1000);
  let digits = String(index % 1000).padStart(3, '0');
  for (; rest > 0; rest = Math.floor(rest / 1000)) digits = `x${String(rest % 1000).padStart(3, '0')}/${digits}`;
  return `tile/${level}/${digits}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** How many hashes tile `index` of `level` holds in a tree of `size` entries. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The tiles on the right edge of a tree of `size` entries that are not full, entries among them. */
export function partialTiles(size: number): TileName[] {
  const names: TileName[] = [];
  for (let level = 0; Math.floor(size / TILE_WIDTH ** level) > 0; level += 1) {
    const index = Math.floor(size / TILE_WIDTH ** (level + 1));
    const width = tileWidth(level, index, size);
    if (width > 0)
      names.push({ level, index, width }, ...(level === 0 ? [{ level: 'entries' as const, index, width }] : []));
  }
  return names;
}

/** Every tile of a tree of `size` entries: hashes level by level, each level from the left. */
export function* hashTiles(size: number): Generator<TileName & { level: number }> {
  for (let level = 0; Math.floor(size / TILE_WIDTH ** level) > 0; level += 1)
    for (let index = 0; ; index += 1) {
      const width = tileWidth(level, index, size);
      if (width === 0) break;
      yield { level, index, width };
    }
}

/**
 * The right edge of a tree: for each level the hashes of the tile that is not full yet. It is all that is needed to
 * append and to know the root, and takes 8 KiB a level.
 */
export class Edge {
  size = 0;
  readonly #levels: Buffer[][] = [];
  /** Called with each tile as it becomes full. */
  readonly #full: (tile: TileName & { level: number }, hashes: readonly Buffer[]) => void;

  constructor(full: (tile: TileName & { level: number }, hashes: readonly Buffer[]) => void = () => undefined) {
    this.#full = full;
  }

  /** The edge of a tree of `size` entries, from its partial tiles: `read` gives the hashes of a tile. */
  static async of(
    size: number,
    read: (tile: TileName & { level: number }) => Promise<Buffer[]>,
    full?: (tile: TileName & { level: number }, hashes: readonly Buffer[]) => void,
  ): Promise<Edge> {
    const edge = new Edge(full);
    edge.size = size;
    for (let level = 0; Math.floor(size / TILE_WIDTH ** level) > 0; level += 1) {
      const index = Math.floor(size / TILE_WIDTH ** (level + 1));
      const width = tileWidth(level, index, size);
      edge.#levels.push(width === 0 ? [] : await read({ level, index, width }));
    }
    return edge;
  }

  /** Adds the hash of the next entry. */
  push(leaf: Buffer): void {
    this.#add(0, leaf);
    this.size += 1;
  }

  #add(level: number, hash: Buffer): void {
    const hashes = this.#levels[level] ?? [];
    this.#levels[level] = hashes;
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    const index = Math.floor(this.size / TILE_WIDTH ** (level + 1));
    this.#full({ level, index, width: TILE_WIDTH }, hashes);
    const parent = perfectRoot(hashes);
    this.#levels[level] = [];
    this.#add(level + 1, parent);
  }

  /** The tiles that are not full, with their hashes. */
  partial(): { tile: TileName & { level: number }; hashes: readonly Buffer[] }[] {
    return this.#levels.flatMap((hashes, level) => {
      const index = Math.floor(this.size / TILE_WIDTH ** (level + 1));
      return hashes.length === 0 ? [] : [{ tile: { level, index, width: hashes.length }, hashes }];
    });
  }

  /** The root of the tree. RFC 6962, section 2.1. */
  root(): Buffer {
    let root: Buffer | undefined;
    // Peaks from the right: the smallest subtrees are on the lowest level, at its end.
    for (const hashes of this.#levels) {
      for (let [end, block] = [hashes.length, 1]; end > 0; block *= 2) {
        if ((end & block) === 0) continue;
        const peak = perfectRoot(hashes.slice(end - block, end));
        root = root === undefined ? peak : nodeHash(peak, root);
        end -= block;
      }
    }
    return root ?? emptyRoot();
  }
}

/** Root of a perfect subtree: the number of `hashes` is a power of two. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    if (row.length % 2 === 1) throw new TypeError('a perfect subtree has 2^n hashes');
    row = pairsOf(row);
  }
  const [root] = row;
  if (root === undefined) throw new TypeError('a subtree has at least one hash');
  return root;
}

/** The row above: the hash of each two neighbours. The last one of an odd row has none. */
function pairsOf(row: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  let left: Buffer | undefined;
  for (const hash of row) {
    if (left === undefined) left = hash;
    else {
      above.push(nodeHash(left, hash));
      left = undefined;
    }
  }
  return above;
}

/** Gives the hashes of a tile of a tree of the size in question. */
export type ReadTile = (tile: TileName & { level: number }) => Promise<readonly Buffer[]>;

/** Inclusion proof of entry `index` in a tree of `size` entries. RFC 6962, section 2.1.1. */
export async function inclusionProof(index: number, size: number, read: ReadTile): Promise<Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError(`entry ${index} is not in a tree of ${size}`);
  const hashes: Buffer[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    if (index < split) {
      hashes.push(await rangeRoot(split, to, size, read));
      to = split;
    } else {
      hashes.push(await rangeRoot(from, split, size, read));
      from = split;
    }
  }
  return hashes.reverse();
}

/** Consistency proof between a tree of `oldSize` entries and the one of `size`. RFC 6962, section 2.1.2. */
export async function consistencyProof(oldSize: number, size: number, read: ReadTile): Promise<Buffer[]> {
  if (oldSize < 0 || oldSize > size) throw new RangeError(`a tree of ${size} does not begin with one of ${oldSize}`);
  if (oldSize === 0 || oldSize === size) return [];
  const hashes: Buffer[] = [];
  let [from, to] = [0, size];
  while (oldSize !== to) {
    const split = from + splitOf(to - from);
    if (oldSize <= split) {
      hashes.push(await rangeRoot(split, to, size, read));
      to = split;
    } else {
      hashes.push(await rangeRoot(from, split, size, read));
      from = split;
    }
  }
  if (from > 0) hashes.push(await rangeRoot(from, to, size, read));
  return hashes.reverse();
}

/** Root of the first `to` entries of a tree of `size`. */
export function rootAt(to: number, size: number, read: ReadTile): Promise<Buffer> {
  return to === 0 ? Promise.resolve(emptyRoot()) : rangeRoot(0, to, size, read);
}

/** Root of the entries from `from` to before `to`, as RFC 6962 divides the tree. */
async function rangeRoot(from: number, to: number, size: number, read: ReadTile): Promise<Buffer> {
  const count = to - from;
  if ((count & (count - 1)) === 0 && from % count === 0) return perfectHash(from, count, size, read);
  const split = from + splitOf(count);
  return nodeHash(await rangeRoot(from, split, size, read), await rangeRoot(split, to, size, read));
}

/** Root of a perfect, aligned subtree of `count` entries: within one tile of the highest level that can hold it. */
async function perfectHash(from: number, count: number, size: number, read: ReadTile): Promise<Buffer> {
  let [level, position, hashes] = [0, from, count];
  while (hashes >= TILE_WIDTH) {
    level += 1;
    position /= TILE_WIDTH;
    hashes /= TILE_WIDTH;
  }
  const index = Math.floor(position / TILE_WIDTH);
  const tile = await read({ level, index, width: tileWidth(level, index, size) });
  const hash = rowsOf(tile)[Math.log2(hashes)]?.[(position - index * TILE_WIDTH) / hashes];
  if (hash === undefined) throw new TypeError('the tile holds fewer hashes than its name says');
  return hash;
}

const knownRows = new WeakMap<readonly Buffer[], Buffer[][]>();

/** The rows of the tree within a tile, from its hashes up. They are kept: proofs of neighbours share most of them. */
function rowsOf(tile: readonly Buffer[]): Buffer[][] {
  const known = knownRows.get(tile);
  if (known !== undefined) return known;
  const rows: Buffer[][] = [];
  for (let row = [...tile]; row.length > 0; row = pairsOf(row)) rows.push(row);
  knownRows.set(tile, rows);
  return rows;
}

/** Cuts a tile into its hashes; undefined when its length is not `width` hashes. */
export function hashesOf(bytes: Buffer, width: number): Buffer[] | undefined {
  if (bytes.length !== width * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, index) => bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES));
}

/** Writes entries as a bundle: each with its length before it, big-endian, in two bytes. C2SP tlog-tiles. */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  if (entries.some(({ length }) => length > 0xffff)) throw new RangeError('the length of an entry takes two bytes');
  return Buffer.concat(entries.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 0xff), entry]));
}

/** Cuts a bundle into its entries; undefined when it does not hold exactly `width`. */
export function entriesOf(bundle: Buffer, width: number): Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bundle.length && entries.length < width) {
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return at === bundle.length && entries.length === width ? entries : undefined;
}
