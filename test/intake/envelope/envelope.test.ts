import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspectAge } from '../../../intake/envelope/inspect.ts';
import { keysDigest, recipientsFile } from '../../../intake/envelope/keys.ts';
import { paddedSize } from '../../../intake/envelope/padding.ts';
import { keysOf, newReceiptCode, readReceiptCode } from '../../../intake/envelope/receipt.ts';
import { packMessage, packReport, type Report, unpackReport } from '../../../intake/envelope/report.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { isHybridRecipient } from '../../../schemas/core/age-recipient.ts';

const identities = await Promise.all([generateHybridIdentity(), generateHybridIdentity()]);
const recipients = await Promise.all(identities.map(identityToRecipient));
const classical = await identityToRecipient(await generateX25519Identity());
const encoded = (text: string) => new TextEncoder().encode(text);

/** What whoever does not keep to our rules makes. */
async function made(...to: string[]): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const recipient of to) encrypter.addRecipient(recipient);
  return encrypter.encrypt('text');
}

describe('a receipt code', () => {
  test('is 160 bits in eight groups, and is read however it is typed', () => {
    const code = newReceiptCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){7}$/);
    expect(newReceiptCode()).not.toBe(code);
    for (const typed of [code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')}\n`])
      expect(readReceiptCode(typed)).toBe(code);
    expect(readReceiptCode('OIL0-'.padEnd(33, '0'))).toBe(`0110-${'0000-'.repeat(6)}0000`);
    for (const wrong of ['', code.slice(1), `${code}0`, code.replace(/^./, 'U'), code.replace(/^./, '!')])
      expect(readReceiptCode(wrong)).toBeUndefined();
  });
  test('gives the same keys everywhere, which tell nothing of each other', async () => {
    const keys = await keysOf('0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ');
    expect(keys.access).toBe('_QPCPrAENvFJYkgkvzBRMK96QYRL9WyCL-XJLTMD7v8');
    expect(keys.identity).toBe('AGE-SECRET-KEY-PQ-156MDPGLQAA8ZNXKPMFVY26VY4ATT6E4EJWW873U6MYKWYF0UWEDQJM43T6');
    expect(await identityToRecipient(keys.identity)).toBe(keys.recipient);
    expect(isHybridRecipient(keys.recipient)).toBe(true);
    expect((await keysOf('0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXY0')).access).not.toBe(keys.access);
  });
});

const report: Report = {
  title: 'Invoices of others can be read',
  description: 'The number in the address is not checked.\n<script>alert(1)</script>',
  version: '4.2',
  steps: 'Sign in. Change the number.',
  credit: { wanted: true, name: 'Zoë' },
  attachments: [
    { name: '../../etc/passwd', bytes: encoded('one') },
    { name: 'C:\\Bildschirmfoto äöü ‮gnp.exe', bytes: new Uint8Array([0, 255, 0]) },
    { name: '.', bytes: new Uint8Array() },
  ],
};

