import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { candorError } from '../../schemas/index.ts';

/** SQLITE_BUSY, https://sqlite.org/rescode.html#busy. */
const BUSY = 5;

/** Locks that are held. One that nothing refers to is closed when memory is tidied up, and holds nothing from then on. */
const held = new Set<DatabaseSync>();

/**
 * Takes the sole right to a folder, until what it returns is called or this process ends, however it ends. The operating
 * system holds the lock, not a file that a killed process would leave behind: SQLite's lock on an empty file is the one of
 * its kind that Node has built in, on every platform. Throws StoreBusy when another holds it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const owner = join(folder, 'owner');
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    lock.close();
    if (isBusy(error)) throw candorError('StoreBusy', { pid: await livingOwner(owner) });
    throw error;
  }
  held.add(lock);
  await writeFile(owner, String(process.pid)).catch(() => undefined);
  return async () => {
    await rm(owner, { force: true });
    lock.close();
    held.delete(lock);
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}

/** For the message alone. Undefined in the moment before a new owner has written who it is. */
async function livingOwner(owner: string): Promise<number | undefined> {
  const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
