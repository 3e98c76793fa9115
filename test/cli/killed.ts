import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { KEYS } from './company.ts';

/** How a command ended, and at how many points of its changes to the file system it could have been killed. */
export type Killed = { code: number | null; signal: NodeJS.Signals | null; err: string; points: number };

/**
 * Runs a command in a company’s folder as a process of its own, which reads the real clock. It dies of SIGKILL at a point,
 * or leaves a copy of the company as its death at each point would: in `remains`/<point>/company. See kill-at.ts.
 */
export function killed(
  root: string,
  argv: string[],
  fate: { killAt: number } | { remains: string },
  environment: Record<string, string> = {},
): Promise<Killed> {
  const preload = ['--import', join(import.meta.dirname, '..', 'ledger', 'writer', 'kill-at.ts')];
  const bin = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');
  const orders: Record<string, string> =
    'killAt' in fate
      ? { KILL_AT: String(fate.killAt) }
      : { REMAINS: fate.remains, KEPT: JSON.stringify({ company: root }) };
  const child = spawn(process.execPath, [...preload, bin, ...argv], {
    cwd: root,
    env: { ...process.env, CANDOR_KEYS: KEYS, CANDOR_STATE: join(root, 'state'), ...environment, ...orders },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, err, points: Number(/(\d+) points/.exec(err)?.[1] ?? 0) }),
    );
  });
}

/** The company that a death at a point left. */
export function left(remains: string, point: number): string {
  return join(remains, String(point), 'company');
}
