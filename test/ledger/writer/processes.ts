import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place } from '../ledgers.ts';

/** What change.ts can do. */
export type Change = 'begin' | 'record' | 'heartbeat' | 'retire' | 'fill' | 'forever';

/** Hundreds of processes run the same code: it is compiled once. */
const compiled = mkdtempSync(join(tmpdir(), 'candor-compiled-'));
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));

/** How a process ended. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; err: string };

/** Starts a process that changes the log of a place. With `killAt` it dies at that change of the file system. */
export function start(place: Pick<Place, 'content' | 'state' | 'pem'>, change: Change, killAt?: number): ChildProcess {
  const { content, state, pem } = place;
  const preload = killAt === undefined ? [] : ['--import', join(import.meta.dirname, 'kill-at.ts')];
  const script = join(import.meta.dirname, 'change.ts');
  return spawn(process.execPath, [...preload, script, JSON.stringify({ content, state, pem }), change], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KILL_AT: String(killAt ?? 0), NODE_COMPILE_CACHE: compiled },
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
