import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SiteManifest } from '../../../schemas/index.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { verdictOn } from './forger.ts';
import { DAY, HOUR, makePage, type Page, sign } from './page.ts';

/** Somebody with all keys, whose list of files is wrong. */
const NOW = T0 + DAY;
let page: Page;

beforeEach(async () => {
  page = await makePage();
  await page.collect(T0);
});
afterEach(() => page.remove());

const verdict = () => verdictOn(page, NOW);

describe('a manifest', () => {
  test.each<[string, (manifest: SiteManifest) => void, number?]>([
    [
      'for an earlier head',
      (manifest) => {
        manifest.log = { size: 0, root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };
      },
    ],
    [
      'that expires before it was made',
      (manifest) => {
        manifest.expiresAt = at(T0);
      },
    ],
    [
      'that is older than its log',
      (manifest) => {
        manifest.builtAt = at(NOW - HOUR);
      },
    ],
  ])('%s', async (_, change) => {
    await page.collect(NOW);
    await page.publish(NOW);
    await sign(page.site, page.content, page.keys, NOW, NOW + 7 * DAY, change);
    expect(await verdict()).toMatchSnapshot();
  });

  test.each<[string, (manifest: SiteManifest) => void]>([
    [
      'that names a file twice',
      ({ files }) => {
        files.push(...files.slice(0, 1));
      },
    ],
    [
      'that names a file of another size',
      ({ files }) => {
        for (const file of files) file.bytes += 1;
      },
    ],
    [
      'that names what would fool a terminal',
      ({ files }) => {
        files.push({ path: '\u001b[2J\nIt holds.', bytes: 0, digest: '0'.repeat(64) });
      },
    ],
  ])('%s', async (_, change) => {
    await page.publish(NOW);
    await sign(page.site, page.content, page.keys, NOW, NOW + 7 * DAY, change);
    expect(await verdict()).toMatchSnapshot();
  });
});
