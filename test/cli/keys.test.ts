import { hash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseSealKey } from '../../intake/document/seal-key.ts';
import { makeKeys, parseKeys } from '../../ledger/keys/private.ts';
import { readLog } from '../../ledger/reader.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { makeCompany, run as runIn } from './company.ts';

let root = '';
let safe = '';
let file = '';
beforeEach(async () => {
  [root, safe] = [await makeCompany(), await mkdtemp(join(tmpdir(), 'candor-keys-'))];
  file = join(safe, 'keys.pem');
});
afterEach(() => Promise.all([root, safe].map((folder) => rm(folder, { recursive: true, force: true }))));

const run = (argv: string[], { now, ...more }: { now?: string } & Record<string, string> = {}) =>
  runIn(root, argv, {
    ...(now === undefined ? {} : { now }),
    environment: { CANDOR_KEYS: '', CANDOR_KEYS_FILE: file, CANDOR_STATE: join(safe, 'state'), ...more },
  });
const privateText = async () =>
  (await readFile(file, 'utf8')).split('\n').filter((line) => /^[A-Za-z0-9+/=]+$/.test(line));
const signatures = async () =>
  (await readFile(join(root, 'content/ledger/log/checkpoint'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('— '));
const plain = (text: string) => text.replaceAll(safe, '…').replace(/[0-9a-f]{64}/g, '<fingerprint>');
const rows = (...owners: string[]) =>
  writeFile(join(root, 'store.json'), JSON.stringify(owners.map((owner) => ({ owner }))));
const known = async () => (await readEvidence(join(root, 'content'))).evidence.map(({ counts }) => counts.passed);

describe('keys seal', () => {
  test('writes a key that only its owner can read, says its certificate, and never replaces a file', async () => {
    file = join(safe, 'seal.pem');
    const { code, out, err } = await run(['keys', 'seal', file], { now: '2026-11-03T10:00:00Z' });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(plain(out)).toMatchInlineSnapshot(`
      "Made …/seal.pem, which only you can read: it seals agreements until 2029-11-02.

      certificate    <fingerprint>

      Here:   export CANDOR_SEAL_FILE='…/seal.pem'
      Its fingerprint is shown on the page; whoever gets an agreement compares the two.
      "
    `);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { certificate } = parseSealKey(await readFile(file, 'utf8'));
    expect(out).toContain(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    for (const line of await privateText()) expect(out).not.toContain(line);
    expect((await run(['keys', 'seal', file])).code).not.toBe(0);
    expect((await run(['keys', 'seal'])).err).toContain('name the file to make, outside the repository.');
  });
});

describe('keys make', () => {
  test('writes a file that only its owner can read, prints fingerprints, and never a private half', async () => {
    file = join(safe, 'new folder', 'keys.pem');
    const { code, out, err } = await run(['keys', 'make', file]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(plain(out)).toMatchInlineSnapshot(`
      "Made …/new folder/keys.pem, which only you can read. Keep a copy in a safe place: a lost key cannot be made again.

        checkpoint  <fingerprint>
        statement   <fingerprint>

      Here:   export CANDOR_KEYS_FILE='…/new folder/keys.pem'
      In CI:  a secret CANDOR_KEYS that holds the text of the file: gh secret set CANDOR_KEYS < '…/new folder/keys.pem'
      "
    `);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(safe, 'new folder'))).mode & 0o777).toBe(0o700);
    const lines = await privateText();
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(out).not.toContain(line);
    expect((await run(['collect'])).code).toBe(0);
  });

  test('--json names the fingerprints of what was made', async () => {
    const { out } = await run(['keys', 'make', file, '--json']);
    const { keys } = JSON.parse(out);
    const { out: printed } = await run(['keys', '--json']);
    expect(JSON.parse(printed)).toEqual({ origin: null, keys: [], atHand: keys });
    expect(keys.map(({ use }: { use: string }) => use)).toEqual(['checkpoint', 'statement']);
  });

  test('writes over nothing', async () => {
    await writeFile(file, 'mine');
    const { code, err } = await run(['keys', 'make', file]);
    expect({ code, err: plain(err) }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "err": "error KeysExist: there is already a file …/keys.pem.
        hint: choose another; \`candor keys rotate FILE\` adds new keys to it.
      ",
      }
    `);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('makes none in the repository, by a link neither', async () => {
    await mkdir(join(root, '.git'));
    await symlink(root, join(safe, 'link'));
    for (const inside of ['keys.pem', 'content/keys.pem', join(safe, 'link', 'keys.pem')]) {
      const { code, err } = await run(['keys', 'make', inside]);
      expect(code).toBe(2);
      expect(err).toContain(
        'does not keep the private keys safe: it lies in the repository, from where it would be published.',
      );
      await expect(stat(join(root, inside))).rejects.toThrow('ENOENT');
    }
  });

  test('a place that cannot be written to', async () => {
    await writeFile(join(safe, 'a-file'), '');
    const { code, err } = await run(['keys', 'make', join(safe, 'a-file', 'keys.pem')]);
    expect({ code, err: plain(err) }).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "error KeysNotWritten: the keys could not be written to …/a-file/keys.pem (EEXIST); nothing else was changed.
        hint: choose a place that this user may write to.
      ",
      }
    `);
  });
});

describe('keys', () => {
  test('of another log: they are named, and that nothing can be continued with them', async () => {
    await run(['keys', 'make', file]);
    await run(['collect']);
    const { code, out } = await run(['keys'], { CANDOR_KEYS_FILE: '', CANDOR_KEYS: makeKeys() });
    expect(code).toBe(0);
    expect(out.match(/private half .*/g)).toEqual(['private half  not at hand', 'private half  not at hand']);
    expect(plain(out.slice(out.indexOf('At hand')))).toMatchInlineSnapshot(`
      "At hand, but not of this log; it cannot be continued with

        checkpoint  <fingerprint>
        statement   <fingerprint>
      "
    `);
  });

  test('without log and keys says how to begin', async () => {
    const { code, out } = await run(['keys'], { CANDOR_KEYS_FILE: '' });
    expect({ code, out }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "out": "There is no log yet, and there are no keys at hand; \`candor keys make FILE\` makes them.
      ",
      }
    `);
  });

  test('with keys and no log prints their fingerprints, and begins no log', async () => {
    await run(['keys', 'make', file]);
    const { out } = await run(['keys']);
    expect(plain(out)).toMatchInlineSnapshot(`
      "There is no log yet; it begins with the first \`candor collect\`, signed by

        checkpoint  <fingerprint>
        statement   <fingerprint>
      "
    `);
    expect(await readLog(join(root, 'content'))).toBeUndefined();
  });

  test('prints what is published, with or without private halves at hand', async () => {
    await run(['keys', 'make', file]);
    await run(['collect']);
    const { out } = await run(['keys']);
    const short = (text: string) =>
      plain(text)
        .replace(/-[0-9a-f]{16}\.pem/g, '-<16>.pem')
        .replace(/\+[0-9a-f]{8}\+\S+/, '+<id>+<key>');
    expect(short(out)).toMatchInlineSnapshot(`
      "The log trust.quill.example/log

      checkpoint
        fingerprint   <fingerprint>
        since         2026-11-03T09:00:00.000Z
        published     /keys/checkpoint-<16>.pem
        for Go        trust.quill.example/log+<id>+<key>
        private half  at hand

      statement
        fingerprint   <fingerprint>
        since         2026-11-03T09:00:00.000Z
        published     /keys/statement-<16>.pem
        private half  at hand
      "
    `);
    const { keys } = JSON.parse((await run(['keys', '--json'], { CANDOR_KEYS_FILE: '' })).out);
    expect(keys).toMatchObject([
      { use: 'checkpoint', atHand: false },
      { use: 'statement', atHand: false },
    ]);
    const name = `content/ledger${keys[0].path.replace('.pem', '.vkey')}`;
    expect(await readFile(join(root, name), 'utf8')).toBe(`${keys[0].verifierKey}\n`);
  });

  test('a file that others can read is refused', async () => {
    await run(['keys', 'make', file]);
    await chmod(file, 0o640);
    const { code, err } = await run(['keys']);
    expect({ code, err: plain(err) }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "err": "error KeysExposed: …/keys.pem does not keep the private keys safe: other users of this machine can read it.
        hint: chmod 600 …/keys.pem.
      ",
      }
    `);
  });

  test('finishes a write that was cut off, without keys', async () => {
    await run(['keys', 'make', file]);
    await run(['collect']);
    const ledger = join(root, 'content', 'ledger');
    const staging = `.staged.${'0'.repeat(16)}`;
    await mkdir(join(ledger, staging));
    await writeFile(join(ledger, staging, '0'), 'whole');
    const from = hash('sha256', await readFile(join(ledger, 'log', 'checkpoint')));
    const changes = [{ path: 'ledger/versions/note', digest: hash('sha256', 'whole') }];
    await writeFile(join(ledger, '.journal'), JSON.stringify({ from, staging, changes }));
    expect((await run(['keys'], { CANDOR_KEYS_FILE: '' })).code).toBe(0);
    expect(await readFile(join(ledger, 'versions', 'note'), 'utf8')).toBe('whole');
    await expect(stat(join(ledger, '.journal'))).rejects.toThrow('ENOENT');
  });
});

describe('keys rotate', () => {
  beforeEach(async () => {
    await run(['keys', 'make', file]);
    await run(['collect']);
  });

  test('both keys sign while the overlap runs, then the new one alone; all evidence stays good', async () => {
    const old = await readFile(file, 'utf8');
    const { code, out, err } = await run(['keys', 'rotate', file, '--overlap', '2d'], { now: '2026-11-03T10:00:00Z' });
    expect({ code, out: plain(out), err: plain(err) }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "The log has new keys; …/keys.pem holds them and the old ones.

      checkpoint
        old  <fingerprint>
        new  <fingerprint>
      statement
        old  <fingerprint>
        new  <fingerprint>

      The old ones may sign too until 2026-11-05T10:00:00.000Z. Before that, put the new file wherever the log is written:

      Here:   export CANDOR_KEYS_FILE=…/keys.pem
      In CI:  gh secret set CANDOR_KEYS < …/keys.pem

      Then commit content/ledger/, which says who took over.
      ",
      }
    `);
    const both = await readFile(file, 'utf8');
    expect(both.startsWith(old)).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await signatures()).toHaveLength(2);
    expect(await known()).toEqual([2]);

    await rows('a', 'b', 'c');
    expect((await run(['collect'], { now: '2026-11-04T09:00:00Z' })).code).toBe(0);
    expect(await signatures()).toHaveLength(2);
    expect(await known()).toEqual([3]);

    await rows('a', 'b', 'c', 'd');
    expect((await run(['collect'], { now: '2026-11-05T10:00:00Z' })).code).toBe(0);
    expect(await signatures()).toHaveLength(1);
    expect(await known()).toEqual([4]);
    const { keys } = JSON.parse((await run(['keys', '--json'])).out);
    expect(keys.map(({ validUntil }: { validUntil: string | null }) => validUntil)).toEqual([
      '2026-11-05T10:00:00.000Z',
      '2026-11-05T10:00:00.000Z',
      null,
      null,
    ]);
  });

  test('the old keys alone may sign until then, and no longer', async () => {
    const old = join(safe, 'old.pem');
    await writeFile(old, await readFile(file, 'utf8'), { mode: 0o600 });
    await run(['keys', 'rotate', file, '--overlap', '2d'], { now: '2026-11-03T10:00:00Z' });
    const late = (now: string) => run(['collect'], { now, CANDOR_KEYS_FILE: old });
    expect((await late('2026-11-05T09:59:59Z')).code).toBe(0);
    expect(await signatures()).toHaveLength(1);
    const { code, err } = await late('2026-11-05T10:00:00Z');
    expect({ code, err: plain(err) }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "err": "error KeysUnknown: the private half of the log’s checkpoint key is not among these keys; its fingerprint is <fingerprint>.
        hint: set CANDOR_KEYS_FILE to the file that holds it (CANDOR_KEYS, when set, counts first). Is the key lost? Move content/ledger/ and content/evidence/ aside, unset CANDOR_PUBLISHED until the page is published anew, begin a new log with new keys, and say so in an update.
      ",
      }
    `);
    // Nor may they hand over again.
    const before = await readFile(old, 'utf8');
    expect((await run(['keys', 'rotate', old], { now: '2026-11-05T09:59:59Z' })).err).toContain('error KeysUnknown');
    expect(await readFile(old, 'utf8')).toBe(before);
  });

  test('the new keys alone are enough, also while both may sign', async () => {
    await run(['keys', 'rotate'], { now: '2026-11-03T10:00:00Z' });
    const { checkpoint, statement } = parseKeys(await readFile(file, 'utf8'));
    const pem = [checkpoint, statement].map((keys) => keys.at(-1)?.export({ type: 'pkcs8', format: 'pem' })).join('');
    const environment = { CANDOR_KEYS_FILE: '', CANDOR_KEYS: pem };
    expect((await run(['collect'], { now: '2026-11-04T09:00:00Z', ...environment })).code).toBe(0);
    expect(await signatures()).toHaveLength(1);
  });

  test('again at the same instant: keys follow one another, and the file holds all three', async () => {
    for (let time = 0; time < 2; time += 1) expect((await run(['keys', 'rotate'])).code).toBe(0);
    expect(parseKeys(await readFile(file, 'utf8')).checkpoint).toHaveLength(3);
    expect(await signatures()).toHaveLength(3);
    expect((await run(['collect'])).code).toBe(0);
  });

  test('cut off after the keys were written: the log is as it was, and the next rotation takes them', async () => {
    expect((await run(['collect'], { now: '2026-11-04T09:00:00Z' })).code).toBe(0);
    const before = await readFile(join(root, 'content/ledger/log/checkpoint'), 'utf8');
    // The log refuses a clock that is a day behind, after the file was written.
    const { code, err } = await run(['keys', 'rotate'], { now: '2026-11-03T10:00:00Z' });
    expect(code).toBe(3);
    expect(err).toContain('error LedgerClockBehind');
    expect(await readFile(join(root, 'content/ledger/log/checkpoint'), 'utf8')).toBe(before);
    const written = await readFile(file, 'utf8');
    expect(parseKeys(written).checkpoint).toHaveLength(2);
    expect((await run(['collect'], { now: '2026-11-04T09:30:00Z' })).code).toBe(0);
    expect(await signatures()).toHaveLength(1);

    expect((await run(['keys', 'rotate'], { now: '2026-11-04T10:00:00Z' })).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(written);
    expect(await signatures()).toHaveLength(2);
  });

  test('keys from CANDOR_KEYS need a file to be written to, and nothing private is printed', async () => {
    const secret = { CANDOR_KEYS: await readFile(file, 'utf8'), CANDOR_KEYS_FILE: '' };
    const refused = await run(['keys', 'rotate'], secret);
    expect({ code: refused.code, err: refused.err }).toMatchInlineSnapshot(`
      {
        "code": 2,
        "err": "error UsageInvalid: the keys come from CANDOR_KEYS, so name a file to write them and the new ones to.
        hint: usage: candor keys [make FILE | rotate [FILE] [--overlap 30d] | seal FILE | triager FILE]
      ",
      }
    `);
    const next = join(safe, 'next.pem');
    const { code, out, err } = await run(['keys', 'rotate', next], secret);
    expect(code).toBe(0);
    expect(out).toContain(`In CI:  gh secret set CANDOR_KEYS < ${next}\n`);
    expect((await readFile(next, 'utf8')).startsWith(secret.CANDOR_KEYS)).toBe(true);
    file = next;
    for (const line of await privateText()) expect(out + err).not.toContain(line);
  });

  test('a place in the repository changes neither file nor log', async () => {
    const before = await readFile(join(root, 'content/ledger/log/checkpoint'), 'utf8');
    const { code, err } = await run(['keys', 'rotate', 'keys.pem']);
    expect(code).toBe(2);
    expect(err).toContain('error KeysExposed');
    expect(await readFile(join(root, 'content/ledger/log/checkpoint'), 'utf8')).toBe(before);
  });
});

test.each([
  ['make without file', ['keys', 'make']],
  ['two files', ['keys', 'make', 'a', 'b']],
  ['an action that does not exist', ['keys', 'print']],
  ['no log to rotate', ['keys', 'rotate']],
  ['an overlap that is none', ['keys', 'rotate', '--overlap', 'long']],
])('wrong usage: %s', async (_title, argv) => {
  await run(['keys', 'make', file]);
  const { code, err } = await run(argv);
  expect(code).toBe(2);
  expect(err).toMatchSnapshot();
});
