/**
 * Preloaded (`node --import`) into a process that is to die: counts every change it makes to the file system, and kills it
 * with SIGKILL just before the one that KILL_AT names, or in the middle of it where it writes. Tells on stderr how many
 * there were when it lives.
 */
import fs, { type PathLike } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const killAt = Number(process.env.KILL_AT ?? 0);
let points = 0;

/** Whether this is where to die. */
function isReached(): boolean {
  points += 1;
  return points === killAt;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // Nothing more may happen, however late the signal comes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function counted<F extends (...args: never[]) => unknown>(
  change: F,
  counts: (args: unknown[]) => boolean = () => true,
): F {
  return new Proxy(change, {
    apply: (target, self, args) => {
      if (counts(args) && isReached()) die();
      return Reflect.apply(target, self, args);
    },
  });
}

/** A write is two points: before it, and when half of it is done. */
function countedWrite<F extends (...args: never[]) => unknown>(
  write: F,
  half: (self: unknown, args: unknown[]) => void,
): F {
  return new Proxy(write, {
    apply: (target, self, args) => {
      if (isReached()) die();
      if (isReached()) {
        half(self, args);
        die();
      }
      return Reflect.apply(target, self, args);
    },
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
  if (self instanceof Object && 'fd' in self && typeof self.fd === 'number') fs.writeSync(self.fd, halfOf(data));
});
handles.sync = counted(handles.sync);
disk.open = counted(disk.open, ([, flags]) => flags !== undefined && flags !== 'r');
disk.writeFile = countedWrite(disk.writeFile, (_, [path, data]) =>
  fs.writeFileSync(`${path}` satisfies PathLike, halfOf(data)),
);
disk.mkdir = counted(disk.mkdir);
disk.rename = counted(disk.rename);
disk.link = counted(disk.link);
disk.rm = counted(disk.rm);
disk.rmdir = counted(disk.rmdir);
syncBuiltinESMExports();

process.once('exit', () => process.stderr.write(`${points} points\n`));
