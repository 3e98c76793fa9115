import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { expect, test } from 'vitest';
import { openpgpKey } from '../../ledger/openpgp.ts';
import { DisclosurePolicy, PublishedPolicy } from '../../schemas/index.ts';
import { securityTxt, signSecurityTxt } from '../../site/sections/security-txt.ts';

test('security.txt has the fields of RFC 9116, contacts in order and one expiry', () => {
  const policy = DisclosurePolicy.parse({
    contacts: ['security@larkspur.example', 'https://larkspur.example/report'],
    expiresOn: '2027-06-30',
    languages: ['en', 'de'],
    scope: ['the product'],
    safeHarbor: 'We do not sue.',
    clocks: [{ id: 'ack', title: 'Acknowledged', starts: 'receipt', within: '48h', counts: 'calendar' }],
    credit: 'opt-in',
    bounty: { kind: 'none' },
    encryption: ['https://larkspur.example/key.asc'],
  });
  expect(securityTxt(policy, 'https://trust.larkspur.example/')).toMatchInlineSnapshot(`
    "Contact: mailto:security@larkspur.example
    Contact: https://larkspur.example/report
    Expires: 2027-06-30T23:59:59Z
    Encryption: https://larkspur.example/key.asc
    Preferred-Languages: en, de
    Canonical: https://trust.larkspur.example/.well-known/security.txt
    Policy: https://trust.larkspur.example/disclosure/
    "
  `);
  // The keys that reports are encrypted to come after those that the policy names.
  const recipients = [
    { holder: 'a', recipient: 'age1pq1a' },
    { holder: 'b', recipient: 'age1pq1b' },
  ];
  expect(securityTxt({ ...policy, recipients }, 'https://trust.larkspur.example').match(/^Encryption: .*$/gm)).toEqual([
    'Encryption: https://larkspur.example/key.asc',
    'Encryption: https://trust.larkspur.example/disclosure/keys.txt',
  ]);
  const has = { thanks: true, advisories: true };
  expect(securityTxt(policy, 'https://trust.larkspur.example/', has).split('\n').slice(-3)).toEqual([
    'Acknowledgments: https://trust.larkspur.example/disclosure/thanks/',
    'CSAF: https://trust.larkspur.example/.well-known/csaf/provider-metadata.json',
    '',
  ]);
});

test('policy.json holds the whole policy but who is told inside', () => {
  expect(Object.keys(DisclosurePolicy.shape).filter((field) => !(field in PublishedPolicy.shape))).toEqual([
    'escalation',
  ]);
});

test.runIf(process.platform !== 'win32')(
  'signed in the clear it stays readable, gpg accepts it, and refuses another line',
  async () => {
    const site = await mkdtemp(join(tmpdir(), 'candor-security-'));
    try {
      const file = join(site, '.well-known', 'security.txt');
      const text = 'Contact: mailto:security@larkspur.example\nExpires: 2027-06-30T23:59:59Z\n';
      const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: 'Larkspur' }] });
      const key = await openpgpKey({ CANDOR_OPENPGP_KEY: privateKey }, site);
      if (key === undefined) throw new Error('no key');
      // Without a policy there is nothing to sign.
      await signSecurityTxt(site, key, new Date());
      await mkdir(join(site, '.well-known'));
      await writeFile(file, text);
      await signSecurityTxt(site, key, new Date());
      const signed = await readFile(file, 'utf8');
      expect(signed).toMatch(/^-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA/);
      expect(signed).toContain(text);
      expect(signed).not.toContain('\r');
      const gpg = (args: string[], input: string) =>
        spawnSync('gpg', ['--homedir', site, '--batch', '--status-fd', '1', ...args], { input, encoding: 'utf8' })
          .stdout;
      expect(gpg(['--import'], publicKey)).toContain('IMPORT_OK');
      expect(gpg(['--verify'], signed)).toContain('VALIDSIG');
      expect(gpg(['--verify'], signed.replace('mailto:security', 'mailto:secur1ty'))).toContain('BADSIG');
    } finally {
      await rm(site, { recursive: true, force: true });
    }
  },
);
