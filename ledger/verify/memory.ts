import { hash } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Digest, Instant, type SiteManifest } from '../../schemas/index.ts';
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
  address: z.string().optional().meta({ description: 'Where it was read.' }),
  atHome: z.boolean().meta({ description: 'Whether it was read at the address that its name says, over https.' }),
});
export type Remembered = z.infer<typeof Remembered>;

/** What to remember of a page that held, after what was remembered. A log that was real once stays so. */
export function rememberedBy(log: ProvenLog, { manifest }: ProvenFiles, place: Place): Remembered {
  const { origin, size, root } = log.checkpoint;
  const firstKey = firstKeyOf(log);
  const demo = manifest.demo && sameLog(log, place.remembered).every((before) => before.demo);
  const { address, atHome } = place;
  return { origin, firstKey, size, root: root.toString('hex'), builtAt: manifest.builtAt, demo, address, atHome };
}

/** Where a page was read, and what is remembered of logs of its name. */
export type Place = {
  /** The address or folder. */
  address: string;
  /** Whether it was its own address, over https. Anybody can give a copy whatever name they like. */
  atHome: boolean;
  remembered: readonly Remembered[];
};

/**
 * That the log begins with the one that was remembered, and that the page is not older. What was seen at its own address
 * counts before copies; a copy that somebody made up says nothing about the page at its own address. Demonstrations
 * throw their keys away, so another demonstration begins anew. Gives what was proven, or why nothing could be. Throws
 * DoesNotHold.
 */
export function compareRemembered(
  log: ProvenLog,
  { manifest }: ProvenFiles,
  { address, atHome, remembered }: Place,
): { proven: string } | { notProven: string } {
  const same = sameLog(log, remembered);
  const home = remembered.find((before) => before.atHome);
  const other = home ?? (atHome ? undefined : remembered[0]);
  if (other !== undefined && !same.includes(other) && (home !== undefined || same.length === 0)) {
    if (manifest.demo && other.demo)
      return {
        notProven: 'That nothing was rewritten: this is another demonstration than the last time, with new keys.',
      };
    throw fails(
      CHECKPOINT,
      `this is another log of the same name: its first key is not the one that was remembered (${other.firstKey}).`,
    );
  }
  for (const before of same) compareOne(log, manifest, address, before);
  return same.length === 0
    ? { notProven: 'That nothing was rewritten before today: this log is seen for the first time here.' }
    : {
        proven: `The log begins with the ${Math.max(...same.map(({ size }) => size))} entries that were seen the last time.`,
      };
}

const CHECKPOINT = 'log/checkpoint';

function compareOne(
  log: ProvenLog,
  { builtAt }: SiteManifest,
  address: string,
  { size, root, ...before }: Remembered,
): void {
  if (size > log.checkpoint.size)
    throw fails(
      CHECKPOINT,
      `it is older than what was seen before: it has ${log.checkpoint.size} entries, and ${size} were seen.`,
    );
  if (log.rootAt.get(size)?.toString('hex') !== root)
    throw fails(CHECKPOINT, `the log was rewritten: its first ${size} entries are not those that were seen before.`);
  // A newer build elsewhere, such as in one’s own folder, does not make the published one go back.
  if (before.address === address && Date.parse(builtAt) < Date.parse(before.builtAt))
    throw fails('manifest.json', `it is older (${builtAt}) than the one that was seen before (${before.builtAt}).`);
}

function sameLog(log: ProvenLog, remembered: readonly Remembered[]): Remembered[] {
  return remembered.filter(({ firstKey }) => firstKey === firstKeyOf(log));
}

function firstKeyOf({ history }: ProvenLog): string {
  return history.chain[0]?.entry.fingerprint ?? '';
}

/** The beginning of the names of all files about logs of one name. */
function nameOf(origin: string): string {
  return `${origin.replace(/[^A-Za-z0-9.-]+/g, '_').slice(0, 100)}-`;
}

/** What is remembered of logs with this name: of the one at its own address, and of copies, one for each first key. */
export async function recall(state: string, origin: string): Promise<Remembered[]> {
  // A memory that cannot be read is none; that the next time has none either is said when it is kept.
  const names = await readdir(state).catch(() => []);
  const files = names.filter((name) => name.startsWith(nameOf(origin)) && name.endsWith('.seen.json')).sort();
  const found = await Promise.all(
    files.map(async (name) => {
      const text = await textOf(join(state, name)).catch(() => undefined);
      const parsed = Remembered.safeParse(jsonOf(text ?? ''));
      return parsed.success && parsed.data.origin === origin ? [parsed.data] : [];
    }),
  );
  return found.flat();
}

/** Remembers a page that held; false where nothing can be kept. */
export async function remember(state: string, seen: Remembered): Promise<boolean> {
  // Names that are spelt alike once cleaned, and copies with other keys, must not take each other’s place.
  const { origin, firstKey, atHome } = seen;
  const digest = hash('sha256', JSON.stringify([origin, atHome ? null : firstKey]));
  const file = join(state, `${nameOf(origin)}${digest.slice(0, 16)}.seen.json`);
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
