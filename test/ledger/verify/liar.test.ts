import { createPublicKey } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyEntry } from '../../../ledger/keys/chain.ts';
import { keyBytes } from '../../../ledger/keys/files.ts';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { recordFiles } from '../../../ledger/records/files.ts';
import { retire } from '../../../ledger/records/keep.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { T0 } from '../../posture/worlds.ts';
import { verdictOn } from './forger.ts';
import { DAY, HOUR, makePage, type Page, passing, put, richPage, sign } from './page.ts';

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
const verdict = (now = NOW) => verdictOn(page, now);
/** Signs the site as it lies there. */
const resign = () => sign(page.site, page.content, page.keys, NOW);

describe('evidence', () => {
  test('that is left out', async () => {
    await rm(join(page.site, vault.record));
    await resign();
    expect(await verdict()).toMatchInlineSnapshot(
      `"evidence/vault-db/rows.json: it is missing; the proof needs it, and the manifest does not name it."`,
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
    await page.write(NOW, (ledger) =>
      retire(ledger, { source: 'vault-db', collector: 'rows' }, record.newest, 'No longer collected.'),
    );
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
    expect(await verdict()).toMatchInlineSnapshot(`"versions/1/manifest.json: it is missing; the log has version 1."`);
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
