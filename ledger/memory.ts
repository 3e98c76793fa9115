import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { candorError } from '../schemas/index.ts';
import { codeOf } from './files/error-code.ts';
import type { ChainedKey } from './keys/chain.ts';
import { noteVerifiers } from './keys/chain.ts';
import { firstKeyOf } from './keys/signers.ts';
import { type Checkpoint, openCheckpoint, parseCheckpoint } from './log/checkpoint.ts';
import { type ReadTile, rootAt } from './log/tiles.ts';
import { textOf } from './reader.ts';

/** A published page that takes longer to answer than this does not answer. */
const TIME_LIMIT_MS = 20_000;

/** A head that this log is known to have had, and who says so. */
type KnownHead = { size: number; root: Buffer; from: string };

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

/**
 * The head that was signed last on this machine; undefined when none was. Throws LedgerDamaged for a memory that cannot
 * be read: what cannot be compared must not be signed over.
 */
async function lastSigned(state: string, origin: string, firstKey: string): Promise<KnownHead | undefined> {
  const file = fileOf(state, origin, firstKey);
  const text = await textOf(file).catch((error: unknown) => {
    const code = codeOf(error);
    // What should be the folder is a file, so nothing was ever remembered in it.
    if (code === 'ENOTDIR') return undefined;
    throw forgotten(file, `the head that was signed last cannot be read (${code}).`);
  });
  if (text === undefined) return undefined;
  const checkpoint = parseCheckpoint(text);
  if (checkpoint?.origin !== origin)
    throw forgotten(file, 'it should hold the head that was signed last, and does not.');
  return { size: checkpoint.size, root: checkpoint.root, from: file };
}

function forgotten(file: string, problem: string) {
  const fix = `prove the published page with \`candor verify URL\`, compare its number of entries with this copy’s, and remove ${file}.`;
  return candorError('LedgerDamaged', { file, problem, fix });
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
    // Synced: half a memory would stop the next writer.
    await writeFile(draft, note, { flush: true });
    await rename(draft, file);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/**
 * The head that is published at `url`; undefined when nothing is there yet (404). Throws PublishedUnreadable for
 * anything else: what cannot be compared must not be signed over.
 */
async function publishedHead(url: string, chain: readonly ChainedKey[]): Promise<KnownHead | undefined> {
  const address = `${url.replace(/\/$/, '')}/log/checkpoint`;
  const unreadable = (problem: string) => candorError('PublishedUnreadable', { url: address, problem });
  const response = await fetch(address, { signal: AbortSignal.timeout(TIME_LIMIT_MS) }).catch(() => undefined);
  if (response === undefined) throw unreadable('no answer');
  if (response.status === 404) return undefined;
  if (!response.ok) throw unreadable(`status ${response.status}`);
  const note = await response.text().catch(() => undefined);
  if (note === undefined) throw unreadable('the answer broke off');
  const opened = openCheckpoint(note, noteVerifiers(chain));
  if ('flaw' in opened) throw unreadable(opened.flaw.replace(/\.$/, ''));
  return { size: opened.checkpoint.size, root: opened.checkpoint.root, from: address };
}

/** Where heads of a log are remembered, and where it is published. */
export type HeadMemory = {
  /** Where heads are remembered; see `stateFolder`. */
  state: string | undefined;
  /** Where this log is published: its head is compared before anything is signed. */
  published?: string | undefined;
  /** For people: that there was nothing to compare with. */
  notice?: ((message: string) => void) | undefined;
};

/**
 * Before anything is signed: the log must begin with the head that this machine signed last, and with the published one.
 * Throws LedgerBehind for an older copy, LedgerForked for another history, LedgerDamaged, PublishedUnreadable.
 */
export async function refuseFork(
  { origin, size }: Pick<Checkpoint, 'origin' | 'size'>,
  chain: readonly ChainedKey[],
  readTile: ReadTile,
  { state, published, notice }: HeadMemory,
): Promise<void> {
  const known = [
    state === undefined ? undefined : await lastSigned(state, origin, firstKeyOf(chain)),
    published === undefined ? undefined : await publishedHead(published, chain),
  ];
  if (published !== undefined && known[1] === undefined)
    notice?.(`Nothing is published at ${published} yet (404), so no head was compared; check CANDOR_PUBLISHED.`);
  for (const head of known) {
    if (head === undefined) continue;
    if (head.size > size) throw candorError('LedgerBehind', { size, known: head.size, from: head.from });
    if (!(await rootAt(head.size, size, readTile)).equals(head.root))
      throw candorError('LedgerForked', { size: head.size, from: head.from });
  }
}
