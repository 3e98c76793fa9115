import { type FileHandle, mkdtemp, open, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { candorError, type Digest, type Location } from '../../schemas/index.ts';
import { Refusal } from '../web/refusal.ts';
import type { Mark } from './mark.ts';
import type { MarkAnswer, MarkOrder } from './mark-worker.ts';

/** How large a file may be, in bytes: to be marked it is held in memory, with its copy, about five times over. */
export const MOST_BYTES = 64 * 1024 ** 2;
/** How many copies are made at the same time, how many more may wait, and how long one may take, in ms. */
const AT_ONCE = 2;
const MOST_WAITING = 20;
const LONGEST_MS = 120_000;
/** How much is read at a time, in bytes. */
const CHUNK = 64 * 1024;
/** How much of the heap a worker may fill, in MiB; the bytes of the file itself do not count. */
const HEAP_MIB = 1024;

/** A copy of a gated document for one recipient. */
export type Copy = {
  /** Of the file that it was made of. */
  digest: Digest;
  /** Of the copy, in bytes. */
  size: number;
  /** Read from disk as it is sent, so that a slow reader costs no memory. What is not read must be cancelled. */
  stream: ReadableStream<Uint8Array>;
};

/** The gated documents of this machine. */
export type Gated = {
  /** Makes a copy for a recipient, in a worker. Throws GatedFileMissing, GatedFileTooLarge, GatedFileUnreadable, Refusal busy. */
  copyFor: (file: string, mark: Mark) => Promise<Copy>;
};

/** The folder of gated documents: CANDOR_GATED, else `gated` beside the content folder. */
export function gatedFolder(content: string, { CANDOR_GATED: named }: Readonly<Record<string, string | undefined>>) {
  return named === undefined || named === '' ? join(dirname(resolve(content)), 'gated') : resolve(named);
}

/** Opens the folder of gated documents. Copies are made two at a time; who comes later waits, and holds nothing; not too many do. */
export function openGated(folder: string): Gated {
  const waiting: (() => void)[] = [];
  let busy = 0;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting.length >= MOST_WAITING) throw new Refusal('busy');
    if (busy < AT_ONCE) busy += 1;
    else await new Promise<void>((turn) => waiting.push(turn));
    try {
      return await work();
    } finally {
      // The place is handed on, or given up.
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
  return { copyFor: (file, mark) => inTurn(() => copyOf({ folder, file }, mark)) };
}

/** A file of the folder, and where content names it. */
export type GatedFile = { folder: string; file: string; location?: Location | undefined };

/** The real path of a file in the folder, links followed. Throws GatedFileMissing, GatedFileTooLarge. */
export async function gatedFile({ folder, file, location }: GatedFile): Promise<string> {
  const missing = () => candorError('GatedFileMissing', { file, folder: basename(folder) }, location);
  if (file !== basename(file) || file.startsWith('.')) throw missing();
  const path = await realpath(join(folder, file)).catch(() => undefined);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || found?.isFile() !== true) throw missing();
  if (found.size > MOST_BYTES)
    throw candorError('GatedFileTooLarge', { file, bytes: found.size, most: MOST_BYTES }, location);
  return path;
}

/** Makes a copy for a recipient, in a worker. Throws GatedFileMissing, GatedFileTooLarge, GatedFileUnreadable. */
export async function copyOf(gated: GatedFile, mark: Mark): Promise<Copy> {
  const from = await gatedFile(gated);
  const folder = await mkdtemp(join(tmpdir(), 'candor-copy-'));
  try {
    const to = join(folder, 'copy.pdf');
    const answer = await markedBy({ from, to, mark });
    if ('problem' in answer)
      throw candorError('GatedFileUnreadable', { file: gated.file, problem: answer.problem }, gated.location);
    const { size } = await stat(to);
    const handle = await open(to);
    // Its name goes at once: when this process dies, nothing is left behind.
    return { digest: answer.digest, size, stream: streamOf(handle) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The bytes of a file, read as they are taken. */
function streamOf(handle: FileHandle): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK)).catch(async (error: unknown) => {
        await handle.close();
        throw error;
      });
      if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
      await handle.close();
      controller.close();
    },
    cancel: () => handle.close(),
  });
}

/** Another thread: a file that takes long, or more memory than there is, stops no form and no server. */
function markedBy(order: MarkOrder): Promise<MarkAnswer> {
  const script = join(import.meta.dirname, `mark-worker${extname(import.meta.filename)}`);
  return new Promise((settle) => {
    const worker = new Worker(script, {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
      // It needs nothing of what this process was told.
      env: {},
    });
    const end = (answer: MarkAnswer) => {
      clearTimeout(limit);
      void worker.terminate();
      settle(answer);
    };
    const limit = setTimeout(() => end({ problem: 'it takes too long to write on its pages' }), LONGEST_MS);
    worker.once('message', end);
    worker.once('error', () => end({ problem: 'its pages need too much memory' }));
    worker.once('exit', () => end({ problem: 'its pages cannot be written on' }));
  });
}
