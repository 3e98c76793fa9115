/** `npm run bench`: every benchmark, one after the other. Ratios are the result; the absolute times are this machine’s. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

for (const bench of [
  'row-security',
  'build',
  'ledger',
  'releases',
  'browser',
  'github',
  'sample',
  'intake',
  'forms',
  'reports',
  'inbox',
  'desk',
]) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${bench}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  console.log();
}
