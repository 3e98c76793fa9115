import { createPublicKey } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyEntry } from '../../../ledger/keys/chain.ts';
import { keyBytes } from '../../../ledger/keys/files.ts';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { leafHash } from '../../../ledger/log/merkle.ts';
import { recordFiles } from '../../../ledger/records/files.ts';
import { retire } from '../../../ledger/records/keep.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import type { Remembered } from '../../../ledger/verify/memory.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { T0 } from '../../posture/worlds.ts';
import { edited, forgeLog, verdictOn } from './forger.ts';
import { copyOf, DAY, HOUR, makePage, type Page, passing, put, richPage, sign } from './page.ts';

/** Somebody with the company’s keys, who signs whatever is put before them. */
const NOW = T0 + 2 * DAY + 2 * HOUR;
const app = recordFiles('app-db', 'rows');
const vault = recordFiles('vault-db', 'rows');
let page: Page;

beforeEach(async () => {
  page = await richPage();
});
afterEach(() => page.remove());

/** The first thing that fails, in a line. */
const verdict = (now = NOW, ...more: [remembered?: Remembered, pinned?: string]) => verdictOn(page, now, ...more);
/** Signs the site as it lies there. */
const resign = (now = NOW) => sign(page.site, page.content, page.keys, now);
/** Publishes a log of other entries. */
const forge = (change: (entries: Buffer[]) => Buffer[]) => forgeLog(page, NOW, change);

/** The positions of the entries of the rich page. */
const at = { app: 2, vault: 3, release: 4, appBeat: 5, vaultAgain: 6, second: 7, appBeatAgain: 8 };

describe('evidence', () => {
  test('that is left out', async () => {
    await rm(join(page.site, vault.record));
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/vault-db/rows.json: it is needed for the proof, but the manifest does not name it."`,
    );
    for (const path of Object.values(vault)) await rm(join(page.site, path), { force: true });
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/vault-db/rows.json: it is missing; the log says that it is the newest of its record."`,
    );
  });

  test('that is put back from an earlier day, with its own proof and signature', async () => {
    const old = await makePage(page.keys);
    try {
      await old.collect(T0);
      await old.publish(T0);
      for (const path of [app.record, app.proof, app.bundle]) await cp(join(old.site, path), join(page.site, path));
    } finally {
      await old.remove();
    }
    for (const path of [app.heartbeat, app.heartbeatProof]) await rm(join(page.site, path));
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/app-db/rows.heartbeat.json: it is missing; the log says that it is the newest of its record."`,
    );
  });

  test('that was never logged', async () => {
    const record = passing(T0 + 2 * DAY);
    await put(join(page.site, 'evidence/new-db/rows.json'), `${canonicalJson({ ...record, source: 'new-db' })}\n`);
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/new-db/rows.json: it is evidence that the log does not have, or not any more."`,
    );
  });

  test('whose heartbeat is kept back, so that it looks older than it is', async () => {
    for (const path of [app.heartbeat, app.heartbeatProof]) await rm(join(page.site, path));
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/app-db/rows.heartbeat.json: it is missing; the log says that it is the newest of its record."`,
    );
  });

  test('that has ended is gone, and that it has ended is in the log', async () => {
    const record = (await readEvidence(page.content)).kept.get('vault-db/rows');
    if (record === undefined) throw new Error('no record');
    await page.write(NOW, (ledger) => retire(ledger, record, 'No longer collected.'));
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
    await cp(join(page.root, 'content', 'ledger/keys'), join(page.root, 'nothing'), { recursive: true });
    await put(join(page.site, vault.record), `${canonicalJson(record.record)}\n`);
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/vault-db/rows.json: it is evidence that the log does not have, or not any more."`,
    );
  });
});

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
});

describe('against what was seen before', () => {
  test('an older copy of the page', async () => {
    const { seen } = await page.verify(NOW);
    await rm(page.site, { recursive: true });
    const old = await makePage(page.keys);
    await old.collect(T0);
    await old.publish(NOW);
    await cp(old.site, page.site, { recursive: true });
    await old.remove();
    expect(await verdict(NOW, seen ?? undefined)).toMatchInlineSnapshot(
      `"log/checkpoint: it is older than what was seen before: it has 3 entries, and 9 were seen."`,
    );
  });

  test('another history of the same length and more', async () => {
    const copy = await copyOf(page, 'copy');
    await page.collect(NOW);
    await page.publish(NOW);
    const { seen } = await page.verify(NOW);
    await rm(page.content, { recursive: true });
    await cp(copy, page.content, { recursive: true });
    await page.collect(NOW + HOUR);
    await page.collect(NOW + 2 * HOUR);
    await page.publish(NOW + 2 * HOUR);
    expect(await verdict(NOW + 2 * HOUR)).toBe('it holds');
    expect(await verdict(NOW + 2 * HOUR, seen ?? undefined)).toMatchInlineSnapshot(
      `"log/checkpoint: the log was rewritten: its first 10 entries are not those that were seen before."`,
    );
  });

  test('an older manifest of the same log', async () => {
    const { seen } = await page.verify(NOW);
    await page.publish(NOW - HOUR);
    expect(await verdict(NOW, seen ?? undefined)).toBe('it holds');
    await page.publish(NOW - 2 * HOUR);
    expect(await verdict(NOW, seen ?? undefined)).toMatchInlineSnapshot(
      `"manifest.json: it is older (2026-11-05T09:00:00.000Z) than the one that was seen before (2026-11-05T10:00:00.000Z)."`,
    );
  });

  test('another log of the same name', async () => {
    const { seen } = await page.verify(NOW);
    const other = await makePage();
    await other.collect(T0);
    await other.publish(NOW);
    await rm(page.site, { recursive: true });
    await cp(other.site, page.site, { recursive: true });
    expect(await verdict(NOW)).toBe('it holds');
    expect((await verdict(NOW, seen ?? undefined)).replace(/[0-9a-f]{64}/, '…')).toMatchInlineSnapshot(
      `"log/checkpoint: this is another log of the same name: its first key is not the one that was remembered (…)."`,
    );
    const fingerprint = seen?.firstKey.slice(0, 16);
    expect((await verdict(NOW, undefined, fingerprint)).replace(/[0-9a-f]{16}/, '…')).toMatchInlineSnapshot(
      `"keys/: none of these keys has the fingerprint that you gave (…)."`,
    );
    await other.remove();
  });

  test('the fingerprint of one of its keys', async () => {
    const { seen } = await page.verify(NOW);
    expect(await verdict(NOW, undefined, seen?.firstKey)).toBe('it holds');
  });
});

