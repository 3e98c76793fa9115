import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockForWriting } from '../../ledger/files/lock.ts';
import { makeKeys } from '../../ledger/keys/private.ts';
import { filesIn, whole } from '../ledger/whole.ts';
import { KEYS, makeCompany, run } from './company.ts';

let root = '';
beforeEach(async () => {
  root = await makeCompany();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const content = () => join(root, 'content');
const store = (rows: unknown) =>
  writeFile(join(root, 'store.json'), typeof rows === 'string' ? rows : JSON.stringify(rows));

/** Every file of the content folder with its text. */
async function state(): Promise<[string, string][]> {
  const files = await filesIn(content());
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file, await textOf(join(content(), file))]));
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'latin1').catch(() => '');
}

/** A message without the folders of this machine. */
const shown = (err: string) => err.replaceAll(root, '…');

describe('keys', () => {
  const withKeys = (environment: Record<string, string>) => run(root, ['collect'], { environment });

  test('none: nothing is collected', async () => {
    const { code, err } = await withKeys({ CANDOR_KEYS: '' });
    expect(code).toBe(2);
    expect(err).toMatchInlineSnapshot(`
      "error KeysMissing: there are no keys to sign with: neither CANDOR_KEYS nor CANDOR_KEYS_FILE is set.
        hint: \`candor keys make FILE\` makes them, in a file outside the repository; then set CANDOR_KEYS_FILE=FILE.
      "
    `);
    expect(await readdir(content())).not.toContain('evidence');
  });

  test.each([
    ['no key at all', 'not a key'],
    ['only the one for checkpoints', KEYS.slice(0, KEYS.indexOf('-----BEGIN', 1))],
    ['a block that is no key', KEYS.replace(/[A-Za-z0-9+/]{20}/, '!')],
  ])('that cannot be used: %s', async (_title, keys) => {
    const { code, err } = await withKeys({ CANDOR_KEYS: keys });
    expect(code).toBe(2);
    expect(err).toMatchSnapshot();
    expect(await readdir(content())).not.toContain('evidence');
  });

  test('in a file that lies beside the content', async () => {
    const file = join(root, 'keys.pem');
    await writeFile(file, KEYS, { mode: 0o600 });
    const { code, err } = await withKeys({ CANDOR_KEYS: '', CANDOR_KEYS_FILE: file });
    expect(code).toBe(2);
    expect(shown(err)).toMatchInlineSnapshot(`
      "error KeysExposed: …/keys.pem does not keep the private keys safe: it lies in the repository, from where it would be published.
        hint: move it out of the repository.
      "
    `);
  });

  test.skipIf(process.platform === 'win32')('in a file that others may read', async () => {
    const elsewhere = await makeCompany();
    const file = join(elsewhere, 'keys.pem');
    await writeFile(file, KEYS);
    await chmod(file, 0o644);
    const { code, err } = await withKeys({ CANDOR_KEYS: '', CANDOR_KEYS_FILE: file });
    await rm(elsewhere, { recursive: true });
    expect(code).toBe(2);
    expect(err.replaceAll(elsewhere, '…')).toMatchInlineSnapshot(`
      "error KeysExposed: …/keys.pem does not keep the private keys safe: other users of this machine can read it.
        hint: chmod 600 …/keys.pem.
      "
    `);
  });

  test('in a file that is not there', async () => {
    const { code, err } = await withKeys({ CANDOR_KEYS: '', CANDOR_KEYS_FILE: '/nowhere/keys.pem' });
    expect(code).toBe(2);
    expect(err).toMatchInlineSnapshot(`
      "error KeysUnreadable: the keys in /nowhere/keys.pem cannot be read (ENOENT).
        hint: check the path in CANDOR_KEYS_FILE, and whether this user may read it; only a log that has not begun takes new keys, from \`candor keys make FILE\`.
      "
    `);
  });

  test('in a file of the home folder that no shell has put there', async () => {
    const { code, err } = await withKeys({ CANDOR_KEYS: '', CANDOR_KEYS_FILE: '~/keys.pem' });
    expect(code).toBe(2);
    expect(err).toContain(
      'error KeysUnreadable: the keys in ~/keys.pem cannot be read (write the whole path instead of ~).',
    );
  });

  test('in what is no file', async () => {
    const { code, err } = await withKeys({ CANDOR_KEYS: '', CANDOR_KEYS_FILE: '/dev/null' });
    expect(code).toBe(2);
    expect(err).toContain('error KeysUnreadable: the keys in /dev/null cannot be read (it is no file).');
  });

  test('that are encrypted', async () => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const { code, err } = await withKeys({ CANDOR_KEYS: privateKey });
    expect(code).toBe(2);
    expect(err).toContain('these keys cannot be used: in CANDOR_KEYS, block 1 is encrypted.');
  });

  test('of another log', async () => {
    await run(root, ['collect']);
    const before = await state();
    const { code, err } = await withKeys({ CANDOR_KEYS: makeKeys() });
    expect(code).toBe(2);
    expect(err).toMatch(/^error KeysUnknown: the private half of the log’s checkpoint key is not among these keys; /);
    expect(await state()).toEqual(before);
  });
});