describe('a report', () => {
  test('comes back as it was, with names that no file system reads as anything else', () => {
    const { fields, text, attachments } = unpackReport(packReport(report));
    expect(fields).toEqual([
      ['Title', report.title],
      ['Version', '4.2'],
      ['Credit', 'by name: Zoë'],
    ]);
    expect(text).toBe(`${report.description}\n\nSteps\n\n${report.steps}`);
    expect(attachments.map(({ name }) => name)).toEqual(['1-etc-passwd', '2-C-Bildschirmfoto-a-o-u-gnp.exe', '3-file']);
    expect(attachments.map(({ bytes }) => [...bytes])).toEqual([[...encoded('one')], [0, 255, 0], []]);
  });
  test('is the same bytes whenever it is packed, and weighs what many others weigh', () => {
    expect(packReport(report)).toEqual(packReport(report));
    expect(packReport(report)).toHaveLength(65536);
    expect(packReport({ ...report, description: 'x'.repeat(20_000) })).toHaveLength(65536);
  });
  test('every message comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const bytes = packMessage(text);
        const { fields, attachments, text: back } = unpackReport(bytes);
        expect(back).toBe(new TextDecoder().decode(encoded(text)).trim());
        expect([fields, attachments]).toEqual([[], []]);
      }),
    );
    const bytes = new Uint8Array([255, 0, 254]);
    const { text, attachments } = unpackReport(packMessage('With a file.', [{ name: '/tmp/../a b', bytes }]));
    expect([text, attachments]).toEqual(['With a file.', [{ name: '1-tmp-.-a-b', bytes }]]);
    // Whole records of ten kilobytes, behind which the library writes no end.
    for (const length of [10240 - 513, 9 * 1024 + 510, 66_000, 70_000])
      expect(unpackReport(packMessage('x'.repeat(length))).text).toHaveLength(length);
  });
  test('what others made is text, or a file, and never stops the reader', () => {
    expect(unpackReport(encoded('# Just text\n')).text).toBe('# Just text');
    expect(unpackReport(new Uint8Array([255, 0, 254])).attachments).toEqual([
      { name: 'message.bin', bytes: new Uint8Array([255, 0, 254]) },
    ]);
    const archive = packReport(report);
    // A size below zero would lead a reader back to where it was.
    const hostile = archive.slice();
    hostile.set(encoded('-0000001000\0'), 124);
    expect(unpackReport(hostile).fields).toEqual([]);
    fc.assert(
      fc.property(fc.nat(4096), fc.uint8Array({ maxLength: 600 }), (at, bytes) => {
        const broken = archive.slice();
        broken.set(bytes, at);
        unpackReport(broken);
        unpackReport(broken.subarray(0, at));
      }),
    );
  });
  test('very many files are one, the archive, and the text is read all the same', () => {
    const many = (count: number) =>
      packMessage(
        'Many.',
        Array.from({ length: count }, () => ({ name: 'f', bytes: encoded('') })),
      );
    expect(unpackReport(many(100)).attachments).toHaveLength(100);
    const attachments = [{ name: 'message.tar', bytes: many(101) }];
    expect(unpackReport(many(101))).toEqual({ fields: [], text: 'Many.', attachments });
  });
  test.each(['gnu', 'pax', 'ustar'])(
    'a tar of the format %s that somebody made with folders is its files',
    (format) => {
      const folder = mkdtempSync(join(tmpdir(), 'candor-tar-'));
      mkdirSync(join(folder, 'proof'));
      writeFileSync(join(folder, 'report.md'), '# Text\n');
      const long = `${'x'.repeat(format === 'ustar' ? 60 : 120)}.txt`;
      writeFileSync(join(folder, 'proof', long), 'proof');
      const made = spawnSync('tar', ['-c', `--format=${format}`, '-C', folder, 'report.md', 'proof']).stdout;
      rmSync(folder, { recursive: true });
      const { text, attachments } = unpackReport(made);
      expect(text).toBe('# Text');
      expect(attachments.map(({ name, bytes }) => [name.slice(0, 8), new TextDecoder().decode(bytes)])).toEqual([
        ['proof-xx', 'proof'],
      ]);
    },
  );
  test('is padded by Padmé’s rule: never less, at most 12 % more, few sizes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 65536, max: 2 ** 30 }), (bytes) => {
        const size = paddedSize(bytes);
        expect(size).toBeGreaterThanOrEqual(bytes);
        expect(size / bytes).toBeLessThan(1.12);
        expect(paddedSize(size)).toBe(size);
      }),
    );
    expect([0, 65536, 65537, 1_000_000].map(paddedSize)).toEqual([65536, 65536, 67584, 1_015_808]);
  });
});

