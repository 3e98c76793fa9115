import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { candorError, type Digest, Release, ReleaseChanges, ReleaseContents, Trust } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { jsonOf, newestFirst, readLog, textOf, versionsFolder } from '../reader.ts';

/** A version as it was kept: its manifest, and what was derived and named then. */
export type KeptRelease = { release: Release; trust: Trust; contents: ReleaseContents };

/** The files of one version, relative to the content folder; published under /versions/. */
export function releaseFiles(number: number) {
  const folder = `${versionsFolder}/${number}`;
  return {
    folder,
    manifest: `${folder}/manifest.json`,
    bundle: `${folder}/manifest.sigstore.json`,
    proof: `${folder}/manifest.tlog-proof`,
    trust: `${folder}/trust.json`,
    contents: `${folder}/contents.json`,
    changes: `${folder}/changes.json`,
  };
}

/** The numbers of all versions, in order. */
export async function releaseNumbers(content: string): Promise<number[]> {
  const names = await readdir(join(content, versionsFolder)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /^[1-9][0-9]*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The manifest of one version. Throws LedgerDamaged. */
export async function readManifest(content: string, number: number): Promise<Release> {
  return read(content, releaseFiles(number).manifest, Release);
}

/** What changed in one version. Throws LedgerDamaged. */
export async function readChanges(content: string, number: number): Promise<ReleaseChanges> {
  return read(content, releaseFiles(number).changes, ReleaseChanges);
}

/** One version with what it was made from: the bytes that its manifest names. Throws LedgerDamaged. */
export async function readRelease(content: string, number: number): Promise<KeptRelease> {
  const files = releaseFiles(number);
  const release = await read(content, files.manifest, Release);
  const [trust, contents] = await Promise.all([
    read(content, files.trust, Trust, release),
    read(content, files.contents, ReleaseContents, release),
  ]);
  return { release, trust, contents };
}

/**
 * The newest version that the log knows, with the digest of its manifest; undefined when there is none. Throws
 * LedgerDamaged when its files are not those that were logged.
 */
export async function newestRelease(content: string): Promise<(KeptRelease & { digest: Digest }) | undefined> {
  const log = await readLog(content);
  if (log === undefined) return undefined;
  for await (const { bytes } of newestFirst(content, log)) {
    const text = bytes.toString('utf8');
    // Most entries are none, and need not be parsed.
    const entry = text.includes('candor/release@1') ? Release.safeParse(jsonOf(text)) : undefined;
    if (!entry?.success) continue;
    const { manifest } = releaseFiles(entry.data.number);
    if ((await textOf(join(content, manifest))) !== text) throw damaged(manifest, 'it is not what the log says it is.');
    return { ...(await readRelease(content, entry.data.number)), digest: hash('sha256', bytes) };
  }
  return undefined;
}

/** Reads a file of a version; `named` is the manifest that says which bytes it must have. */
async function read<T>(content: string, path: string, shape: z.ZodType<T>, named?: Release): Promise<T> {
  const text = (await textOf(join(content, path))) ?? '';
  const parsed = shape.safeParse(jsonOf(text));
  if (!parsed.success) throw damaged(path, 'it is missing, or not what it should be.');
  const file = named?.files.find((each) => `${versionsFolder}/${each.path}` === path);
  if (named !== undefined && file?.digest !== hash('sha256', text))
    throw damaged(path, 'it is not the file that its manifest names.');
  return parsed.data;
}

function damaged(file: string, problem: string) {
  return candorError('LedgerDamaged', { file, problem });
}
