import { Edge, perfectRoot, type ReadTile, TILE_WIDTH, type TileName, tileWidth } from './tiles.ts';

/**
 * Reads tiles of a tree with a signed root, and gives none that does not lead to it: a full tile by its hash in the tile
 * above, the tiles that are not full together by the root. `refuse` makes the error; without a tile it is for those.
 */
export function provenTiles(
  read: ReadTile,
  { size, root }: { size: number; root: Buffer },
  refuse: (tile?: TileName) => Error,
): ReadTile {
  const proven = new Map<string, readonly Buffer[]>();
  let edge: Promise<void> | undefined;
  const proveEdge = async () => {
    const known = await Edge.of(size, async (tile) => {
      const hashes = await read(tile);
      proven.set(nameOf(tile), hashes);
      return [...hashes];
    });
    if (!known.root().equals(root)) throw refuse();
  };
  const prove: ReadTile = async (tile) => {
    edge ??= proveEdge();
    await edge;
    const before = proven.get(nameOf(tile));
    if (before !== undefined) return before;
    const hashes = await read(tile);
    const { level, index } = tile;
    const above = { level: level + 1, index: Math.floor(index / TILE_WIDTH) };
    const parent = await prove({ ...above, width: tileWidth(above.level, above.index, size) });
    if (hashes.length !== TILE_WIDTH || !parent[index % TILE_WIDTH]?.equals(perfectRoot(hashes))) throw refuse(tile);
    proven.set(nameOf(tile), hashes);
    return hashes;
  };
  return prove;
}

function nameOf({ level, index, width }: TileName): string {
  return `${level}/${index}/${width}`;
}
