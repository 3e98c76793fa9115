import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { printAgreement } from '../../../intake/document/print.ts';
import { type Seal, sealOf, sealPdf } from '../../../intake/document/seal.ts';
import { makeSealKey, parseSealKey, type SealKey, sealKey } from '../../../intake/document/seal-key.ts';
import { ownCertificateCommand, sealCommands } from '../../../site/proof/seal-commands.ts';
import { annexes, template } from './agreement.ts';
import { openssl } from './openssl.ts';

const at = new Date('2026-11-22T17:00:00Z');
const [from, until] = [new Date('2026-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z')];
let pem: string;
let key: SealKey;
let unsigned: Buffer;
let sealed: Buffer;
beforeAll(async () => {
  pem = await makeSealKey('Larkspur Desk, Inc.', from, until);
  key = parseSealKey(pem);
  unsigned = await printAgreement({ template: template('# One\n\nTwo.\n'), annexes: await annexes() });
  sealed = await sealPdf(unsigned, key, at);
});

function opened(bytes: Buffer): Seal {
  const seal = sealOf(bytes);
  if (seal === null) throw new Error('there is no seal');
  return seal;
}

const version = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
})();

describe.skipIf(version === undefined)('openssl (skipped where this machine has none)', () => {
  test('accepts the seal with the certificate of the company', async () => {
    expect(await openssl(opened(sealed), key.certificate.toString(), at)).toBe('CMS Verification successful');
  });
  test('accepts it by the commands on the page, in any shell', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'candor-commands-'));
    try {
      await writeFile(join(folder, 'agreement.pdf'), sealed);
      await writeFile(join(folder, 'certificate.pem'), key.certificate.toString());
      const run = () => promisify(execFile)('sh', ['-c', sealCommands('agreement.pdf')], { cwd: folder });
      const { stdout, stderr } = await run();
      expect(stdout).toContain(key.certificate.fingerprint256);
      expect(stderr).toContain('CMS Verification successful');
      await writeFile(join(folder, 'agreement.pdf'), Buffer.concat([sealed, Buffer.from('more')]));
      await expect(run()).rejects.toMatchObject({ code: 1 });
      // Agreements outlive the certificate, and the page has another one by then: theirs lies in the file.
      const old = parseSealKey(
        await makeSealKey('Larkspur Desk, Inc.', new Date('2020-01-01'), new Date('2020-03-01')),
      );
      await writeFile(join(folder, 'agreement.pdf'), await sealPdf(unsigned, old, new Date('2020-02-01')));
      await expect(run()).rejects.toMatchObject({ stderr: expect.stringMatching(/verif/i) });
      await promisify(execFile)('sh', ['-c', ownCertificateCommand], { cwd: folder });
      const later = await run();
      expect(later.stdout).toContain(old.certificate.fingerprint256);
      expect(later.stderr).toContain('CMS Verification successful');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  test('refuses it when one byte differs, before and behind the signature', async () => {
    for (const index of [unsigned.length >> 1, sealed.length - 10]) {
      const broken = Buffer.from(sealed);
      broken[index] = (broken[index] ?? 0) ^ 1;
      await expect(openssl(opened(broken), key.certificate.toString(), at)).rejects.toThrow(/verification failure/i);
    }
  });
  test('refuses it with the certificate of somebody else of the same name', async () => {
    const other = parseSealKey(await makeSealKey('Larkspur Desk, Inc.', from, until));
    await expect(openssl(opened(sealed), other.certificate.toString(), at)).rejects.toThrow(/verif/i);
  });
});

describe('a seal', () => {
  test('leaves the unsigned file as the first bytes, and gives it back exactly', () => {
    expect(sealed.subarray(0, unsigned.length).equals(unsigned)).toBe(true);
    expect(opened(sealed).unsigned.equals(unsigned)).toBe(true);
  });
  test('of the same bytes differs, the bytes do not', async () => {
    const again = await sealPdf(unsigned, key, at);
    expect(again.equals(sealed)).toBe(false);
    expect(opened(again).unsigned.equals(unsigned)).toBe(true);
  });
  test('covers all of the file but itself; with something behind it, it is none', () => {
    const { signed, signature } = opened(sealed);
    expect(sealed.length - signed.length).toBeGreaterThan(2 * signature.length);
    expect(sealOf(Buffer.concat([sealed, Buffer.from('more')]))).toBeNull();
    expect(sealOf(unsigned)).toBeNull();
  });
  test('is not made with a certificate out of its time, nor on what is no whole file', async () => {
    await expect(sealPdf(unsigned, key, new Date('2036-02-01'))).rejects.toThrow(
      'the key that seals agreements cannot be used: its certificate is not valid on 2036-02-01.',
    );
    await expect(sealPdf(unsigned.subarray(0, -6), key, at)).rejects.toThrow(
      'the PDF of the agreement could not be made: the file to seal does not end as a PDF does.',
    );
  });
});

describe('the key of the seal', () => {
  test('is valid for as long as it was asked for, beyond 2049 too', async () => {
    const long = parseSealKey(await makeSealKey('Larkspur', from, new Date('2099-01-01T00:00:00Z'))).certificate;
    expect([new Date(long.validFrom), new Date(long.validTo)]).toEqual([from, new Date('2099-01-01T00:00:00Z')]);
  });
  test('comes from the environment, or there is none', async () => {
    expect((await sealKey({ CANDOR_SEAL: pem }, 'content'))?.certificate.fingerprint256).toBe(
      key.certificate.fingerprint256,
    );
    expect(await sealKey({}, 'content')).toBeUndefined();
  });
  test.each([
    ['there is no P-256 private key', () => key.certificate.toString()],
    ['there is no certificate', () => pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE'))],
  ])('is refused when %s', async (problem, text) => {
    await expect(sealKey({ CANDOR_SEAL: text() }, 'content')).rejects.toThrow(
      `the key that seals agreements cannot be used: in CANDOR_SEAL ${problem}.`,
    );
  });
  test('is refused with the certificate of another key', async () => {
    const other = parseSealKey(await makeSealKey('Other', from, until)).certificate.toString();
    const mixed = pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE')) + other;
    expect(() => parseSealKey(mixed)).toThrow('the certificate belongs to another key');
  });
});
