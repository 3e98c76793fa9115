import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeKeys, parseKeys } from '../../ledger/keys/private.ts';
import { DAY, HOUR, makePage, type Page, richPage, sign } from '../ledger/verify/page.ts';
import { T0 } from '../posture/worlds.ts';
import { type Ran, run } from './company.ts';

const NOW = T0 + 2 * DAY + 2 * HOUR;
let page: Page;
let here: string;
let state: string;

beforeAll(async () => {
  page = await richPage();
  here = await mkdtemp(join(tmpdir(), 'candor-visitor-'));
});
afterAll(async () => {
  await page.remove();
  await rm(here, { recursive: true });
});
afterEach(() => rm(join(here, 'state'), { recursive: true, force: true }));

function verify(words: string[], now = NOW): Promise<Ran> {
  state = join(here, 'state');
  return run(here, ['verify', ...words], { now: new Date(now).toISOString(), environment: { CANDOR_STATE: state } });
}

const plain = (text: string) => text.replaceAll(page.root, '/page').replace(/[0-9a-f]{64}/g, '…');

test('a page that holds: what was proven, what was not, exit 0', async () => {
  const ran = await verify([page.site]);
  expect(plain(ran.out)).toMatchInlineSnapshot(`
    "/page/site

    Proven:
      + The list of all 45 files is signed; it was made at 2026-11-05T10:00:00.000Z and is valid until 2026-11-12T10:00:00.000Z.
      + The log trust.quill.example/log has 9 entries; its tiles and signed root are theirs, and their history has no gap.
      + The 2 keys are those of the log; 2 of them may sign today.
      + The 2 evidence records are the newest in the log, and signed. 7 inclusion proofs hold.
      + All versions are published as they were logged; version 2 is valid until 2026-12-04T11:00:00.000Z.
      + 1 of 1 in-place claims count as verified: each rests on checks that passed in a proven record.
      + All 45 files are the ones that were signed.

    Its keys, newest first:
      * statement  … since 2026-11-03T09:00:00.000Z, still signs
      * checkpoint … since 2026-11-03T09:00:00.000Z, still signs

    Not proven:
      - That nothing was rewritten before today: this log is seen for the first time here.
      - That the keys are the company’s: compare a fingerprint that you got another way, with --key.
      - That the collectors told the truth about the systems that they read.
      - That the pages say what trust.json says: they are signed, but not derived again.
      - That everybody is shown this same log: it has no independent witnesses.

    It holds.
    "
  `);
  expect(ran).toMatchObject({ code: 0, err: '' });
});

test('a page that does not: the first thing that fails, exit 1', async () => {
  const site = join(here, 'changed');
  await cp(page.site, site, { recursive: true });
  await writeFile(join(site, 'evidence/app-db/rows.json'), '{}');
  const ran = await verify([site]);
  expect(plain(ran.out).replaceAll(here, '/here')).toMatchInlineSnapshot(`
    "/here/changed

    Proven:
      + The list of all 45 files is signed; it was made at 2026-11-05T10:00:00.000Z and is valid until 2026-11-12T10:00:00.000Z.
      + The log trust.quill.example/log has 9 entries; its tiles and signed root are theirs, and their history has no gap.
      + The 2 keys are those of the log; 2 of them may sign today.

    Its keys, newest first:
      * statement  … since 2026-11-03T09:00:00.000Z, still signs
      * checkpoint … since 2026-11-03T09:00:00.000Z, still signs

    It does NOT hold. The first thing that fails, and nothing after it was looked at:
      ! evidence/app-db/rows.json: it is not the file that the manifest names; it was changed.
    "
  `);
  expect(ran.err).toMatchInlineSnapshot(`
    "error VerificationFailed: evidence/app-db/rows.json: it is not the file that the manifest names; it was changed.
      hint: build it anew, or get it anew from where it is published; \`candor verify URL --save DIR\` saves what was logged, proven. If it stays so, rely on nothing in it until it is explained.
    "
  `);
  expect(ran.code).toBe(1);
  const json = await verify([site, '--json']);
  expect(JSON.parse(json.out).failure).toEqual({
    file: 'evidence/app-db/rows.json',
    problem: 'it is not the file that the manifest names; it was changed.',
    kind: 'changed',
  });
  expect(json).toMatchObject({ code: 1, err: '' });
});

