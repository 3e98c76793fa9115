import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { candorError } from '../../schemas/index.ts';
import { codeOf } from './error-code.ts';

/**
 * Keeps others from writing to the same content folder until `release` is called. A lock that a dead process left
 * behind is taken over. Throws CollectBusy when a living process holds it, LedgerNotWritten when none can be made.
 */
export async function lockForWriting(content: string): Promise<{ release: () => Promise<void> }> {
  const folder = join(content, 'evidence');
  const lock = join(folder, '.lock');
  const mine = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(mine, String(process.pid), { flag: 'wx' });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // A link appears with its content, so nobody ever reads a lock without its holder.
      if (await linked(mine, lock)) return { release: () => rm(lock, { force: true }) };
      const holder = await holderOf(lock);
      if (holder !== undefined && isAlive(holder)) throw candorError('CollectBusy', { pid: holder });
      await removeStale(lock, `${mine}.stale`);
    }
    throw candorError('CollectBusy', { pid: (await holderOf(lock)) ?? 0 });
  } catch (error) {
    if (error instanceof Error && error.name === 'CollectBusy') throw error;
    throw candorError('LedgerNotWritten', { problem: codeOf(error) ?? 'unknown reason' });
  } finally {
    await rm(mine, { force: true }).catch(() => undefined);
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(lock: string): Promise<number | undefined> {
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Moves the lock aside first: had somebody else taken it over in between, theirs is put back. */
async function removeStale(lock: string, aside: string): Promise<void> {
  try {
    await rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const holder = await holderOf(aside);
  if (holder !== undefined && isAlive(holder)) await linked(aside, lock);
  await rm(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}
