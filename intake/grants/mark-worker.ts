import { hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf } from '../../ledger/files/error-code.ts';
import type { Digest } from '../../schemas/index.ts';
import { type Mark, marked, Unmarkable } from './mark.ts';

/** What a worker is to do: read a file, and write a marked copy of it to a new one. */
export type MarkOrder = { from: string; to: string; mark: Mark };

/** What came of it. `digest` and `bytes` are those of the file that was read. */
export type MarkAnswer = { digest: Digest; bytes: number } | { problem: string };

const { from, to, mark }: MarkOrder = workerData;

async function answer(): Promise<MarkAnswer> {
  try {
    const file = await readFile(from);
    const copy = await marked(file, mark);
    await writeFile(to, copy, { mode: 0o600, flag: 'wx' });
    return { digest: hash('sha256', file), bytes: file.length };
  } catch (error) {
    if (error instanceof Unmarkable) return { problem: error.message };
    // Messages of the library and of the system may quote the file, or name its folder.
    return { problem: codeOf(error) ?? 'its pages cannot be written on' };
  }
}

parentPort?.postMessage(await answer());
