import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeKeys } from '../../ledger/keys/private.ts';
import { makeCompany } from './company.ts';

test('code that content or collectors bring along does not find the private keys in its process', async () => {
  const root = await makeCompany({
    'collectors/curious/collector.ts': "console.log('found:', process.env.CANDOR_KEYS);\nexport default {};\n",
  });
  try {
    const bin = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');
    const environment = { ...process.env, CANDOR_KEYS: makeKeys() };
    const { stdout } = spawnSync(process.execPath, [bin, 'docs'], { cwd: root, env: environment, encoding: 'utf8' });
    expect(stdout).toContain('found: undefined');
  } finally {
    await rm(root, { recursive: true });
  }
});
