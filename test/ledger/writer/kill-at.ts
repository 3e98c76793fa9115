/**
 * Preloaded (`node --import`) into a process that changes files. Each change it makes to the file system is a point, a
 * write is two: before it, and when half of it is done. With KILL_AT the process dies by SIGKILL at that point. With
 * REMAINS (a folder) and KEPT (folders, as JSON by name) it lives, and copies at each point what its death would leave
 * to REMAINS/<point>/<name>. Tells on stderr how many points there were.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import fs, { type PathLike } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const killAt = Number(process.env.KILL_AT ?? 0);
const remains = process.env.REMAINS;
const kept: Record<string, string> = JSON.parse(process.env.KEPT ?? '{}');
let points = 0;

/** Dies here, or keeps what that would leave. */
function reach(): void {
  points += 1;
  if (points === killAt) {
    process.kill(process.pid, 'SIGKILL');
    // Nothing more may happen, however late the signal comes.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  if (remains === undefined) return;
  for (const [name, folder] of Object.entries(kept))
    if (fs.existsSync(folder)) fs.cpSync(folder, join(remains, String(points), name), { recursive: true });
}

let turn: Promise<unknown> = Promise.resolve();
const within = new AsyncLocalStorage<true>();

/** What is copied must not move meanwhile: changes that were asked for at the same time are then made one by one. */
function inTurn(change: () => unknown): unknown {
  // A write that is flushed asks for the sync itself.
  if (remains === undefined || within.getStore()) return change();
  const done = turn.then(() => within.run(true, change));
  turn = done.catch(() => undefined);
  return done;
}

function counted<F extends (...args: never[]) => unknown>(
  change: F,
  counts: (args: unknown[]) => boolean = () => true,
): F {
  return new Proxy(change, {
    apply: (target, self, args) => {
      const make = () => Reflect.apply(target, self, args);
      if (!counts(args)) return make();
      return inTurn(() => {
        reach();
        return make();
      });
    },
  });
}

/** `half` does half of the write, and gives what undoes it. */
function countedWrite<F extends (...args: never[]) => unknown>(
  write: F,
  half: (self: unknown, args: unknown[]) => () => void,
): F {
  return new Proxy(write, {
    apply: (target, self, args) =>
      inTurn(() => {
        reach();
        const undo = points + 1 === killAt || remains !== undefined ? half(self, args) : undefined;
        reach();
        undo?.();
        return Reflect.apply(target, self, args);
      }),
  });
}

function halfOf(data: unknown): Buffer {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(String(data));
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

const disk = fs.promises;
const handle = await disk.open(import.meta.filename);
const handles: FileHandle = Object.getPrototypeOf(handle);
await handle.close();
handles.writeFile = countedWrite(handles.writeFile, (self, [data]) => {
  if (!(self instanceof Object && 'fd' in self && typeof self.fd === 'number')) throw new Error('no file is open');
  const { fd } = self;
  const { size } = fs.fstatSync(fd);
  // At its end, without moving the place at which the whole will be written.
  const part = halfOf(data);
  fs.writeSync(fd, part, 0, part.length, size);
  return () => fs.ftruncateSync(fd, size);
});
handles.sync = counted(handles.sync);
disk.open = counted(disk.open, ([, flags]) => flags !== undefined && flags !== 'r');
disk.writeFile = countedWrite(disk.writeFile, (_, [path, data]) => {
  const file = `${path}` satisfies PathLike;
  const before = fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  fs.writeFileSync(file, halfOf(data));
  return () => (before === undefined ? fs.rmSync(file) : fs.writeFileSync(file, before));
});
disk.mkdir = counted(disk.mkdir);
disk.rename = counted(disk.rename);
disk.link = counted(disk.link);
disk.rm = counted(disk.rm);
disk.rmdir = counted(disk.rmdir);
syncBuiltinESMExports();

process.once('exit', () => process.stderr.write(`${points} points\n`));
