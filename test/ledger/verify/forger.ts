import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { grow } from '../../../ledger/log/appendix.ts';
import { signCheckpoint } from '../../../ledger/log/checkpoint.ts';
import { copyPublished } from '../../../ledger/publish.ts';
import { newestFirst, readLog } from '../../../ledger/reader.ts';
import type { Remembered } from '../../../ledger/verify/memory.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { type Page, put, sign } from './page.ts';

/** The first thing that fails on a page, in a line. */
export async function verdictOn(page: Page, now: number, remembered?: Remembered, pinned?: string): Promise<string> {
  const { failure } = await page.verify(now, remembered, pinned);
  return failure === null ? 'it holds' : `${failure.file}: ${failure.problem}`;
}

/** All entries of a page’s log. */
export async function entriesIn(page: Page): Promise<Buffer[]> {
  const log = await readLog(page.content);
  if (log === undefined) throw new Error('no log');
  const entries: Buffer[] = [];
  for await (const { bytes } of newestFirst(page.content, log)) entries.unshift(bytes);
  return entries;
}

/** Publishes what is kept, with a log of other entries, rightly hashed and rightly signed. */
export async function forgeLog(page: Page, now: number, change: (entries: Buffer[]) => Buffer[]): Promise<void> {
  const log = await readLog(page.content);
  const [key] = page.keys.checkpoint;
  if (log === undefined || key === undefined) throw new Error('no log');
  const entries = change(await entriesIn(page));
  const grown = await grow(0, [], entries, () => Promise.reject(new Error('nothing is there')));
  const { origin } = log.checkpoint;
  const note = signCheckpoint({ origin, size: grown.size, root: grown.root }, [{ name: origin, privateKey: key }]);
  await rm(join(page.content, 'ledger/log'), { recursive: true });
  for (const [path, bytes] of grown.tiles) await put(join(page.content, 'ledger/log', path), bytes);
  await put(join(page.content, 'ledger/log/checkpoint'), note);
  for (const folder of ['log', 'keys', 'evidence', 'versions'])
    await rm(join(page.site, folder), { recursive: true, force: true });
  await copyPublished(page.content, page.site);
  await sign(page.site, page.content, page.keys, now);
}

/** An entry with other words in it. */
export function edited(entry: Buffer | undefined, change: (value: Record<string, unknown>) => void): Buffer {
  const value: Record<string, unknown> = JSON.parse(entry?.toString('utf8') ?? '');
  change(value);
  return Buffer.from(`${canonicalJson(value)}\n`);
}

/** Changes a JSON file where it lies. */
export async function editFile<T>(file: string, shape: z.ZodType<T>, change: (value: T) => void): Promise<void> {
  const value = shape.parse(JSON.parse(await readFile(file, 'utf8')));
  change(value);
  await put(file, `${canonicalJson(value)}\n`);
}
