import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commands } from '../../site/proof/commands.ts';
import type { Example } from '../../site/proof/example.ts';

const example: Example = {
  record: 'evidence/app-db/rows',
  signed: ['evidence/app-db/rows.json'],
  bundle: 'evidence/app-db/rows.sigstore.json',
  key: 'keys/statement-0123456789abcdef.pem',
  leaf: 'evidence/app-db/rows.json',
  proof: 'evidence/app-db/rows.tlog-proof',
  headKeys: [["trust.quill.example/$'$&/log+01234567+AAAA", '2026-12-01T00:00:00.000Z']],
  allKeys: ['trust.quill.example/log+89abcdef+AAAA', "trust.quill.example/$'$&/log+01234567+AAAA"],
};

test('an address in the commands is a word for a shell, and nothing that it would run', () => {
  for (const site of [
    'https://trust.quill.example/a$(echo%20x)',
    "https://quill.example/it's;exit",
    'https://quill.example/a&b',
  ]) {
    const [line = ''] = commands(site, example).openssl.split('\n');
    expect(execFileSync('sh', ['-c', `${line}\nprintf %s "$SITE"`], { encoding: 'utf8' })).toBe(site);
    for (const command of ['candor', 'cosign', 'goRun'] as const)
      expect(commands(site, example)[command].split('\n')[0]).toBe(line);
  }
  expect(commands('https://trust.quill.example', example).candor).toMatch(/^SITE=https:\/\/trust.quill.example\n/);
});

test('the name of a log stands in the program as it is', () => {
  const { go } = commands('https://quill.example', example);
  expect(go).toContain(`var headKeys = map[string]string{\n\t"${example.allKeys[1]}": "2026-12-01T00:00:00.000Z",\n}`);
  expect(go).toContain(`var allKeys = []string{\n\t"${example.allKeys[0]}",\n\t"${example.allKeys[1]}",\n}`);
});
