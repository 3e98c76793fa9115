import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recall, remember } from '../../../ledger/verify/memory.ts';
import { openPublished } from '../../../ledger/verify/published.ts';
import { verify } from '../../../ledger/verify/verify.ts';
import { Trust } from '../../../schemas/index.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { editFile } from './forger.ts';
import { DAY, HOUR, makePage, type Page, sign } from './page.ts';

/** Two logs of one name: the company’s, and one that somebody else made up. */
const ORIGIN = 'trust.quill.example/log';
let real: Page;
let made: Page;
let root: string;
let state: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'candor-memory-'));
  [real, made] = [await makePage(), await makePage()];
  for (const page of [real, made]) {
    await page.collect(T0);
    await page.publish(T0);
  }
});
beforeEach(async () => {
  state = await mkdtemp(join(root, 'state-'));
});
afterAll(async () => {
  for (const page of [real, made]) await page.remove();
  await rm(root, { recursive: true });
});

/** Looks at a page, `home` at its own address, and remembers it when it holds; what failed, or what was proven of the past. */
async function look({ site }: Page, home: boolean, now = T0 + HOUR): Promise<string> {
  const published = { ...openPublished(site, '/'), origin: home ? ORIGIN : undefined };
  const report = await verify(published, {
    now: at(now),
    recall: (origin) => recall(state, origin),
    progress: () => undefined,
  });
  if (report.seen !== null) expect(await remember(state, report.seen)).toBe(true);
  return report.failure?.problem ?? [...report.proven, ...report.notProven].find((text) => past.test(text)) ?? '';
}
const past = /seen|rewritten/;
const first = 'That nothing was rewritten before today: this log is seen for the first time here.';
const again = 'The log begins with the 3 entries that were seen the last time.';
const another = /^this is another log of the same name/;

test('a copy that somebody made up does not stand in the way of the page at its own address', async () => {
  expect(await look(made, false)).toBe(first);
  expect(await look(real, true)).toBe(first);
  expect(await look(real, true)).toBe(again);
  expect(await look(made, false)).toMatch(another);
  expect(await look(real, false)).toBe(again);
});

test('a copy with other keys is refused where only a copy is remembered', async () => {
  expect(await look(real, false)).toBe(first);
  expect(await look(made, false)).toMatch(another);
  expect(await look(real, false)).toBe(again);
});

test('another log at the same address is refused, whatever copy was seen of it', async () => {
  expect(await look(made, false)).toBe(first);
  expect(await look(real, true)).toBe(first);
  expect(await look(made, true)).toMatch(another);
  expect(await look(made, true)).toMatch(another);
});

test('a log that was real does not become a demonstration, which could be followed by any other', async () => {
  expect(await look(real, true)).toBe(first);
  for (const demo of [true, false]) {
    for (const { site, content, keys } of [real, made]) {
      await editFile(join(site, 'trust.json'), Trust, (trust) => {
        trust.demo = demo;
      });
      await sign(site, content, keys, T0, T0 + DAY, (manifest) => {
        manifest.demo = demo;
      });
    }
    expect(await look(real, true)).toBe(again);
    expect(await look(made, true)).toMatch(another);
  }
});

test('names that are spelt alike once cleaned do not take each other’s place', async () => {
  await look(real, true);
  const [seen] = await recall(state, ORIGIN);
  if (seen === undefined) throw new Error('nothing is remembered');
  await remember(state, { ...seen, origin: 'trust.quill.example_log', size: 1 });
  expect(await readdir(state)).toHaveLength(2);
  expect(await recall(state, ORIGIN)).toEqual([seen]);
});
