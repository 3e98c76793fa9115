import { hash, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { canonicalJson } from '../posture/digest.ts';
import { type FileDigest, SiteManifest } from '../schemas/index.ts';
import { keysFolder, logFolder, versionsFolder } from './reader.ts';
import { statementOf } from './records/keep.ts';
import { signStatement } from './statement.ts';

/** The manifest of a built site, and its bundle: the two files that no manifest names. */
export const MANIFEST = 'manifest.json';
export const MANIFEST_BUNDLE = 'manifest.sigstore.json';
/** Files that are read at the same time. */
const AT_ONCE = 16;

/** Copies what is published as it was kept: evidence, log, keys and versions. Nothing in it is rendered anew. */
export async function copyPublished(content: string, site: string): Promise<void> {
  const folders = [
    ['evidence', 'evidence'],
    [logFolder, 'log'],
    [keysFolder, 'keys'],
    [versionsFolder, 'versions'],
  ] as const;
  for (const [from, to] of folders) {
    const folder = join(content, from);
    if (!existsSync(folder)) continue;
    // Names with a dot in front are of a writer’s.
    const filter = (path: string) =>
      !relative(folder, path)
        .split(sep)
        .some((part) => part.startsWith('.'));
    await cp(folder, join(site, to), { recursive: true, filter });
  }
}

/** The digests of every file of a built site but its manifest, in order of their paths. */
export async function digestsOf(site: string): Promise<FileDigest[]> {
  const entries = await readdir(site, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(site, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== MANIFEST && path !== MANIFEST_BUNDLE)
    .sort();
  const digests = new Array<FileDigest>(paths.length);
  const queue = paths.entries();
  const worker = async () => {
    for (const [index, path] of queue) {
      const bytes = await readFile(join(site, path));
      digests[index] = { path, bytes: bytes.length, digest: hash('sha256', bytes) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return digests;
}

/** Writes and signs the manifest of a built site, which is complete but for it. */
export async function signSite(
  site: string,
  manifest: Omit<SiteManifest, 'files'>,
  privateKey: KeyObject,
): Promise<void> {
  const whole = SiteManifest.parse({ ...manifest, files: await digestsOf(site) });
  const bytes = Buffer.from(`${canonicalJson(whole)}\n`);
  const { builtAt, expiresAt, origin } = manifest;
  const statement = statementOf([[MANIFEST, bytes]], 'urn:candor:manifest:1', { origin, builtAt, expiresAt });
  await writeFile(join(site, MANIFEST), bytes);
  await writeFile(join(site, MANIFEST_BUNDLE), signStatement(statement, privateKey));
}
