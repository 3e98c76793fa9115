import { hash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CandorError, candorError, Digest } from '../../schemas/index.ts';
import { each } from './each.ts';
import { codeOf } from './error-code.ts';

/** Files to put or to remove (null), by path relative to the content folder, with forward slashes. */
export type Changes = ReadonlyMap<string, Buffer | null>;

/** The file that says which state this is: each change gives it another content. */
export const HEAD = 'ledger/log/checkpoint';
const JOURNAL = 'ledger/.journal';

/** A change that counts: from which state, and what each file shall be. The n-th lies as `n` in the staging folder. */
const Journal = z.strictObject({
  from: Digest.nullable(),
  staging: z.string().regex(/^\.staged\.[0-9a-f]{16}$/),
  changes: z.array(
    z.strictObject({ path: z.string().regex(/^(evidence|ledger)(\/(?!\.)[^/\\]+)+$/), digest: Digest.nullable() }),
  ),
});
type Journal = z.infer<typeof Journal>;

/**
 * Makes several changes as one: all are written beside and synced, then a journal that lists them is renamed into place
 * (from here on they count), then each is renamed to where it belongs. Whoever comes after a crash finishes that with
 * `recover`. `from` is the checkpoint that the changes grow from. Only for who holds the lock. Throws LedgerNotWritten;
 * then all is as before, or `recover` finishes it.
 */
export async function commit(content: string, changes: Changes, from: Buffer | undefined): Promise<void> {
  const id = randomBytes(8).toString('hex');
  const staging = join(content, 'ledger', `.staged.${id}`);
  const draft = join(content, `${JOURNAL}.${id}`);
  let counts = false;
  try {
    const journal: Journal = {
      from: from === undefined ? null : hash('sha256', from),
      staging: `.staged.${id}`,
      changes: [...changes].map(([path, bytes]) => ({ path, digest: bytes === null ? null : hash('sha256', bytes) })),
    };
    await mkdir(join(content, 'ledger'), { recursive: true });
    await mkdir(staging);
    await each([...changes.values()].entries(), async ([index, bytes]) => {
      if (bytes !== null) await writeSynced(join(staging, String(index)), bytes);
    });
    await syncFolder(staging);
    await writeSynced(draft, Buffer.from(JSON.stringify(journal)));
    if (isUnfinished(content)) throw notWritten('the change before is not finished');
    // A lock can fail: two machines may share a folder, and version control asks for none.
    if ((await digestIn(join(content, HEAD))) !== journal.from) throw notWritten('somebody else changed it meanwhile');
    await rename(draft, join(content, JOURNAL));
    counts = true;
    await syncFolder(join(content, 'ledger'));
    await recover(content);
  } catch (error) {
    if (!counts)
      for (const own of [staging, draft]) await rm(own, { recursive: true, force: true }).catch(() => undefined);
    throw error instanceof CandorError ? error : notWritten(codeOf(error) ?? 'unknown reason');
  }
}

/** Whether a change counts that is not finished: its writer is at it, or was cut off. */
export function isUnfinished(content: string): boolean {
  return existsSync(join(content, JOURNAL));
}

/**
 * Finishes what a killed writer began, or removes what it only prepared. Only for who holds the lock. Throws
 * LedgerNotWritten, and LedgerDamaged for a change that cannot be finished.
 */
export async function recover(content: string): Promise<void> {
  try {
    const journal = await readJournal(content);
    if (journal !== undefined) await apply(content, journal);
    const names = await readdir(join(content, 'ledger')).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    for (const name of names.filter((each) => /^\.(staged|journal\.)/.test(each)))
      await rm(join(content, 'ledger', name), { recursive: true, force: true });
  } catch (error) {
    if (error instanceof CandorError) throw error;
    throw notWritten(codeOf(error) ?? 'unknown reason');
  }
}

async function readJournal(content: string): Promise<Journal | undefined> {
  const text = await readFile(join(content, JOURNAL), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return Journal.parse(JSON.parse(text));
  } catch {
    throw unfinishable('it is not what a writer leaves');
  }
}

async function apply(content: string, { from, staging, changes }: Journal): Promise<void> {
  const head = await digestIn(join(content, HEAD));
  const next = changes.find(({ path }) => path === HEAD)?.digest;
  if (head !== from && head !== next) throw unfinishable('the log was replaced by another copy since');
  const folders = new Set<string>();
  // In order: no reader sees a checkpoint before the tiles that it promises.
  for (const [index, { path, digest }] of changes.entries()) {
    const target = join(content, path);
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(join(content, folder));
    if (digest === null) await remove(target);
    else {
      await mkdir(dirname(target), { recursive: true });
      // It is there already when the run before was cut off in between.
      const moved = await renamed(join(content, 'ledger', staging, String(index)), target);
      if (!moved && (await digestIn(target)) !== digest) throw unfinishable(`what was prepared for ${path} is gone`);
    }
  }
  await each([...folders, content].filter(existsSync).values(), syncFolder);
  await rm(join(content, JOURNAL), { force: true });
}

/** Renames a file; false when it is not there. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return false;
  }
}

/** Removes a file, and its folder with the last one in it. */
async function remove(file: string): Promise<void> {
  await rm(file, { force: true });
  await rmdir(dirname(file)).catch(() => undefined);
}

/** SHA-256 of a file; null when there is none. */
async function digestIn(file: string): Promise<Digest | null> {
  try {
    return hash('sha256', await readFile(file));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function writeSynced(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'w', 0o644);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; there the rename is all there is.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notWritten(problem: string): CandorError {
  return candorError('LedgerNotWritten', { problem });
}

function unfinishable(problem: string): CandorError {
  return candorError('LedgerDamaged', {
    file: JOURNAL,
    problem: `a change was cut off and cannot be finished: ${problem}.`,
    fix: `remove content/${JOURNAL}; the log is as it was before that change.`,
  });
}
