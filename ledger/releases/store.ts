import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { candorError, Release, ReleaseChanges, ReleaseContents, Trust } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { jsonOf, textOf, versionsFolder } from '../reader.ts';

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

/** One version with what it was made from. Throws LedgerDamaged. */
export async function readRelease(content: string, number: number): Promise<KeptRelease> {
  const files = releaseFiles(number);
  const [release, trust, contents] = await Promise.all([
    read(content, files.manifest, Release),
    read(content, files.trust, Trust),
    read(content, files.contents, ReleaseContents),
  ]);
  return { release, trust, contents };
}

async function read<T>(content: string, path: string, shape: z.ZodType<T>): Promise<T> {
  const parsed = shape.safeParse(jsonOf((await textOf(join(content, path))) ?? ''));
  if (parsed.success) return parsed.data;
  throw candorError('LedgerDamaged', { file: path, problem: 'it is missing, or not what it should be.' });
}
