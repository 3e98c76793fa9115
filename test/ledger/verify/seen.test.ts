import { cp, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Remembered } from '../../../ledger/verify/memory.ts';
import { T0 } from '../../posture/worlds.ts';
import { verdictOn } from './forger.ts';
import { copyOf, DAY, HOUR, makePage, type Page, richPage } from './page.ts';

/** Somebody with the company’s keys, who shows another page than the last time. */
const NOW = T0 + 2 * DAY + 2 * HOUR;
let page: Page;

beforeEach(async () => {
  page = await richPage();
});
afterEach(() => page.remove());

/** The first thing that fails, in a line. */
const verdict = (now = NOW, ...more: [remembered?: Remembered, pinned?: string]) => verdictOn(page, now, ...more);

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
