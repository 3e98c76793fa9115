import type { Instant } from '../../schemas/index.ts';
import { keysAt, noteVerifiers } from '../keys/chain.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../log/checkpoint.ts';
import { emptyRoot, leafHash } from '../log/merkle.ts';
import { Edge, entriesOf, hashTiles, TILE_WIDTH, type TileName, tilePath, tileWidth } from '../log/tiles.ts';
import { fails, type ProvenFiles } from './files.ts';
import { History, type LoggedRelease } from './history.ts';

/** Bundles that are fetched ahead of the one that is hashed. */
const AHEAD = 8;

/** A log that was read from its first entry to its last and is as its checkpoint says. */
export type ProvenLog = {
  checkpoint: Checkpoint;
  history: History;
  /** The root at each size that was asked for, and at the end. */
  rootAt: ReadonlyMap<number, Buffer>;
};

/**
 * Reads the whole log once, from the left: hashes each entry, rebuilds every tile and the root, compares them with what
 * is published, and checks the history that the entries tell. Costs about two SHA-256 calls an entry; memory stays
 * bounded, because only the right edge of the tree is held. `onVersion` sees each version while the history is as it was
 * when that was logged. Throws DoesNotHold.
 */
export async function verifyLog(
  files: ProvenFiles,
  now: Instant,
  sizes: ReadonlySet<number>,
  onVersion: (version: LoggedRelease, history: History) => Promise<void>,
  progress: (done: number, of: number) => void,
): Promise<ProvenLog> {
  const head = 'log/checkpoint';
  const note = await files.text(head);
  const checkpoint = parseCheckpoint(note);
  if (checkpoint === undefined) throw fails(head, 'it is not a checkpoint.');
  const { size, origin } = checkpoint;
  if (origin !== files.manifest.origin) throw fails(head, `it is of another log (${origin}).`);

  const history = new History(origin, now);
  const rootAt = new Map<number, Buffer>([[0, emptyRoot()]]);
  const tiles: { tile: TileName; bytes: Buffer }[] = [];
  const edge = new Edge((tile, hashes) => tiles.push({ tile, bytes: Buffer.concat(hashes) }));
  const partials = partialsOf(files);
  let versions = 0;
  for await (const { index, width, bundle } of bundles(files, size)) {
    const name = { level: 'entries', index, width } as const;
    const entries = entriesOf(bundle, width);
    if (entries === undefined) throw fails(`log/${tilePath(name)}`, 'it does not hold the entries that it should.');
    for (const [at, bytes] of entries.entries()) {
      const leaf = leafHash(bytes);
      const flaw = history.add(index * TILE_WIDTH + at, bytes, leaf, () => edge.root().toString('hex'));
      if (flaw !== undefined) throw fails(`log/${tilePath(name)}`, `entry ${index * TILE_WIDTH + at}: ${flaw}`);
      edge.push(leaf);
      const version = history.releases[versions];
      if (version !== undefined) await onVersion(version, history);
      versions = history.releases.length;
      if (sizes.has(edge.size)) rootAt.set(edge.size, edge.root());
    }
    await comparePartials(files, partials, name, bundle);
    for (const { tile, bytes } of tiles.splice(0)) await compareTile(files, partials, tile, bytes);
    progress(edge.size, size);
  }
  for (const { tile, hashes } of edge.partial()) await compareTile(files, partials, tile, Buffer.concat(hashes));
  for (const [path] of [...partials.values()].flat()) throw fails(path, 'it is a tile that the log does not have.');
  requireNoMore(files, size);
  rootAt.set(size, edge.root());

  // It was signed when its newest entry was made, and by nobody whose key had ended then.
  const opened = openCheckpoint(note, noteVerifiers(keysAt(history.chain, 'checkpoint', history.newest)));
  if ('flaw' in opened) throw fails(head, opened.flaw);
  if (!edge.root().equals(checkpoint.root))
    throw fails(head, 'its root is not that of the entries that are published.');
  return { checkpoint, history, rootAt };
}

type Bundle = { index: number; width: number; bundle: Buffer };

/** The bundles of entries from the left, a few of them fetched ahead, and with each the tile of its hashes. */
async function* bundles(files: ProvenFiles, size: number): AsyncGenerator<Bundle> {
  const count = Math.ceil(size / TILE_WIDTH);
  const ahead: Promise<Bundle>[] = [];
  const start = (index: number) => {
    const width = tileWidth('entries', index, size);
    const reading = files
      .read(`log/${tilePath({ level: 'entries', index, width })}`)
      .then((bundle) => ({ index, width, bundle }));
    // Both are awaited in their turn; until then a failure of them is nobody’s.
    reading.catch(() => undefined);
    ahead.push(reading);
    files.fetchAhead(`log/${tilePath({ level: 0, index, width })}`);
  };
  for (let index = 0; index < Math.min(AHEAD, count); index += 1) start(index);
  for (let index = 0; index < count; index += 1) {
    if (index + AHEAD < count) start(index + AHEAD);
    const next = await ahead.shift();
    if (next !== undefined) yield next;
  }
}

/** That nothing is published below /log/ but the log. Partial tiles were compared before. Throws DoesNotHold. */
function requireNoMore(files: ProvenFiles, size: number): void {
  const expected = new Set(['log/checkpoint']);
  for (const tile of hashTiles(size)) {
    if (tile.width < TILE_WIDTH) continue;
    expected.add(`log/${tilePath(tile)}`);
    if (tile.level === 0) expected.add(`log/${tilePath({ ...tile, level: 'entries' })}`);
  }
  for (const path of files.paths(/^log\/(?!tile\/.*\.p\/[0-9]+$)/))
    if (!expected.has(path)) throw fails(path, 'it is a file that the log does not have.');
}

type Partials = Map<string, [path: string, width: number][]>;

/** The partial tiles that are published, by the full tile that they are the beginning of. */
function partialsOf(files: ProvenFiles): Partials {
  const partials: Partials = new Map();
  for (const path of files.paths(/^log\/tile\/.*\.p\/[0-9]+$/)) {
    const [, full = '', width = ''] = /^(.*)\.p\/([0-9]+)$/.exec(path) ?? [];
    partials.set(full, [...(partials.get(full) ?? []), [path, Number(width)]]);
  }
  return partials;
}

/** Earlier states of a tile, which stay published until it is full, must be its beginning. */
async function comparePartials(files: ProvenFiles, partials: Partials, tile: TileName, bytes: Buffer): Promise<void> {
  const full = `log/${tilePath({ ...tile, width: TILE_WIDTH })}`;
  for (const [path, width] of partials.get(full) ?? []) {
    if (width > tile.width) throw fails(path, 'it is a tile that the log does not have.');
    if (width === tile.width) continue;
    const before = await files.read(path);
    const isBeginning = before.equals(bytes.subarray(0, before.length));
    const isWhole = tile.level === 'entries' ? entriesOf(before, width) !== undefined : before.length === width * 32;
    if (!isBeginning || !isWhole) throw fails(path, 'it is not the beginning of the tile that followed it.');
  }
  partials.delete(full);
}

async function compareTile(files: ProvenFiles, partials: Partials, tile: TileName, bytes: Buffer): Promise<void> {
  const path = `log/${tilePath(tile)}`;
  if (!(await files.read(path)).equals(bytes)) throw fails(path, 'it is not the tile that the entries lead to.');
  await comparePartials(files, partials, tile, bytes);
}
