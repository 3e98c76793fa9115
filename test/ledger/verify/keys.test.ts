import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { parseCheckpoint, signCheckpoint } from '../../../ledger/log/checkpoint.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { verdictOn } from './forger.ts';
import { DAY, HOUR, makePage, type Page, sign } from './page.ts';

/** Somebody with keys whose time is over, or whose proofs are gone. */
const NOW = T0 + DAY;
let page: Page;

beforeEach(async () => {
  page = await makePage();
  await page.collect(T0);
});
afterEach(() => page.remove());

const verdict = (now = NOW) => verdictOn(page, now);
const resign = () => sign(page.site, page.content, page.keys, NOW);

describe('a proof', () => {
  test.each(['evidence/app-db/rows', 'versions/1/manifest', 'keys/checkpoint-', 'keys/statement-'])(
    'of %s that is left out of the list too is named',
    async (name) => {
      await page.release(T0 + HOUR);
      await page.publish(NOW);
      const all = await readdir(page.site, { recursive: true });
      const path = all.find((file) => file.startsWith(name) && file.endsWith('.tlog-proof')) ?? '';
      await rm(join(page.site, path));
      expect(await verdict()).toBe(`${path}: it is missing; the manifest names it.`);
      await resign();
      expect(await verdict()).toMatch(new RegExp(`^${path}: it is missing; the log `));
    },
  );
});

describe('keys', () => {
  const HALF = 30 * 60_000;

  /** Hands over to new keys, half an hour before they are the only ones. */
  async function handOver(): Promise<Page['keys']> {
    const added = parseKeys(makeKeys());
    await page.write(T0 + HALF, (ledger) => ledger.handOver(added, at(T0 + HOUR)));
    await page.publish(T0 + HALF);
    return added;
  }

  test('that ended may not sign the list of files any more, whatever day they put on it', async () => {
    await handOver();
    expect(await verdict(T0 + HOUR - 1)).toBe('it holds');
    await writeFile(join(page.site, 'index.html'), 'Better.');
    await sign(page.site, page.content, page.keys, T0 + HALF, T0 + 900 * DAY);
    expect(await verdict(T0 + HOUR)).toBe(
      'manifest.sigstore.json: it is signed by a key that is not in the log, or that could not sign any more.',
    );
  });

  test('that ended while the newest entry was made may not sign it', async () => {
    const added = await handOver();
    const both = await makePage({
      checkpoint: [...page.keys.checkpoint, ...added.checkpoint],
      statement: added.statement,
    });
    await cp(page.content, both.content, { recursive: true });
    await both.collect(NOW);
    await both.publish(NOW);
    expect(await verdictOn(both, NOW)).toBe('it holds');
    const note = await readFile(join(both.site, 'log/checkpoint'), 'utf8');
    const checkpoint = parseCheckpoint(note);
    if (checkpoint === undefined) throw new Error('nothing to sign');
    const signedBy = async ({ checkpoint: [privateKey] }: Page['keys']) => {
      if (privateKey === undefined) throw new Error('no key');
      const again = signCheckpoint(checkpoint, [{ name: checkpoint.origin, privateKey }]);
      await writeFile(join(both.site, 'log/checkpoint'), again);
      await sign(both.site, both.content, both.keys, NOW);
      return verdictOn(both, NOW);
    };
    expect(await signedBy(page.keys)).toMatch(/^log\/checkpoint: it is signed by a key that is not known/);
    // The same head, put there in the same way: only the key makes the difference.
    expect(await signedBy(added)).toBe('it holds');
    await both.remove();
  });

  test('that hand over after they ended', async () => {
    const added = parseKeys(makeKeys());
    await expect(page.write(T0 + HOUR, (ledger) => ledger.handOver(added, at(T0)))).rejects.toThrow(
      'the key before it had ended when it handed over',
    );
  });
});
