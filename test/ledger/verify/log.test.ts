import { createPublicKey } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyEntry } from '../../../ledger/keys/chain.ts';
import { keyBytes } from '../../../ledger/keys/files.ts';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { leafHash } from '../../../ledger/log/merkle.ts';
import { recordFiles } from '../../../ledger/records/files.ts';
import { T0 } from '../../posture/worlds.ts';
import { edited, forgeLog, verdictOn } from './forger.ts';
import { DAY, HOUR, type Page, put, richPage, sign } from './page.ts';

/** Somebody with the company’s keys, who signs another log. */
const NOW = T0 + 2 * DAY + 2 * HOUR;
let page: Page;

beforeEach(async () => {
  page = await richPage();
});
afterEach(() => page.remove());

/** The first thing that fails, in a line. */
const verdict = () => verdictOn(page, NOW);
/** Signs the site as it lies there. */
const resign = () => sign(page.site, page.content, page.keys, NOW);
/** Publishes a log of other entries. */
const forge = (change: (entries: Buffer[]) => Buffer[]) => forgeLog(page, NOW, change);

/** The positions of the entries of the rich page. */
const at = { app: 2, vault: 3, release: 4, appBeat: 5, vaultAgain: 6, second: 7, appBeatAgain: 8 };

/** A heartbeat that follows the newest one, of another time; `ran` says whether its run was then too. */
function nextBeat(entries: readonly Buffer[], time: number, ran: boolean): Buffer {
  const newest = entries[at.appBeatAgain] ?? Buffer.alloc(0);
  return edited(newest, (entry) => {
    const instant = new Date(time).toISOString();
    entry.previous = { index: at.appBeatAgain, digest: leafHash(newest).toString('hex') };
    entry.collectedAt = instant;
    if (ran) entry.run = { startedAt: instant, endedAt: instant, trigger: 'manual' };
  });
}

describe('a log', () => {
  test('without one of its entries', async () => {
    await forge((entries) => entries.toSpliced(at.appBeat, 1));
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/8: entry 6: version 2 was made for another log."`,
    );
  });

  test('without its newest entry', async () => {
    await forge((entries) => entries.slice(0, -1));
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/app-db/rows.heartbeat.tlog-proof: it leads to a checkpoint that this log never had."`,
    );
  });

  test('with two entries in another order', async () => {
    await forge((entries) => {
      const [first, second] = [entries[at.vault], entries[at.vaultAgain]];
      return first && second ? entries.with(at.vault, second).with(at.vaultAgain, first) : entries;
    });
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/9: entry 3: it does not follow the newest entry of vault-db/rows: something was removed, reordered or put back."`,
    );
  });

  test('with an entry that is played again', async () => {
    await forge((entries) => [...entries, ...entries.slice(at.appBeatAgain)]);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/10: entry 9: it does not follow the newest entry of app-db/rows: something was removed, reordered or put back."`,
    );
  });

  test('with an entry that is dated back', async () => {
    await forge((entries) => [...entries, nextBeat(entries, T0 + HOUR, true)]);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/10: entry 9: it is dated back: it says 2026-11-03T10:00:00.000Z, but an entry before it is from 2026-11-05T09:00:00.000Z."`,
    );
  });

  test('with a record collected before the one that it follows, though logged after it', async () => {
    await forge((entries) => [...entries, nextBeat(entries, T0 + HOUR, false)]);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/10: entry 9: it is dated back: app-db/rows was collected at 2026-11-05T09:00:00.000Z before, and this says 2026-11-03T10:00:00.000Z."`,
    );
  });

  test('with an entry from the future', async () => {
    await forge((entries) => [...entries, nextBeat(entries, NOW + DAY, true)]);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/10: entry 9: it is dated in the future (2026-11-06T11:00:00.000Z)."`,
    );
  });

  test('with a changed record, whose id was made anew', async () => {
    await forge((entries) =>
      entries.with(
        at.app,
        edited(entries[at.app], (entry) => {
          entry.facts = { tables: 99 };
        }),
      ),
    );
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/9: entry 2: its content does not match its id."`,
    );
  });

  test('with a key that nobody handed over to', async () => {
    const [stranger] = parseKeys(makeKeys()).statement;
    if (stranger === undefined) throw new Error('no key');
    const entry = keyEntry(createPublicKey(stranger), {
      at: new Date(NOW).toISOString(),
      origin: 'trust.quill.example/log',
    });
    await forge((entries) => [...entries, keyBytes(entry)]);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/10: entry 9: the key before it did not hand over to it."`,
    );
  });

  test('with something that is no entry', async () => {
    await forge((entries) => [...entries, Buffer.from('hello')]);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/10: entry 9: it is no entry that this version knows."`,
    );
  });

  test('that skips a version', async () => {
    await forge((entries) => entries.toSpliced(at.release, 1));
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/8: entry 6: it is version 2, but the one before it is none."`,
    );
  });

  test('with tiles of another tree', async () => {
    const tile = (await readdir(join(page.site, 'log/tile/0/000.p')))[0] ?? '';
    const file = join(page.site, 'log/tile/0/000.p', tile);
    const bytes = await readFile(file);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/0/000.p/3: it is not the beginning of the tile that followed it."`,
    );
  });

  test.each(['log/tile/0/005', 'log/tile/entries/x001/000', 'log/tile/3/000', 'log/notes.txt', 'log/tile/0/000'])(
    'with a file that it does not have: %s',
    async (path) => {
      await page.publish(NOW);
      await put(join(page.site, path), 'x');
      await resign();
      expect(await verdict()).toBe(`${path}: it is a file that the log does not have.`);
    },
  );

  test('with a record that is longer than an entry can be', async () => {
    const { record } = recordFiles('app-db', 'rows');
    await page.publish(NOW);
    await put(join(page.site, record), ' '.repeat(70_000));
    await resign();
    expect(await verdict()).toBe(`${record}: it is longer than an entry of a log can be.`);
  });

  test('with half a surrogate pair, which has no bytes that could be signed', async () => {
    await forge((entries) =>
      entries.with(at.app, Buffer.from(`${entries[at.app]}`.replace('"facts":{}', '"facts":{"half":"\\ud800"}'))),
    );
    expect(await verdict()).toBe('log/tile/entries/000.p/9: entry 2: it is no entry that this version knows.');
  });
});
