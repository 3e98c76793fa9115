import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Place } from '../ledgers.ts';

/** What change.ts can do. */
export type Change = 'begin' | 'record' | 'heartbeat' | 'retire' | 'fill' | 'forever';

/** How a process ended. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; err: string };

/** Starts a process that changes the log of a place. With `killAt` it dies at that change of the file system. */
export function start(place: Place, change: Change, killAt?: number): ChildProcess {
  const { root, content, state, pem } = place;
  const preload = killAt === undefined ? [] : ['--import', join(import.meta.dirname, 'kill-at.ts')];
  const script = join(import.meta.dirname, 'change.ts');
  return spawn(process.execPath, [...preload, script, JSON.stringify({ content, state, pem }), change], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Hundreds of processes run the same code: it is compiled once.
    env: { ...process.env, KILL_AT: String(killAt ?? 0), NODE_COMPILE_CACHE: join(root, 'compiled') },
  });
}

/** Waits for its end. */
export function ended(child: ChildProcess): Promise<Ended> {
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  child.stdout?.resume();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, err }));
  });
}