describe('a message', () => {
  test('opens with each of its recipients’ identities, and with no other', async () => {
    const sealed = await seal(encoded('secret'), recipients);
    for (const identity of identities) expect(await open(sealed, identity)).toEqual(encoded('secret'));
    await expect(open(sealed, await generateHybridIdentity())).rejects.toThrow('no identity matched');
    await expect(open(sealed.subarray(0, -1), identities[0] ?? '')).rejects.toThrow();
  });
  test('is never encrypted to one alone, nor to a classical recipient', async () => {
    const [one = '', two = ''] = recipients;
    for (const few of [[], [one], [one, one]])
      await expect(seal(encoded('x'), few)).rejects.toThrow('A message is encrypted to two recipients at least.');
    for (const mixed of [
      [one, two, classical],
      [classical, classical.replace(/.$/, '')],
      [one, `${two} `],
    ])
      await expect(seal(encoded('x'), mixed)).rejects.toThrow('Every recipient must be a hybrid one, age1pq1….');
  });
});

describe('seen from outside', () => {
  test('a message to two or more hybrid recipients, binary or armored', async () => {
    const sealed = await seal(encoded('x'), recipients);
    const two = { stanzas: ['mlkem768x25519', 'mlkem768x25519'] };
    expect(inspectAge(sealed)).toEqual(two);
    expect(inspectAge(encoded(armor.encode(sealed)))).toEqual(two);
    expect(inspectAge(encoded(` \r\n${armor.encode(sealed).replaceAll('\n', '\r\n')}\r\n\r\n`))).toEqual(two);
  });
  test.each([
    ['one recipient', () => made(recipients[0] ?? ''), 'too-few-recipients'],
    ['mixed kinds', () => made(...recipients, classical), 'mixed-recipients'],
    ['classical', () => made(classical, classical), 'classical-recipients'],
    [
      'a passphrase',
      async () => encoded(`age-encryption.org/v1\n-> scrypt AAAA 18\nAAAA\n--- ${'A'.repeat(43)}\n${'x'.repeat(32)}`),
      'classical-recipients',
    ],
    ['text', async () => encoded('hello'), 'not-age'],
    ['nothing', async () => new Uint8Array(), 'not-age'],
    ['a header alone', async () => (await made(...recipients)).subarray(0, 3000), 'not-age'],
    ['no payload', async () => (await made(...recipients)).subarray(0, -36), 'not-age'],
    [
      'another version',
      async () => encoded(`age-encryption.org/v2\n--- ${'A'.repeat(43)}\n${'x'.repeat(64)}`),
      'not-age',
    ],
    [
      'no recipients',
      async () => encoded(`age-encryption.org/v1\n--- ${'A'.repeat(43)}\n${'x'.repeat(64)}`),
      'not-age',
    ],
    [
      'damaged armor',
      async () => encoded('-----BEGIN AGE ENCRYPTED FILE-----\n!!\n-----END AGE ENCRYPTED FILE-----'),
      'not-age',
    ],
    [
      'a stanza that only looks hybrid',
      async () =>
        encoded(
          `age-encryption.org/v1\n-> mlkem768x25519 AAAA\n${'A'.repeat(43)}\n--- ${'A'.repeat(43)}\n${'x'.repeat(64)}`,
        ),
      'not-age',
    ],
  ])('%s', async (_, message, problem) => {
    expect(inspectAge(await message()).problem).toBe(problem);
  });
  test('no bytes stop the one who looks', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => inspectAge(bytes).problem === 'not-age'));
  });
});

test('a set of keys has one name, in whatever order, and one file', async () => {
  const name = await keysDigest(recipients);
  expect(name).toMatch(/^[0-9a-f]{64}$/);
  expect(await keysDigest(recipients.toReversed())).toBe(name);
  expect(await keysDigest(recipients.slice(1))).not.toBe(name);
  expect(recipientsFile(['age1pq1a', 'age1pq1b'], ['Larkspur'])).toBe('# Larkspur\nage1pq1a\nage1pq1b\n');
});
