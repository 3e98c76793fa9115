import { leafHash } from './merkle.ts';
import {
  bundleOf,
  Edge,
  partialTiles,
  type ReadTile,
  TILE_WIDTH,
  type TileName,
  tilePath,
  tileWidth,
} from './tiles.ts';

/** What a log gains by new entries: its new size and root, the tiles to write, and those that are no longer needed. */
export type Appendix = {
  size: number;
  root: Buffer;
  /** New tiles, hashes and entries, by path. */
  tiles: Map<string, Buffer>;
  /** Reads a tile of the grown log. */
  readTile: ReadTile;
};

/** Works out how a log of `size` entries grows. `tail` holds the entries of its last bundle when that is not full. */
export async function grow(
  size: number,
  tail: readonly Buffer[],
  entries: readonly Buffer[],
  readTile: ReadTile,
): Promise<Appendix> {
  const hashes = new Map<string, readonly Buffer[]>();
  const keep = (tile: TileName, of: readonly Buffer[]) => {
    hashes.set(tilePath(tile), of);
  };
  const edge = await Edge.of(size, async (tile) => [...(await readTile(tile))], keep);
  for (const entry of entries) edge.push(leafHash(entry));
  for (const { tile, hashes: of } of edge.partial()) keep(tile, of);

  const tiles = new Map<string, Buffer>([...hashes].map(([path, of]) => [path, Buffer.concat(of)]));
  const all = [...tail, ...entries];
  const first = Math.floor(size / TILE_WIDTH);
  for (let start = 0; start < all.length; start += TILE_WIDTH) {
    const bundle = all.slice(start, start + TILE_WIDTH);
    const index = first + start / TILE_WIDTH;
    tiles.set(tilePath({ level: 'entries', index, width: bundle.length }), bundleOf(bundle));
  }
  return {
    size: edge.size,
    root: edge.root(),
    tiles,
    readTile: async (tile) => hashes.get(tilePath(tile)) ?? readTile(tile),
  };
}

/**
 * The partial tiles that a log of `size` entries no longer needs: those of `before`, unless `published` had them, and
 * those whose full tile is there. The partial tiles of published checkpoints stay until then. C2SP tlog-tiles.
 */
export function outdatedTiles(before: number, published: number, size: number): string[] {
  const needed = new Set([...partialTiles(published), ...partialTiles(size)].map(tilePath));
  const isFull = ({ level, index }: TileName) => tileWidth(level, index, size) === TILE_WIDTH;
  const names = [...partialTiles(before), ...partialTiles(published)];
  return [...new Set(names.filter((tile) => isFull(tile) || !needed.has(tilePath(tile))).map(tilePath))];
}