test('the demo does not replace a log that it did not make', async () => {
  await run(root, ['collect']);
  const before = await state();
  const { code, err } = await run(root, ['start']);
  expect(code).toBe(2);
  expect(shown(err)).toMatchInlineSnapshot(`
    "error DemoWouldReplace: …/content/ledger holds a log that no demo made here, and the demo would replace it.
      hint: move …/content/ledger/ and …/content/evidence/ aside, or start the demo in another copy.
    "
  `);
  expect(await state()).toEqual(before);
});

test('an address where nothing is published yet is said to be compared with nothing', async () => {
  const server = createServer((_request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  const { code, err } = await run(root, ['collect'], { environment: { CANDOR_PUBLISHED: url } });
  server.close();
  expect(code).toBe(0);
  expect(err).toContain(`Nothing is published at ${url} yet (404), so no head was compared; check CANDOR_PUBLISHED.`);
});

describe('what stops a collection leaves all as it was', () => {
  test('somebody else is writing', async () => {
    const lock = await lockForWriting(content());
    const before = await state();
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(3);
    expect(err.replace(String(process.pid), 'N')).toMatchInlineSnapshot(`
      "error CollectBusy: another candor is writing to this content folder (process N).
        hint: wait until it has ended.
      "
    `);
    expect(await state()).toEqual(before);
    await lock.release();
  });

  test('a clock that fell back: 3, with every file as it was', async () => {
    await run(root, ['collect']);
    const before = await state();
    await store([{}]);
    const { code, err } = await run(root, ['collect'], { now: '2026-11-02T09:00:00Z' });
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "  store/import-rows  not recorded: the clock says 2026-11-02T09:00:00.000Z, but the newest entry of the log is from 2026-11-03T09:00:00.000Z.
          set this machine’s clock right.
      "
    `);
    expect(await state()).toEqual(before);
  });

  test('a clock a little behind: it goes on', async () => {
    await run(root, ['collect']);
    expect((await run(root, ['collect'], { now: '2026-11-03T08:55:00Z' })).code).toBe(0);
    expect((await whole(content())).size).toBe(4);
  });

  test('a record that cannot be written: 3, and the next run takes it up', async () => {
    await run(root, ['collect']);
    await store([{}]);
    const blocked = join(content(), 'ledger/log/tile/0/000.p/4');
    await mkdir(blocked);
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "  store/import-rows  not recorded: the ledger could not be written (EISDIR); nothing is torn, and what was recorded before still counts.
          make room, or allow this user to write to the content folder, and run it again.
      "
    `);
    await rm(blocked, { recursive: true });
    expect((await run(root, ['collect'])).code).toBe(0);
    expect(await whole(content())).toMatchObject({ evidence: [{ counts: { failed: 1 } }] });
  });

  test('Ctrl-C in the middle: 130, with nothing half and no lock', async () => {
    await run(root, ['collect']);
    const before = await state();
    await store('hang');
    const abort = new AbortController();
    const running = run(root, ['collect'], { signal: abort.signal });
    // The lock is there from the start to the end of the collection.
    while (!(await readdir(join(content(), 'evidence'))).includes('.lock'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    expect((await running).code).toBe(130);
    expect(await state()).toEqual(before);
  });

  test('an older copy of the log: 3, and how to recover', async () => {
    await run(root, ['collect']);
    await rm(join(content(), 'ledger'), { recursive: true });
    await rm(join(content(), 'evidence'), { recursive: true });
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(3);
    expect(shown(err).replace(/[0-9a-f]{16}/, 'FINGERPRINT')).toMatchInlineSnapshot(`
      "error LedgerBehind: this is an older copy of the log: it has 0 entries, but 3 were signed before (…/state/trust.quill.example_log-FINGERPRINT.signed).
        hint: get the newest content/ledger/ and content/evidence/ together: \`git pull\`, or \`candor verify URL --save content\`. Is there none any more? Move both aside, begin a new log with new keys, and say so in an update.
      "
    `);
  });

  test('a log that was changed: 3, for those who read as well', async () => {
    await run(root, ['collect']);
    const file = join(content(), 'ledger/log/checkpoint');
    await writeFile(file, (await readFile(file, 'utf8')).replace('\n3\n', '\n2\n'));
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "error LedgerDamaged: the log cannot be trusted: ledger/log/checkpoint: the signature of trust.quill.example/log is wrong.
        hint: restore content/ledger/ and content/evidence/ together from version control.
      "
    `);
  });
});

describe('records that are no longer declared', () => {
  test('end: their files go, and the log says so', async () => {
    await run(root, ['collect']);
    const file = join(content(), 'sources/store.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/collect:\n.*\n/, 'collect: {}\n'));
    const claim = join(content(), 'claims/isolation/rows.mdx');
    await writeFile(claim, (await readFile(claim, 'utf8')).replace(/evidence: .*\n/, ''));
    const { code, err } = await run(root, ['collect']);
    expect(err).toBe('store/import-rows is no longer declared; its record has ended, and the log says so.\n');
    expect(code).toBe(0);
    expect(await whole(content())).toMatchObject({ size: 4, evidence: [] });
  });
});

test('a change that was cut off is named by those who only read', async () => {
  await run(root, ['collect']);
  await writeFile(join(content(), 'ledger/.journal'), '{}');
  const { code, err } = await run(root, ['build', '--production']);
  expect(code).toBe(3);
  expect(shown(err)).toMatchInlineSnapshot(`
    "error LedgerUnfinished: a change to …/content was cut off in the middle, and this command cannot finish it.
      hint: run \`candor keys\` with write access to the folder: any command that writes finishes it first.
    "
  `);
});

test('two runs at once, as processes: one wins, the other gets a clear error', async () => {
  await store('hang');
  const bin = join(import.meta.dirname, '../../cli/bin.ts');
  const environment = {
    STORE_FILE: join(root, 'store.json'),
    STORE_PASSWORD: 'x',
    CANDOR_KEYS: KEYS,
    CANDOR_STATE: root,
  };
  const first = spawn(process.execPath, [bin, 'collect'], { cwd: root, env: { ...process.env, ...environment } });
  // It waits for nothing that Node knows of, and is there all the same until it is told to end.
  const end = new Promise((resolve) => first.once('close', resolve));
  const isLocked = () => existsSync(join(content(), 'evidence/.lock'));
  while (!isLocked()) await new Promise((resolve) => setTimeout(resolve, 20));
  const { code, err } = await run(root, ['collect']);
  first.kill('SIGINT');
  expect(await end).toBe(130);
  expect(code).toBe(3);
  expect(err).toContain(`another candor is writing to this content folder (process ${first.pid}).`);
});
