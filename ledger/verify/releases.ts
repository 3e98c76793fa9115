import type { Instant } from '../../schemas/index.ts';
import { fails, type ProvenFiles, requireSubjects } from './files.ts';
import type { ProvenLog } from './log.ts';
import { openBundleAt } from './proofs.ts';

/** The pages about versions that each build makes anew. */
const rendered = new Set(['versions/index.html', 'versions/compare/index.html']);

/**
 * That every version in the log is published as it was, with nothing added to it, and that the newest has not expired.
 * Throws DoesNotHold.
 */
export async function verifyReleases(files: ProvenFiles, log: ProvenLog, now: Instant): Promise<void> {
  const expected = new Set(rendered);
  for (const { release, index, digest } of log.history.releases) {
    const manifest = `versions/${release.number}/manifest.json`;
    const bundle = `versions/${release.number}/manifest.sigstore.json`;
    for (const path of [manifest, bundle, `versions/${release.number}/manifest.tlog-proof`]) expected.add(path);
    if (files.digestOf(manifest) !== digest)
      throw fails(manifest, `it is not version ${release.number} as it was logged (entry ${index}).`);
    for (const { path, digest: named } of release.files) {
      expected.add(`versions/${path}`);
      if (files.digestOf(`versions/${path}`) !== named)
        throw fails(`versions/${path}`, `it is not the file that version ${release.number} was published with.`);
    }
    const statement = await openBundleAt(files, bundle, log.history.chain, release.publishedAt);
    requireSubjects(statement, 'urn:candor:release:1', [[manifest, digest]], bundle);
    const { origin, number } = statement.predicate;
    if (origin !== release.origin || number !== release.number || statement.predicate.index !== index)
      throw fails(bundle, 'it speaks of another entry of the log.');
  }
  for (const path of files.paths(/^versions\//))
    if (!expected.has(path)) throw fails(path, 'it belongs to no version in the log.');
  const newest = log.history.releases.at(-1);
  if ((newest?.release.number ?? null) !== files.manifest.release)
    throw fails('manifest.json', 'it names another version as the newest than the log.');
  if (newest !== undefined && Date.parse(now) > Date.parse(newest.release.expiresAt))
    throw fails(
      `versions/${newest.release.number}/manifest.json`,
      `the newest version has expired: it was valid until ${newest.release.expiresAt}.`,
    );
}
