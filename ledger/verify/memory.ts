import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Digest, Instant } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { jsonOf, textOf } from '../reader.ts';
import { fails, type ProvenFiles } from './files.ts';
import type { ProvenLog } from './log.ts';

/** What a visitor keeps of a page that held: enough to notice that its history was rewritten, or that it went back. */
export const Remembered = z.strictObject({
  origin: z.string(),
  firstKey: Digest.meta({
    description: 'Fingerprint of the first key of the log, from which all others were handed over.',
  }),
  size: z.int().nonnegative(),
  root: Digest,
  builtAt: Instant,
  demo: z.boolean(),
});
export type Remembered = z.infer<typeof Remembered>;

/** What to remember of a page that held. */
export function rememberedBy(log: ProvenLog, { manifest }: ProvenFiles): Remembered {
  const { origin, size, root } = log.checkpoint;
  const firstKey = log.history.chain[0]?.entry.fingerprint ?? '';
  return { origin, firstKey, size, root: root.toString('hex'), builtAt: manifest.builtAt, demo: manifest.demo };
}

/**
 * That the log begins with the one that was remembered, and that the page is not older. Demonstrations throw their keys
 * away, so another demonstration begins anew. Gives what was proven, or why nothing could be. Throws DoesNotHold.
 */
export function compareRemembered(
  log: ProvenLog,
  { manifest }: ProvenFiles,
  remembered: Remembered | undefined,
): { proven: string } | { notProven: string } {
  if (remembered === undefined)
    return { notProven: 'That nothing was rewritten before today: this log is seen for the first time here.' };
  const checkpoint = 'log/checkpoint';
  const { size } = remembered;
  if (log.history.chain[0]?.entry.fingerprint !== remembered.firstKey) {
    if (manifest.demo && remembered.demo)
      return {
        notProven: 'That nothing was rewritten: this is another demonstration than the last time, with new keys.',
      };
    throw fails(
      checkpoint,
      `this is another log of the same name: its first key is not the one that was remembered (${remembered.firstKey}).`,
    );
  }
  if (size > log.checkpoint.size)
    throw fails(
      checkpoint,
      `it is older than what was seen before: it has ${log.checkpoint.size} entries, and ${size} were seen.`,
    );
  if (log.rootAt.get(size)?.toString('hex') !== remembered.root)
    throw fails(checkpoint, `the log was rewritten: its first ${size} entries are not those that were seen before.`);
  if (Date.parse(manifest.builtAt) < Date.parse(remembered.builtAt))
    throw fails(
      'manifest.json',
      `it is older (${manifest.builtAt}) than the one that was seen before (${remembered.builtAt}).`,
    );
  return { proven: `The log begins with the ${size} entries that were seen the last time.` };
}

function fileOf(state: string, origin: string): string {
  return join(state, `${origin.replace(/[^A-Za-z0-9.-]+/g, '_')}.seen.json`);
}

/** What is remembered of a log; undefined when it was never seen here. */
export async function recall(state: string, origin: string): Promise<Remembered | undefined> {
  // A memory that cannot be read is none; that the next time has none either is said when it is kept.
  const text = await textOf(fileOf(state, origin)).catch(() => undefined);
  const parsed = Remembered.safeParse(jsonOf(text ?? ''));
  return parsed.success && parsed.data.origin === origin ? parsed.data : undefined;
}

/** Remembers a page that held; false where nothing can be kept. */
export async function remember(state: string, seen: Remembered): Promise<boolean> {
  const file = fileOf(state, seen.origin);
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(state, { recursive: true, mode: 0o700 });
    await writeFile(draft, `${JSON.stringify(seen)}\n`);
    await rename(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false;
  }
}
