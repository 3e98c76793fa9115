import { createHash } from 'node:crypto';
import { grow } from '../../../ledger/log/appendix.ts';
import { emptyRoot } from '../../../ledger/log/merkle.ts';
import { hashesOf, type ReadTile, TILE_WIDTH, tilePath } from '../../../ledger/log/tiles.ts';

/** Entries that differ from each other, the first one empty. */
export function entriesFor(count: number, from = 0): Buffer[] {
  return Array.from({ length: count }, (_, at) => Buffer.from(from + at === 0 ? '' : `entry ${from + at}`));
}

/** Leaf hash as RFC 6962 writes it, with no code of the log. */
export function plainLeaf(entry: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(entry).digest();
}

/** MTH of RFC 6962, section 2.1, word for word, over leaf hashes. */
export function plainRoot(leaves: readonly Buffer[]): Buffer {
  const [first, second] = leaves;
  if (first === undefined) return createHash('sha256').digest();
  if (second === undefined) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(plainRoot(leaves.slice(0, split)))
    .update(plainRoot(leaves.slice(split)))
    .digest();
}

/** A log that keeps its tiles in memory and removes none. */
export class MemoryLog {
  size = 0;
  root = emptyRoot();
  readonly tiles = new Map<string, Buffer>();
  readonly #entries: Buffer[] = [];

  readonly readTile: ReadTile = async (tile) => {
    const hashes = hashesOf(this.tiles.get(tilePath(tile)) ?? Buffer.alloc(0), tile.width);
    if (hashes === undefined) throw new Error(`there is no ${tilePath(tile)}`);
    return hashes;
  };

  static async of(entries: readonly Buffer[]): Promise<MemoryLog> {
    const log = new MemoryLog();
    await log.append(entries);
    return log;
  }

  async append(entries: readonly Buffer[]): Promise<void> {
    const tail = this.#entries.slice(TILE_WIDTH * Math.floor(this.size / TILE_WIDTH));
    const grown = await grow(this.size, tail, entries, this.readTile);
    for (const [path, bytes] of grown.tiles) this.tiles.set(path, bytes);
    for (const entry of entries) this.#entries.push(entry);
    this.size = grown.size;
    this.root = grown.root;
  }
}

/** The same bytes with one bit turned over. */
export function flipped(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = Math.floor(bit / 8);
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << (bit % 8)), at);
  return changed;
}

/** A text as it reads after each of its bits was turned over, one at a time. */
export function* damagedTexts(text: string): Generator<string> {
  const bytes = Buffer.from(text);
  for (let bit = 0; bit < 8 * bytes.length; bit += 1) yield flipped(bytes, bit).toString('utf8');
}
