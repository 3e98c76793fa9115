import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { inspectAge } from '../../../intake/envelope/inspect.ts';
import { recipientsFile } from '../../../intake/envelope/keys.ts';
import { packReport, type Report, unpackReport } from '../../../intake/envelope/report.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { findAge } from './age.ts';

const Recorded = z.strictObject({
  version: z.string(),
  keys: z.array(z.strictObject({ identity: z.string(), recipient: z.string() })).length(2),
  text: z.string(),
  message: z.base64(),
  armored: z.string(),
  opened: z.strictObject({ sha256: z.string(), files: z.array(z.string()) }),
});
// What the command made and opened; the tests below compare it with what it makes and opens now.
const file = join(import.meta.dirname, '..', '..', 'fixtures', 'envelope', 'age.json');
const { keys, text, message, armored, opened } = Recorded.parse(JSON.parse(readFileSync(file, 'utf8')));
const report: Report = {
  title: 'Invoices of others can be read',
  description: 'The number in the address is not checked.',
  steps: 'Sign in. Change the number.',
  credit: { wanted: false },
  attachments: [{ name: 'proof äöü.txt', bytes: new TextEncoder().encode('proof') }],
};

test('while ten megabytes are encrypted others have their turn, and every byte of them is there', async () => {
  const plain = new Uint8Array(10 * 2 ** 20 + 7).map((_, index) => index >> 9);
  let turns = 0;
  const other = setInterval(() => {
    turns += 1;
  });
  const sealed = await seal(
    plain,
    keys.map(({ recipient }) => recipient),
  );
  clearInterval(other);
  expect(turns).toBeGreaterThan(10);
  expect(Buffer.from(await open(sealed, keys[1]?.identity ?? '')).equals(plain)).toBe(true);
});

describe('what the age command made, as it was recorded', () => {
  test('looks right from outside, and each key opens it', async () => {
    for (const bytes of [Buffer.from(message, 'base64'), Buffer.from(armored)])
      expect(inspectAge(bytes)).toEqual({ stanzas: ['mlkem768x25519', 'mlkem768x25519'] });
    for (const { identity } of keys)
      expect(unpackReport(await open(Buffer.from(message, 'base64'), identity)).text).toBe(text);
  });
  test('what it opened of ours is what is packed today', () => {
    expect(hash('sha256', packReport(report))).toBe(opened.sha256);
  });
});

const found = findAge();

// `npm test` unpacks the command where it can. Where there is none, the tests above compare with what it said before.
describe.skipIf(found === undefined)(
  `the age command${found === undefined ? ' (there is none with hybrid keys)' : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'candor-age-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const run = (command: string, args: string[], input?: Uint8Array) => {
      const { status, stdout, stderr } = spawnSync(command, args, {
        cwd: folder,
        ...(input === undefined ? {} : { input }),
        maxBuffer: 2 ** 26,
      });
      if (status !== 0) throw new Error(String(stderr));
      return stdout;
    };
    const age = (args: string[], input?: Uint8Array) => run(found?.age ?? '', args, input);

    test('encrypts to the published keys, and we open it', async () => {
      const published = recipientsFile(
        keys.map(({ recipient }) => recipient),
        ['Larkspur'],
      );
      writeFileSync(join(folder, 'keys.txt'), published);
      for (const armor of [[], ['-a']]) {
        const made = age([...armor, '-R', 'keys.txt'], Buffer.from(text));
        const { problem, stanzas } = inspectAge(made);
        expect([problem, stanzas.length]).toEqual([undefined, 2]);
        if (armor.length === 0)
          for (const { identity } of keys) expect(unpackReport(await open(made, identity)).text).toBe(text);
      }
    });
    test.each([0, 1])('opens what we encrypt with key %i, and tar unpacks it', async (number) => {
      const identity = keys[number]?.identity ?? '';
      writeFileSync(join(folder, 'key.txt'), `${identity}\n`);
      const sealed = await seal(
        packReport(report),
        keys.map(({ recipient }) => recipient),
      );
      const plain = age(['-d', '-i', 'key.txt'], sealed);
      expect(hash('sha256', plain)).toBe(opened.sha256);
      const place = mkdtempSync(join(folder, 'unpacked-'));
      run('tar', ['-x', '-C', place], plain);
      const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(files.map(({ name }) => name).sort()).toEqual(opened.files);
      expect(readFileSync(join(place, 'report.md'), 'utf8')).toContain(report.description);
    });
    test('derives the same recipient from an identity', () => {
      for (const { identity, recipient } of keys)
        expect(String(run(found?.keygen ?? '', ['-y'], Buffer.from(identity))).trim()).toBe(recipient);
    });
  },
);
