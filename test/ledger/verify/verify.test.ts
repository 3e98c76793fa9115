import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { T0 } from '../../posture/worlds.ts';
import { DAY, HOUR, type Page, put, richPage } from './page.ts';

const NOW = T0 + 2 * DAY + 2 * HOUR;
let page: Page;

beforeAll(async () => {
  page = await richPage();
});
afterAll(() => page.remove());

test('an honest page holds, and the report says what was proven and what was not', async () => {
  const report = await page.verify(NOW);
  expect(report.failure).toBeNull();
  const names = /[0-9a-f]{64}/g;
  expect(report.proven.map((text) => text.replace(names, '…'))).toMatchInlineSnapshot(`
    [
      "The list of all 45 files is signed; it was made at 2026-11-05T10:00:00.000Z and is valid until 2026-11-12T10:00:00.000Z.",
      "The log trust.quill.example/log has 9 entries; its tiles and signed root are theirs, and their history has no gap.",
      "The 2 keys are those of the log; 2 of them may sign today.",
      "The 2 evidence records are the newest in the log, and signed. 7 inclusion proofs hold.",
      "All versions are published as they were logged; version 2 is valid until 2026-12-04T11:00:00.000Z.",
      "1 of 1 in-place claims count as verified: each rests on checks that passed in a proven record.",
      "All 45 files are the ones that were signed.",
    ]
  `);
  expect(report.notProven).toMatchInlineSnapshot(`
    [
      "That nothing was rewritten before today: this log is seen for the first time here.",
      "That the keys are the company’s: compare a fingerprint that you got another way, with --key.",
      "That the collectors told the truth about the systems that they read.",
      "That the pages say what trust.json says: they are signed, but not derived again.",
      "That everybody is shown this same log: it has no independent witnesses.",
    ]
  `);
  expect(report.seen).toMatchObject({ origin: 'trust.quill.example/log', size: report.log?.size });
});

test('the second look proves that nothing was rewritten since the first', async () => {
  const first = await page.verify(NOW);
  if (first.seen === null) throw new Error('nothing to remember');
  const second = await page.verify(NOW, first.seen);
  expect(second.failure).toBeNull();
  expect(second.proven).toContain(`The log begins with the ${first.seen.size} entries that were seen the last time.`);
});

