import { createPublicKey } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { candorError, type Instant, LogEntry, type LogKey, MAX_ENTRY_BYTES, type TreeHead } from '../schemas/index.ts';
import { commit, recover } from './files/commit.ts';
import { type Lock, lockForWriting } from './files/lock.ts';
import { type ChainedKey, keyEntry, keyFileName } from './keys/chain.ts';
import { keyBytes, keyFiles } from './keys/files.ts';
import type { PrivateKeys } from './keys/private.ts';
import { afterLastKey, extended, firstKeyOf, newChain, noteSigners, privateHalf } from './keys/signers.ts';
import { grow, outdatedTiles } from './log/appendix.ts';
import { type Checkpoint, signCheckpoint } from './log/checkpoint.ts';
import { emptyRoot } from './log/merkle.ts';
import { proofText } from './log/proof.ts';
import { inclusionProof, type ReadTile, TILE_WIDTH } from './log/tiles.ts';
import { type HeadMemory, refuseFork, rememberSigned } from './memory.ts';
import { jsonOf, keysFolder, type Log, lastBundle, logFolder, readLog, tileReader } from './reader.ts';
import { recordNames } from './records/store.ts';
import { type Statement, signStatement } from './statement.ts';
import { isBefore, latest, TIME_SLACK_MS, timeOf } from './times.ts';

/** Where to write, and with which keys. */
export type LedgerOptions = {
  content: string;
  /** Name of the log: host and path, as on its checkpoints; see `originOf`. */
  origin: string;
  keys: PrivateKeys;
  now: () => Date;
} & HeadMemory;

/** Where an entry came to stand, and the proof of it. */
export type Place = { index: number; proof: string };

/** A new entry: its bytes are those of a published file, and it brings files that depend on its place in the log. */
export type NewEntry = {
  entry: LogEntry;
  bytes: Buffer;
  /** By path relative to the content folder; null removes. */
  files: (place: Place) => [path: string, bytes: Buffer | null][];
};

/**
 * The name of the log that is published at an address: host and path, without the scheme. C2SP tlog-checkpoint. It also
 * names the key that signs, which no `+` may do (C2SP signed-note).
 */
export function originOf(trustUrl: string): string {
  const { host, pathname } = new URL(trustUrl);
  return `${host}${pathname.replace(/\/$/, '').replaceAll('+', '%2B')}/log`;
}

/**
 * Opens the log of a content folder for writing, by one process at a time; a new one begins with its own keys. Throws
 * CollectBusy, KeysUnknown, LedgerDamaged, LedgerMissing, LedgerOtherOrigin, LedgerBehind, LedgerForked,
 * LedgerNotWritten, PublishedUnreadable.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { content, keys, state } = options;
  const lock = await lockForWriting(content);
  try {
    await recover(content);
    const { log, chain } = await signableLog(options);
    if (log === undefined) await refuseOrphans(content);
    const ledger = new Ledger(options, chain, log, await lastBundle(content, log), lock);
    for (const use of ['checkpoint', 'statement'] as const) privateHalf(chain, keys, use, ledger.now());
    if (log === undefined) await ledger.append(chain.map(({ entry }) => keyEntryOf(entry)));
    else if (state !== undefined) await rememberSigned(state, log.checkpoint, firstKeyOf(chain), log.note);
    return ledger;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Reads the log of a content folder to sign something over it; without one, the keys that would begin it. Throws
 * LedgerDamaged, LedgerOtherOrigin, LedgerBehind, LedgerForked, PublishedUnreadable.
 */
export async function signableLog(
  options: LedgerOptions,
): Promise<{ log: Log; chain: ChainedKey[] } | { log: undefined; chain: ChainedKey[] }> {
  const { content, origin, keys, now } = options;
  const log = await readLog(content);
  if (log !== undefined && log.checkpoint.origin !== origin)
    throw candorError('LedgerOtherOrigin', { origin, found: log.checkpoint.origin });
  const chain = log?.chain ?? newChain(keys, now().toISOString(), origin);
  const readTile = log?.readTile ?? noTiles;
  await refuseFork({ origin, size: log?.checkpoint.size ?? 0 }, chain, readTile, options);
  return { log, chain };
}

