import { spawnSync } from 'node:child_process';
import { findGo } from './ledger/go/go.ts';

/**
 * Tries to have Go with golang.org/x/mod/sumdb: what is here already, else the system's packages. True when both can be
 * used; false, which is no failure, when they are not to be had: then what Go said is compared as it was recorded.
 */
export async function ensureGo(): Promise<boolean> {
  const ways = [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', 'golang-go', 'golang-golang-x-mod-dev'],
  ];
  for (const args of ways) {
    if (findGo() !== undefined) return true;
    spawnSync('apt-get', args, {
      stdio: 'ignore',
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  return findGo() !== undefined;
}