describe('a changed byte is found, and the file is named', () => {
  const kept = /^(log|evidence|versions|keys)\/|^manifest/;

  async function files(): Promise<string[]> {
    const entries = await readdir(page.site, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(page.site.length + 1));
  }

  /** Changes one byte, verifies, and puts it back. */
  async function flipped(path: string, position: number, mask: number) {
    const file = join(page.site, path);
    const bytes = await readFile(file);
    const changed = Buffer.from(bytes);
    changed[position] = (changed[position] ?? 0) ^ mask;
    await writeFile(file, changed);
    try {
      return await page.verify(NOW);
    } finally {
      await writeFile(file, bytes);
    }
  }

  test('in every kind of file', async () => {
    const all = await files();
    expect(
      all.filter((path) => kept.test(path)).map((path) => path.replace(/[0-9a-f]{16}/, '…')),
    ).toMatchInlineSnapshot(`
      [
        "manifest.json",
        "manifest.sigstore.json",
        "versions/2/contents.json",
        "versions/2/index.html",
        "versions/2/manifest.json",
        "versions/2/manifest.sigstore.json",
        "versions/2/manifest.tlog-proof",
        "versions/2/trust.json",
        "versions/1/contents.json",
        "versions/1/index.html",
        "versions/1/manifest.json",
        "versions/1/manifest.sigstore.json",
        "versions/1/manifest.tlog-proof",
        "versions/1/trust.json",
        "log/checkpoint",
        "log/tile/entries/000.p/3",
        "log/tile/entries/000.p/4",
        "log/tile/entries/000.p/5",
        "log/tile/entries/000.p/6",
        "log/tile/entries/000.p/7",
        "log/tile/entries/000.p/8",
        "log/tile/entries/000.p/9",
        "log/tile/0/000.p/3",
        "log/tile/0/000.p/4",
        "log/tile/0/000.p/5",
        "log/tile/0/000.p/6",
        "log/tile/0/000.p/7",
        "log/tile/0/000.p/8",
        "log/tile/0/000.p/9",
        "keys/checkpoint-….json",
        "keys/checkpoint-….pem",
        "keys/checkpoint-….tlog-proof",
        "keys/checkpoint-….vkey",
        "keys/statement-….json",
        "keys/statement-….pem",
        "keys/statement-….tlog-proof",
        "evidence/vault-db/rows.json",
        "evidence/vault-db/rows.sigstore.json",
        "evidence/vault-db/rows.tlog-proof",
        "evidence/app-db/rows.heartbeat.json",
        "evidence/app-db/rows.heartbeat.tlog-proof",
        "evidence/app-db/rows.json",
        "evidence/app-db/rows.sigstore.json",
        "evidence/app-db/rows.tlog-proof",
      ]
    `);
  });

  test('in every file, at its beginning, middle and end', async () => {
    const missed: string[] = [];
    for (const path of await files()) {
      const { length } = await readFile(join(page.site, path));
      for (const position of [0, length >> 1, length - 1])
        for (const mask of [0x01, 0x20]) {
          const { failure } = await flipped(path, position, mask);
          if (failure?.file !== path)
            missed.push(`${path} byte ${position} ^ ${mask}: ${failure?.file}: ${failure?.problem}`);
        }
    }
    expect(missed).toEqual([]);
  });

  // What is read before the manifest is proven must be right about itself, byte by byte.
  test.each([
    ['manifest.sigstore.json', 1],
    ['log/checkpoint', 1],
    ['manifest.json', 7],
  ])('in every byte of %s (step %i)', async (path, step) => {
    const { length } = await readFile(join(page.site, path));
    const missed: string[] = [];
    for (let position = 0; position < length; position += step) {
      const { failure } = await flipped(path, position, 1 << (position % 8));
      if (failure?.file !== path) missed.push(`byte ${position}: ${failure?.file}: ${failure?.problem}`);
    }
    expect(missed).toEqual([]);
  });

  test('a file that is cut off, emptied, longer or gone', async () => {
    const missed: string[] = [];
    for (const path of await files()) {
      const file = join(page.site, path);
      const bytes = await readFile(file);
      for (const changed of [
        bytes.subarray(0, -1),
        Buffer.alloc(0),
        Buffer.concat([bytes, Buffer.from('\n')]),
        undefined,
      ]) {
        if (changed === undefined) await rm(file);
        else await writeFile(file, changed);
        const { failure } = await page.verify(NOW);
        // Without the key that signed it, it is the bundle that nothing backs.
        const named = failure?.file === path || failure?.problem.includes(path) === true;
        if (!named) missed.push(`${path} ${changed?.length}: ${failure?.file}: ${failure?.problem}`);
        await writeFile(file, bytes);
      }
    }
    expect(missed).toEqual([]);
  });

  test('a file that nobody signed, where evidence is kept', async () => {
    for (const path of ['log/tile/0/001', 'evidence/app-db/other.json', 'versions/3/manifest.json', 'keys/other.pem']) {
      const file = join(page.site, path);
      await put(file, 'x');
      expect((await page.verify(NOW)).failure).toEqual({
        file: path,
        problem: 'it is published, but the manifest does not name it; nobody signed it.',
        kind: 'changed',
      });
      await rm(file);
    }
    await writeFile(join(page.site, 'CNAME'), 'trust.quill.example');
    const report = await page.verify(NOW);
    expect(report.failure).toBeNull();
    expect(report.notProven).toContain('Who made CNAME: the manifest does not name it.');
    await rm(join(page.site, 'CNAME'));
  });
});
