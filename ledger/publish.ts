import type { KeyObject } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type FileDigest, SiteManifest } from '../schemas/index.ts';
import { fileDigest, jsonBytes } from './files/bytes.ts';
import { each } from './files/each.ts';
import { keysFolder, logFolder, samplesFolder, versionsFolder } from './reader.ts';
import { signStatement, statementOf } from './statement.ts';

/** The manifest of a built site, and its bundle: the two files that no manifest names. */
export const MANIFEST = 'manifest.json';
export const MANIFEST_BUNDLE = 'manifest.sigstore.json';

/** The folders that are published as they were kept: in the content folder, and on the site. */
export const publishedFolders = [
  ['evidence', 'evidence'],
  [logFolder, 'log'],
  [keysFolder, 'keys'],
  [versionsFolder, 'versions'],
  [samplesFolder, 'audit-samples'],
] as const;

/** Copies what is published as it was kept: evidence, log, keys and versions. Nothing in it is rendered anew. */
export async function copyPublished(content: string, site: string): Promise<void> {
  for (const [from, to] of publishedFolders) {
    const paths = await filesIn(join(content, from));
    for (const folder of new Set(paths.map((path) => dirname(path))))
      await mkdir(join(site, to, folder), { recursive: true });
    await each(paths, (path) =>
      // Where the file system can, both share their blocks until one is changed.
      copyFile(join(content, from, path), join(site, to, path), constants.COPYFILE_FICLONE),
    );
  }
}

/** The digests of every file of a built site but its manifest, in order of their paths. */
export async function digestsOf(site: string): Promise<FileDigest[]> {
  const digests = new Map<string, FileDigest>();
  const paths = (await filesIn(site, true)).filter((path) => path !== MANIFEST && path !== MANIFEST_BUNDLE);
  await each(paths, async (path) => {
    digests.set(path, fileDigest(path, await readFile(join(site, path))));
  });
  return paths.flatMap((path) => digests.get(path) ?? []);
}

/** The files in a folder, with forward slashes, sorted. Names with a dot in front are a writer’s, unless they count too. */
export async function filesIn(folder: string, dotted = false): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => dotted || !/(^|\/)\./.test(path))
    .sort();
}

/** Writes and signs the manifest of a built site, which is complete but for it. */
export async function signSite(
  site: string,
  manifest: Omit<SiteManifest, 'files'>,
  privateKey: KeyObject,
): Promise<void> {
  const whole = SiteManifest.parse({ ...manifest, files: await digestsOf(site) });
  const bytes = jsonBytes(whole);
  const { builtAt, expiresAt, origin } = manifest;
  const statement = statementOf([[MANIFEST, bytes]], 'urn:candor:manifest:1', { origin, builtAt, expiresAt });
  await writeFile(join(site, MANIFEST), bytes);
  await writeFile(join(site, MANIFEST_BUNDLE), signStatement(statement, privateKey));
}
