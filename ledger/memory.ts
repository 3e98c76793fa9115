import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { candorError } from '../schemas/index.ts';
import { codeOf } from './files/error-code.ts';
import type { ChainedKey } from './keys/chain.ts';
import { noteVerifiers } from './keys/chain.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './log/checkpoint.ts';
import { type ReadTile, rootAt } from './log/tiles.ts';
import { textOf } from './reader.ts';

/** A head that this log is known to have had, and who says so. */
export type KnownHead = { size: number; root: Buffer; from: string };

/**
 * The folder where candor remembers heads between runs: CANDOR_STATE, else the state folder of the user (XDG base
 * directories). Undefined where there is none; then nothing is remembered.
 */
export function stateFolder(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (environment.CANDOR_STATE) return environment.CANDOR_STATE;
  if (environment.XDG_STATE_HOME) return join(environment.XDG_STATE_HOME, 'candor');
  const home = environment.HOME ?? environment.USERPROFILE;
  return home ? join(home, '.local', 'state', 'candor') : undefined;
}

/** A name for the files about one log: its origin, and the fingerprint of its first key. */
function fileOf(state: string, origin: string, firstKey: string): string {
  return join(state, `${origin.replace(/[^A-Za-z0-9.-]+/g, '_')}-${firstKey.slice(0, 16)}.signed`);
}

/** The head that was signed last on this machine; undefined when none was. */
export async function lastSigned(state: string, origin: string, firstKey: string): Promise<KnownHead | undefined> {
  const file = fileOf(state, origin, firstKey);
  const text = await textOf(file);
  const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
  return checkpoint?.origin === origin ? { size: checkpoint.size, root: checkpoint.root, from: file } : undefined;
}

/** Remembers a signed checkpoint. It is a memory, so a place that cannot be written to stops nobody. */
export async function rememberSigned(
  state: string,
  { origin }: Checkpoint,
  firstKey: string,
  note: string,
): Promise<void> {
  const file = fileOf(state, origin, firstKey);
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(state, { recursive: true, mode: 0o700 });
    await writeFile(draft, note);
    await rename(draft, file);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

/**
 * The head that is published at `url`; undefined when nothing is there yet (404). Throws PublishedUnreadable for
 * anything else: what cannot be compared must not be signed over.
 */
export async function publishedHead(url: string, chain: readonly ChainedKey[]): Promise<KnownHead | undefined> {
  const address = `${url.replace(/\/$/, '')}/log/checkpoint`;
  const unreadable = (problem: string) => candorError('PublishedUnreadable', { url: address, problem });
  const response = await fetch(address, { signal: AbortSignal.timeout(20_000) }).catch(() => undefined);
  if (response === undefined) throw unreadable('no answer');
  if (response.status === 404) return undefined;
  if (!response.ok) throw unreadable(`status ${response.status}`);
  const opened = openCheckpoint(await response.text(), noteVerifiers(chain));
  if ('flaw' in opened) throw unreadable(opened.flaw);
  return { size: opened.checkpoint.size, root: opened.checkpoint.root, from: address };
}

/**
 * Before anything is signed: the log must begin with every head that it is known to have had. Throws LedgerBehind for an
 * older copy, LedgerForked for another history.
 */
export async function refuseFork(size: number, readTile: ReadTile, known: readonly KnownHead[]): Promise<void> {
  for (const head of known) {
    if (head.size > size) throw candorError('LedgerBehind', { size, known: head.size, from: head.from });
    if (!(await rootAt(head.size, size, readTile)).equals(head.root))
      throw candorError('LedgerForked', { size: head.size, from: head.from });
  }
}
