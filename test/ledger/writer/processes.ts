import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Place } from '../ledgers.ts';

/** What change.ts can do. */
export type Change = 'begin' | 'record' | 'heartbeat' | 'retire' | 'fill' | 'forever';

/** How a process ended. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; err: string };

/** What becomes of a process at the points that kill-at.ts counts: it dies at one, or leaves in a folder what dying at each would. */
type Fate = { killAt: number } | { remains: string };

/** Starts a process that changes the log of a place. */
export function start(place: Place, change: Change, fate?: Fate): ChildProcess {
  const { root, content, state, pem } = place;
  const preload = fate === undefined ? [] : ['--import', join(import.meta.dirname, 'kill-at.ts')];
  const script = join(import.meta.dirname, 'change.ts');
  return spawn(process.execPath, [...preload, script, JSON.stringify({ content, state, pem }), change], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Many processes run the same code: it is compiled once.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled'), ...orders(fate, { content, state }) },
  });
}

function orders(fate: Fate | undefined, kept: Record<string, string>): Record<string, string> {
  if (fate === undefined) return {};
  return 'killAt' in fate ? { KILL_AT: String(fate.killAt) } : { REMAINS: fate.remains, KEPT: JSON.stringify(kept) };
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