describe('time', () => {
  test('an expired manifest fails as expired', async () => {
    expect(await verdict(NOW + 8 * DAY)).toMatchInlineSnapshot(
      `"manifest.json: it has expired: it was valid from 2026-11-05T10:00:00.000Z until 2026-11-12T10:00:00.000Z. This may be an old copy."`,
    );
  });

  test('an expired version fails as expired, also under a new manifest', async () => {
    await page.publish(NOW + 60 * DAY);
    expect(await verdict(NOW + 60 * DAY)).toMatchInlineSnapshot(
      `"versions/2/manifest.json: the newest version has expired: it was valid until 2026-12-04T11:00:00.000Z."`,
    );
  });

  test('a manifest from the future', async () => {
    expect(await verdict(NOW - DAY)).toMatchInlineSnapshot(
      `"manifest.json: it is dated in the future (2026-11-05T10:00:00.000Z)."`,
    );
  });

  test('evidence that has grown old is told, and is no proof of today', async () => {
    const report = await page.verify(NOW + 5 * DAY);
    expect(report.failure).toBeNull();
    expect(report.notProven.slice(1, 3)).toMatchInlineSnapshot(`
      [
        "That app-db/rows is still so: its last look was valid until 2026-11-07T09:00:00.000Z.",
        "That vault-db/rows is still so: its last look was valid until 2026-11-06T10:00:00.000Z.",
      ]
    `);
  });
});

describe('the page', () => {
  test('that calls a claim verified without evidence', async () => {
    await page.collect(NOW, {
      checks: passing(NOW).checks.map((check) => ({ ...check, outcome: 'inconclusive' as const })),
    });
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
    const file = join(page.site, 'trust.json');
    const trust = JSON.parse(await readFile(file, 'utf8'));
    const honest = structuredClone(trust);
    for (const claim of trust.claims) {
      claim.state = 'verified';
      for (const check of claim.checks) check.state = 'verified';
    }
    await writeFile(file, JSON.stringify(trust));
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"trust.json: rows-are-scoped calls app-db/rows#no-cross-tenant-read verified, but by the proven record, which says inconclusive, it is unknown."`,
    );
    await writeFile(file, JSON.stringify({ ...honest, coverage: { inPlace: 1, verified: 1, percent: 100 } }));
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(`"trust.json: its coverage is not that of its claims."`);
  });

  test('with a version that was changed after it was published', async () => {
    await writeFile(join(page.site, 'versions/1/index.html'), 'better');
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"versions/1/index.html: it is not the file that version 1 was published with."`,
    );
  });

  test('with a file added to a version, or a version left out', async () => {
    await put(join(page.site, 'versions/1/more.html'), 'more');
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(`"versions/1/more.html: it belongs to no version in the log."`);
    await rm(join(page.site, 'versions/1'), { recursive: true });
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"versions/1/manifest.json: it is not version 1 as it was logged (entry 4)."`,
    );
  });

  test('that nobody signed', async () => {
    await rm(join(page.site, 'manifest.json'));
    expect(await verdict()).toMatchInlineSnapshot(`"manifest.json: it is missing."`);
    await rm(join(page.site, 'manifest.sigstore.json'));
    expect(await verdict()).toMatchInlineSnapshot(
      `"manifest.json: it is missing: this is no page of Candor, or it was built without keys or without a log, so nothing on it is signed."`,
    );
  });

  test('signed with a key that is not in its log', async () => {
    const stranger = parseKeys(makeKeys());
    await sign(page.site, page.content, stranger, NOW);
    expect((await verdict()).replace(/[0-9a-f]{16}/, '…')).toMatchInlineSnapshot(
      `"manifest.sigstore.json: it is signed by a key that is not published (keys/statement-….json)."`,
    );
    const [key] = stranger.statement;
    if (key === undefined) throw new Error('no key');
    const entry = keyEntry(createPublicKey(key), {
      at: new Date(NOW).toISOString(),
      origin: 'trust.quill.example/log',
    });
    await put(join(page.site, `keys/statement-${entry.fingerprint.slice(0, 16)}.json`), keyBytes(entry));
    await sign(page.site, page.content, stranger, NOW);
    expect((await verdict()).replace(/[0-9a-f]{16}/, '…')).toMatchInlineSnapshot(
      `"keys/statement-….json: it is a key that the log does not have."`,
    );
  });
});