test('what held is remembered, so that an older copy is noticed the next time', async () => {
  const older = join(here, 'older');
  await cp(page.site, older, { recursive: true });
  await page.collect(NOW);
  await page.publish(NOW);
  expect((await verify([page.site])).out).toContain('seen for the first time here');
  expect((await verify([page.site])).out).toContain('that were seen the last time');
  const ran = await verify([older]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('it is older than what was seen before');
  // A page that failed is not remembered.
  expect((await verify([page.site])).code).toBe(0);
  expect(await readdir(state)).toMatchObject([
    expect.stringMatching(/^trust.quill.example_log-[0-9a-f]{16}\.seen\.json$/),
  ]);
});

test('where nothing can be remembered it says so', async () => {
  const ran = await run(here, ['verify', page.site], {
    now: new Date(NOW).toISOString(),
    environment: { CANDOR_STATE: join(page.site, 'index.html') },
  });
  expect(ran.out).toContain('Next time, that nothing was rewritten since today');
});

test('a fingerprint from elsewhere', async () => {
  const { keys } = JSON.parse((await verify([page.site, '--json'])).out);
  expect((await verify([page.site, '--key', keys[1].fingerprint.slice(0, 20)])).code).toBe(0);
  const wrong = await verify([page.site, '--key', '0123456789abcdef']);
  // What it is to be compared with is there.
  expect(plain(wrong.out)).toContain(
    'Its keys, newest first:\n  * statement  … since 2026-11-03T09:00:00.000Z, still signs',
  );
  expect(wrong.err).toMatchInlineSnapshot(`
    "error VerificationFailed: keys/: none of these keys has the fingerprint that you gave (0123456789abcdef).
      hint: compare yours, digit by digit, with the keys in the report. If it is right, ask the company by another way, such as a call, which keys are theirs; until then rely on nothing here.
    "
  `);
  expect((await verify([page.site, '--key', 'xyz'])).err).toMatchInlineSnapshot(`
    "error UsageInvalid: --key: must be the first 16 or more hexadecimal digits of a fingerprint.
      hint: usage: candor verify URL|DIR [--content CONTENT] [--json] [--help] [--key KEY] [--save SAVE]
    "
  `);
});

test('each key has a line, with its time', async () => {
  const rotated = await makePage();
  const added = parseKeys(makeKeys());
  await rotated.collect(T0);
  await rotated.write(T0 + HOUR, (ledger) => ledger.handOver(added, new Date(NOW + HOUR).toISOString()));
  await rotated.publish(NOW);
  const lines = async (now: number) =>
    plain((await verify([rotated.site], now)).out)
      .split('\n')
      .filter((line) => /keys|^ {2}\*/.test(line));
  expect(await lines(NOW)).toMatchInlineSnapshot(`
    [
      "  + The 4 keys are those of the log; 4 of them may sign today.",
      "Its keys, newest first:",
      "  * statement  … since 2026-11-03T10:00:00.000Z, still signs",
      "  * checkpoint … since 2026-11-03T10:00:00.000Z, still signs",
      "  * statement  … since 2026-11-03T09:00:00.000Z, until 2026-11-05T12:00:00.000Z",
      "  * checkpoint … since 2026-11-03T09:00:00.000Z, until 2026-11-05T12:00:00.000Z",
      "  - That the keys are the company’s: compare a fingerprint that you got another way, with --key.",
    ]
  `);
  await sign(rotated.site, rotated.content, added, NOW + HOUR);
  expect((await lines(NOW + HOUR)).slice(0, -1)).toMatchInlineSnapshot(`
    [
      "  + The 4 keys are those of the log; 2 of them may sign today.",
      "Its keys, newest first:",
      "  * statement  … since 2026-11-03T10:00:00.000Z, still signs",
      "  * checkpoint … since 2026-11-03T10:00:00.000Z, still signs",
      "  * statement  … since 2026-11-03T09:00:00.000Z, ended 2026-11-05T12:00:00.000Z",
    ]
  `);
  await rotated.remove();
});

test('a copy that has expired, and what is no page: the hint is about that', async () => {
  expect((await verify([page.site], NOW + 30 * DAY)).err).toMatchInlineSnapshot(`
    "error VerificationFailed: manifest.json: it has expired: it was valid from 2026-11-05T11:00:00.000Z until 2026-11-12T11:00:00.000Z. This may be an old copy.
      hint: look at the page’s own address. If that has expired too, ask the company; if it is yours, build it anew.
    "
  `);
  expect((await verify([here])).err).toMatchInlineSnapshot(`
    "error VerificationFailed: manifest.json: it is missing: this is no page of Candor, or it was built without keys or without a log, so nothing on it is signed.
      hint: check the address or folder: it is the one in which the page’s own \`trust.json\` lies.
    "
  `);
});

test('wrong usage', async () => {
  expect((await verify([])).err).toMatchInlineSnapshot(`
    "error UsageInvalid: \`verify\` takes one address or folder.
      hint: usage: candor verify URL|DIR [--key FINGERPRINT]
    "
  `);
  expect(await verify(['a', 'b'])).toMatchObject({ code: 2 });
});

test('what was proven can be saved as the content of a copy, which goes on where it was', async () => {
  const ran = await verify([page.site, '--save', 'restored']);
  expect(ran.err).toMatch(/^Saved \d+ files to restored\.\n$/);
  for (const folder of ['ledger/log', 'ledger/keys', 'ledger/versions', 'evidence'])
    for (const entry of await readdir(join(page.content, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !entry.name.startsWith('.')) {
        const path = join(entry.parentPath, entry.name).slice(page.content.length);
        expect([path, await readFile(join(here, 'restored', path), 'utf8')]).toEqual([
          path,
          await readFile(join(page.content, path), 'utf8'),
        ]);
      }
  expect((await verify([page.site, '--save', 'restored'])).err).toMatchInlineSnapshot(`
    "error SaveNotEmpty: restored/ledger is there already; nothing was saved.
      hint: move it aside first.
    "
  `);
  const changed = join(here, 'changed-2');
  await cp(page.site, changed, { recursive: true });
  await writeFile(join(changed, 'log/checkpoint'), 'x');
  await verify([changed, '--save', 'never']);
  await expect(readdir(join(here, 'never'))).rejects.toThrow();
});

test('nothing in a page can write over what is printed', async () => {
  const site = join(here, 'dressed');
  await cp(page.site, site, { recursive: true });
  await writeFile(join(site, '\u001b[2J\u202eIt holds.'), '');
  const ran = await verify([site]);
  expect(ran.out).toContain('Who made ·[2J·It holds.');
  for (const hidden of ['\u001b', '\u202e']) expect(ran.out).not.toContain(hidden);
});

describe('a folder with links and pipes in it', () => {
  const outside = 'manifest.json';
  test.each<[string, (file: string) => Promise<unknown>]>([
    ['a device that never ends', (file) => symlink('/dev/zero', file)],
    ['a file elsewhere', (file) => symlink(join(page.site, outside), file)],
    ['itself', (file) => symlink(file, file)],
    ['a pipe that nobody writes to', (file) => promisify(execFile)('mkfifo', [file])],
  ])('%s', async (name, make) => {
    const site = join(here, name);
    await cp(page.site, site, { recursive: true });
    await rm(join(site, outside));
    await make(join(site, outside));
    const ran = await verify([site]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('manifest.json: it is missing.') });
  });
});
