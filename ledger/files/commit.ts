import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { candorError } from '../../schemas/index.ts';
import { codeOf } from './error-code.ts';

/** Files to put or to remove (null), by path relative to the content folder, with forward slashes. */
export type Changes = ReadonlyMap<string, Buffer | null>;

const Journal = z.array(z.strictObject({ path: z.string(), staged: z.string().nullable() }));
/** Files that are written at the same time. */
const AT_ONCE = 16;

const journalOf = (content: string) => join(content, 'ledger', '.journal');
const stagingOf = (content: string) => join(content, 'ledger', '.staged');

/**
 * Makes several changes as one: all are written beside and synced, then a journal that lists them is renamed into place
 * (from here on they count), then each is renamed to where it belongs. Whoever comes after a crash finishes that with
 * `recover`. Only for who holds the lock. Throws LedgerNotWritten; then all is as before, or `recover` finishes it.
 */
export async function commit(content: string, changes: Changes): Promise<void> {
  const staging = stagingOf(content);
  try {
    await mkdir(staging, { recursive: true });
    let next = 0;
    const journal = [...changes].map(([path, bytes]) => ({ path, staged: bytes === null ? null : String(next++) }));
    const puts = journal.flatMap(({ path, staged }) =>
      staged === null ? [] : [{ staged, bytes: changes.get(path) ?? null }],
    );
    await each(puts, async ({ staged, bytes }) => {
      if (bytes !== null) await writeSynced(join(staging, staged), bytes);
    });
    await syncFolder(staging);
    const draft = `${journalOf(content)}.${process.pid}.${randomBytes(4).toString('hex')}`;
    await writeSynced(draft, Buffer.from(JSON.stringify(journal)));
    await rename(draft, journalOf(content));
    await syncFolder(dirname(journalOf(content)));
    await recover(content);
  } catch (error) {
    if (!existsSync(journalOf(content))) await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    throw candorError('LedgerNotWritten', { problem: codeOf(error) ?? 'unknown reason' });
  }
}

/** Whether a writer was cut off after its changes began to count. */
export function isUnfinished(content: string): boolean {
  return existsSync(journalOf(content));
}

/** Finishes what a killed writer began, or removes what it only prepared. Only for who holds the lock. */
export async function recover(content: string): Promise<void> {
  const text = await readFile(journalOf(content), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  const journal = text === undefined ? [] : Journal.parse(JSON.parse(text));
  const folders = new Set<string>();
  // In order: the checkpoint is the last, so that no reader sees it before the tiles that it promises.
  for (const { path, staged } of journal) {
    const target = join(content, path);
    folders.add(dirname(target));
    if (staged === null) await remove(target);
    else {
      await mkdir(dirname(target), { recursive: true });
      // It is there already when the run before was cut off in between.
      await rename(join(stagingOf(content), staged), target).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT' || !existsSync(target)) throw error;
      });
    }
  }
  await each(
    [...folders].filter((folder) => existsSync(folder)),
    syncFolder,
  );
  await rm(journalOf(content), { force: true });
  await rm(stagingOf(content), { recursive: true, force: true });
}

/** Removes a file, and its folder with the last one in it. */
async function remove(file: string): Promise<void> {
  await rm(file, { force: true });
  await rmdir(dirname(file)).catch(() => undefined);
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
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
