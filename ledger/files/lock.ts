import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CandorError, candorError } from '../../schemas/index.ts';
import { codeOf } from './error-code.ts';

/** The right to write to a content folder. */
export type Lock = {
  /** Throws CollectBusy when somebody else holds it by now. */
  require: () => Promise<void>;
  release: () => Promise<void>;
};

/** Who holds a lock: a process, and when it was born, since another may get its number later. */
type Holder = { pid: number; birth: string };

const lockOf = (content: string) => join(content, 'evidence', '.lock');

/**
 * Keeps others from writing to the same content folder until `release` is called. A lock that a dead process left
 * behind is taken over. Throws CollectBusy when a living process holds it, LedgerNotWritten when none can be made.
 */
export async function lockForWriting(content: string): Promise<Lock> {
  const lock = lockOf(content);
  const token = `${process.pid} ${await birthOf(process.pid)} ${randomBytes(8).toString('hex')}`;
  const mine = `${lock}.${process.pid}.${randomBytes(8).toString('hex')}`;
  try {
    await mkdir(join(content, 'evidence'), { recursive: true });
    await writeFile(mine, token, { flag: 'wx' });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // A link appears with its content, so nobody ever reads a lock without its holder.
      if (await linked(mine, lock)) {
        await sweep(join(content, 'evidence'));
        return heldBy(lock, token);
      }
      const holder = await livingHolder(lock);
      if (holder !== undefined) throw candorError('CollectBusy', { pid: holder.pid });
      await removeStale(lock, `${mine}.stale`);
    }
    throw candorError('CollectBusy', { pid: (await livingHolder(lock))?.pid ?? 0 });
  } catch (error) {
    if (error instanceof CandorError) throw error;
    throw candorError('LedgerNotWritten', { problem: codeOf(error) ?? 'unknown reason' });
  } finally {
    await rm(mine, { force: true }).catch(() => undefined);
  }
}

/** Whether a living process holds the lock of a content folder. */
export async function isLocked(content: string): Promise<boolean> {
  return (await livingHolder(lockOf(content))) !== undefined;
}

function heldBy(lock: string, token: string): Lock {
  const isMine = async () => (await readFile(lock, 'utf8').catch(() => '')) === token;
  return {
    require: async () => {
      if (!(await isMine())) throw candorError('CollectBusy', { pid: (await livingHolder(lock))?.pid ?? 0 });
    },
    release: async () => {
      if (await isMine()) await rm(lock, { force: true });
    },
  };
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

async function livingHolder(lock: string): Promise<Holder | undefined> {
  const [pid, birth = ''] = (await readFile(lock, 'utf8').catch(() => '')).split(' ');
  const holder = { pid: Number(pid), birth };
  return Number.isInteger(holder.pid) && holder.pid > 0 && (await isAlive(holder)) ? holder : undefined;
}

/** Removes what processes left that were killed while they asked for the lock. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid] = /^\.lock\.([0-9]+)\./.exec(name) ?? [];
    if (pid !== undefined && !(await isAlive({ pid: Number(pid), birth: '' })))
      await rm(join(folder, name), { force: true });
  }
}

/** Moves the lock aside first: had somebody else taken it over in between, theirs is put back. */
async function removeStale(lock: string, aside: string): Promise<void> {
  try {
    await rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await livingHolder(aside)) !== undefined) await linked(aside, lock);
  await rm(aside, { force: true });
}

async function isAlive({ pid, birth }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = await birthOf(pid);
  return now === '' || birth === '' || now === birth;
}

/** When a process began, in ticks since the machine did; empty where the system does not say. proc_pid_stat(5), field 22. */
async function birthOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the command stands in brackets and may hold anything.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