/** Throws LedgerClockBehind when the newest entry of a log is later than an instant: what is dated so seems dated back. */
export async function requireClock(content: string, log: Log, at: Instant): Promise<void> {
  for (const bytes of await lastBundle(content, log)) {
    const newest = timeOf(LogEntry.parse(jsonOf(bytes.toString('utf8'))));
    if (isBefore(at, newest, TIME_SLACK_MS)) throw candorError('LedgerClockBehind', { at, newest });
  }
}

/** A log must not begin beside records that another one signed: they would be lost from both. Throws LedgerMissing. */
export async function refuseOrphans(content: string): Promise<void> {
  const count = (await recordNames(content)).length;
  if (count > 0) throw candorError('LedgerMissing', { count });
}

const noTiles: ReadTile = () => Promise.reject(new TypeError('an empty log has no tiles'));

/** A log that is open for writing. */
export class Ledger {
  readonly content: string;
  readonly origin: string;
  readonly #lock: Lock;
  readonly #options: LedgerOptions;
  #keys: PrivateKeys;
  /** The size when it was opened, which may have been published: its partial tiles are kept. */
  readonly #published: number;
  #chain: ChainedKey[];
  #head: Checkpoint;
  /** The signed checkpoint as it lies there; undefined before the first. */
  #note: string | undefined;
  #readTile: ReadTile;
  /** The entries of the last bundle when that is not full. */
  #tail: readonly Buffer[];
  #newest: Instant | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerOptions, chain: ChainedKey[], log: Log | undefined, last: readonly Buffer[], lock: Lock) {
    this.content = options.content;
    this.origin = options.origin;
    this.#lock = lock;
    this.#options = options;
    this.#keys = options.keys;
    this.#chain = chain;
    this.#head = log?.checkpoint ?? { origin: options.origin, size: 0, root: emptyRoot() };
    this.#note = log?.note;
    this.#published = this.#head.size;
    this.#readTile = log?.readTile ?? noTiles;
    this.#tail = last.length === TILE_WIDTH ? [] : last;
    for (const bytes of last)
      this.#newest = latest(this.#newest, timeOf(LogEntry.parse(jsonOf(bytes.toString('utf8')))));
  }

  /** Size and root as they were signed last. */
  head(): TreeHead {
    return { size: this.#head.size, root: this.#head.root.toString('hex') };
  }

  /** The keys, in the order in which they took over. */
  chain(): readonly ChainedKey[] {
    return this.#chain;
  }

  /** The instant for a new entry. A clock that fell a little behind the newest entry waits there. */
  now(): Instant {
    const at = this.#options.now().toISOString();
    const newest = this.#newest;
    const behind = newest === undefined ? 0 : Date.parse(newest) - Date.parse(at);
    return newest !== undefined && behind > 0 && behind <= TIME_SLACK_MS ? newest : at;
  }

  /** Signs a statement about published files; the text of its bundle. */
  sign(statement: Statement): string {
    return signStatement(statement, privateHalf(this.#chain, this.#keys, 'statement', this.now()));
  }

  /**
   * Adds entries with all their files as one change, and gives the index of the first. Throws LedgerNotWritten, and
   * LedgerClockBehind for an entry much older than the newest one; CollectBusy when the lock was lost.
   */
  append(entries: readonly NewEntry[]): Promise<number> {
    return this.#inTurn(() => this.#append(entries, this.#chain, this.#keys));
  }

  /**
   * Lets new keys take over, all in one change, from the newest of their uses. These must be at hand, and may sign too
   * until `endsAt`. Throws KeysUnknown, KeysInvalid, LedgerNotWritten; then the old keys go on.
   */
  handOver(added: PrivateKeys, endsAt: Instant): Promise<LogKey[]> {
    return this.#inTurn(async () => {
      const clock = this.now();
      if (this.#newest !== undefined && isBefore(clock, this.#newest, TIME_SLACK_MS))
        throw candorError('LedgerClockBehind', { at: clock, newest: this.#newest });
      const at = afterLastKey(this.#chain, this.now());
      const entries = (['checkpoint', 'statement'] as const).flatMap((use) =>
        added[use].map((key) => {
          const old = { privateKey: privateHalf(this.#chain, this.#keys, use), endsAt };
          return keyEntry(createPublicKey(key), { at, origin: this.origin }, old);
        }),
      );
      const chain = entries.reduce(extended, this.#chain);
      const keys = {
        checkpoint: [...this.#keys.checkpoint, ...added.checkpoint],
        statement: [...this.#keys.statement, ...added.statement],
      };
      await this.#append(entries.map(keyEntryOf), chain, keys);
      this.#chain = chain;
      this.#keys = keys;
      return entries;
    });
  }

  /** Gives up the lock. */
  async close(): Promise<void> {
    await this.#queue;
    await this.#lock.release();
  }

  /** The partial tiles of earlier checkpoints that full ones among `tiles` take the place of. C2SP tlog-tiles. */
  async #partsOf(tiles: readonly string[]): Promise<string[]> {
    const full = tiles.filter((path) => !path.includes('.p/'));
    const parts = full.map(async (path) => {
      const names = await readdir(join(this.content, logFolder, `${path}.p`)).catch(() => []);
      return names.map((name) => `${path}.p/${name}`);
    });
    return (await Promise.all(parts)).flat();
  }

  /** One change after the other: the place of each depends on the one before. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(change);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #append(entries: readonly NewEntry[], chain: readonly ChainedKey[], keys: PrivateKeys): Promise<number> {
    const { state } = this.#options;
    const now = this.now();
    const first = this.#head.size;
    let newest = this.#newest;
    for (const { entry, bytes } of entries) {
      if (bytes.length > MAX_ENTRY_BYTES)
        throw new TypeError(`an entry takes ${bytes.length} bytes; ${MAX_ENTRY_BYTES} fit`);
      const at = timeOf(entry);
      if (newest !== undefined && isBefore(at, newest, TIME_SLACK_MS))
        throw candorError('LedgerClockBehind', { at, newest });
      newest = latest(newest, at);
    }
    const leaves = entries.map(({ bytes }) => bytes);
    const { size, root, tiles, readTile } = await grow(first, this.#tail, leaves, this.#readTile);
    const head: Checkpoint = { origin: this.origin, size, root };
    const note = signCheckpoint(head, noteSigners(chain, keys, now));

    const changes = new Map<string, Buffer | null>();
    for (const [path, tile] of tiles) changes.set(`${logFolder}/${path}`, tile);
    for (const [offset, { files }] of entries.entries()) {
      const index = first + offset;
      const hashes = await inclusionProof(index, size, readTile);
      const proof = proofText({ index, hashes, checkpoint: note });
      for (const [path, bytes] of files({ index, proof })) changes.set(path, bytes);
    }
    for (const path of outdatedTiles(first, this.#published, size)) changes.set(`${logFolder}/${path}`, null);
    for (const path of await this.#partsOf([...tiles.keys()])) changes.set(`${logFolder}/${path}`, null);
    // The last: no reader sees it before the tiles that it promises.
    changes.set(`${logFolder}/checkpoint`, Buffer.from(note));
    await this.#lock.require();
    await commit(this.content, changes, this.#note === undefined ? undefined : Buffer.from(this.#note));

    this.#tail = [...this.#tail, ...leaves].slice(
      TILE_WIDTH * Math.floor((this.#tail.length + leaves.length) / TILE_WIDTH),
    );
    this.#head = head;
    this.#note = note;
    this.#readTile = tileReader(this.content, head);
    this.#newest = newest;
    if (state !== undefined) await rememberSigned(state, head, firstKeyOf(chain), note);
    return first;
  }
}

/** The entry of a key with its published files. */
function keyEntryOf(entry: LogKey): NewEntry {
  return {
    entry,
    bytes: keyBytes(entry),
    files: ({ proof }) => [
      ...keyFiles(entry).map(([name, bytes]): [string, Buffer] => [`${keysFolder}/${name}`, bytes]),
      [`${keysFolder}/${keyFileName(entry)}.tlog-proof`, Buffer.from(proof)],
    ],
  };
}
