import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBrowser } from './browser.ts';

/**
 * Makes sure that there is a Chromium: one that is here already, else Playwright's own, else the system's package.
 * Gives false, and says what to do, when none can be had.
 */
export async function ensureBrowser(): Promise<boolean> {
  const ways: [string, string[]][] = [
    [join(import.meta.dirname, '..', 'node_modules', '.bin', 'playwright'), ['install', 'chromium-headless-shell']],
    ['apt-get', ['update', '-q']],
    ['apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium']],
  ];
  for (const [command, args] of ways) {
    if (findBrowser() !== undefined) return true;
    spawnSync(command, args, {
      stdio: 'ignore',
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      shell: process.platform === 'win32',
    });
  }
  if (findBrowser() !== undefined) return true;
  console.log('No Chromium could be found or installed. Install one, or set CHROMIUM_PATH to it.');
  return false;
}
