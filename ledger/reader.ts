import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../posture/digest.ts';
import { candorError, LogKey } from '../schemas/index.ts';
import { codeOf } from './files/error-code.ts';
import { accept, type ChainedKey, noteVerifiers } from './keys/chain.ts';
import { type Checkpoint, openCheckpoint } from './log/checkpoint.ts';
import { leafHash } from './log/merkle.ts';
import { provenTiles } from './log/proven.ts';
import { entriesOf, hashesOf, type ReadTile, TILE_WIDTH, tilePath, tileWidth } from './log/tiles.ts';

/** The log of a content folder as its newest checkpoint says it is. */
export type Log = {
  checkpoint: Checkpoint;
  /** The signed note. */
  note: string;
  chain: ChainedKey[];
  readTile: ReadTile;
};

/** Where the log, its keys, the versions and the audit samples lie in a content folder; each is served under the last word of its name. */
export const logFolder = 'ledger/log';
export const keysFolder = 'ledger/keys';
export const versionsFolder = 'ledger/versions';
export const samplesFolder = 'ledger/audit-samples';

/** Opens the log of a content folder; undefined when there is none yet. Throws LedgerDamaged. */
export async function readLog(content: string): Promise<Log | undefined> {
  const note = await textOf(join(content, logFolder, 'checkpoint'));
  if (note === undefined) {
    // A log that lost its checkpoint is no new one.
    if (existsSync(join(content, logFolder))) throw damaged(`${logFolder}/checkpoint`, 'it is missing.');
    return undefined;
  }
  const chain = await readChain(content);
  const opened = openCheckpoint(note, noteVerifiers(chain));
  if ('flaw' in opened) throw damaged(`${logFolder}/checkpoint`, opened.flaw);
  const { checkpoint } = opened;
  if (chain.some(({ entry }) => entry.origin !== checkpoint.origin))
    throw damaged(`${logFolder}/checkpoint`, 'it is of another log than the keys.');
  return { checkpoint, note, chain, readTile: tileReader(content, checkpoint) };
}

/** The keys of a content folder in the order in which they took over. Throws LedgerDamaged. */
export async function readChain(content: string): Promise<ChainedKey[]> {
  const folder = join(content, keysFolder);
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const entries = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = `${keysFolder}/${name}`;
        const parsed = LogKey.safeParse(jsonOf(await readFile(join(content, path), 'utf8')));
        if (!parsed.success) throw damaged(path, 'it is not a key.');
        return { path, entry: parsed.data };
      }),
  );
  let chain: ChainedKey[] = [];
  for (const { path, entry } of entries.toSorted((a, b) => a.entry.at.localeCompare(b.entry.at))) {
    const longer = accept(chain, entry);
    if ('flaw' in longer) throw damaged(path, longer.flaw);
    chain = longer;
  }
  return chain;
}

/**
 * Reads the tiles of a content folder, none that does not lead to the root of its checkpoint. What was read is kept. They
 * throw LedgerDamaged.
 */
export function tileReader(content: string, checkpoint: Checkpoint): ReadTile {
  const read: ReadTile = async (tile) => {
    const path = `${logFolder}/${tilePath(tile)}`;
    const bytes = await readFile(join(content, path)).catch(() => undefined);
    const hashes = bytes === undefined ? undefined : hashesOf(bytes, tile.width);
    if (hashes === undefined) throw damaged(path, 'it is missing, or of the wrong length.');
    return hashes;
  };
  return provenTiles(read, checkpoint, (tile) =>
    tile === undefined
      ? damaged(`${logFolder}/checkpoint`, 'the last tiles do not lead to its root.')
      : damaged(`${logFolder}/${tilePath(tile)}`, 'it does not lead to the signed root.'),
  );
}

/** One entry of the log. */
export type IndexedEntry = { index: number; bytes: Buffer; hash: Buffer };

/** The entries of one bundle, each checked against its tile. Throws LedgerDamaged. */
async function readBundle(content: string, { checkpoint, readTile }: Log, index: number): Promise<IndexedEntry[]> {
  const width = tileWidth(0, index, checkpoint.size);
  const path = `${logFolder}/${tilePath({ level: 'entries', index, width })}`;
  const bundle = await readFile(join(content, path)).catch(() => undefined);
  const entries = bundle === undefined ? undefined : entriesOf(bundle, width);
  if (entries === undefined) throw damaged(path, 'it is missing, or does not hold the entries that it should.');
  const hashes = await readTile({ level: 0, index, width });
  return entries.map((bytes, at) => {
    const place = index * TILE_WIDTH + at;
    const hash = leafHash(bytes);
    if (!hashes[at]?.equals(hash)) throw damaged(path, `entry ${place} is not what the log says it is.`);
    return { index: place, bytes, hash };
  });
}

/** The entries from the newest to the first. Throws LedgerDamaged. */
export async function* newestFirst(content: string, log: Log): AsyncGenerator<IndexedEntry> {
  for (let index = Math.ceil(log.checkpoint.size / TILE_WIDTH) - 1; index >= 0; index -= 1)
    yield* (await readBundle(content, log, index)).reverse();
}

/** The entries of the last bundle, full or not; none when there is no log. Throws LedgerDamaged. */
export async function lastBundle(content: string, log: Log | undefined): Promise<readonly Buffer[]> {
  if (log === undefined || log.checkpoint.size === 0) return [];
  const index = Math.ceil(log.checkpoint.size / TILE_WIDTH) - 1;
  return (await readBundle(content, log, index)).map(({ bytes }) => bytes);
}

/** A file’s text, or undefined when there is none. */
export async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

/** JSON, or undefined for what is none. Half a surrogate pair is none either: it has no UTF-8, so nobody can sign it. */
export function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (/\\u[dD][89a-fA-F]/.test(text)) canonicalJson(value);
    return value;
  } catch {
    return undefined;
  }
}

function damaged(file: string, problem: string) {
  return candorError('LedgerDamaged', { file, problem });
}
