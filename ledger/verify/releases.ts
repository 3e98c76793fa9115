import { canonicalJson } from '../../posture/digest.ts';
import { type Instant, type Release, ReleaseContents } from '../../schemas/index.ts';
import { jsonOf } from '../reader.ts';
import { fails, type ProvenFiles, requireSubjects } from './files.ts';
import type { History, LoggedRelease } from './history.ts';
import type { ProvenLog } from './log.ts';
import { openBundleAt } from './proofs.ts';
import { readTrust } from './states.ts';

/** The pages about versions that each build makes anew. */
const rendered = new Set(['versions/index.html', 'versions/compare/index.html']);

/** That the files of a version are the ones that were logged. Throws DoesNotHold. */
export function requireAsLogged(files: ProvenFiles, { release, index, digest }: LoggedRelease): void {
  const manifest = `versions/${release.number}/manifest.json`;
  const listed = files.digestOf(manifest);
  if (listed === undefined) throw fails(manifest, `it is missing; the log has version ${release.number}.`);
  if (listed !== digest)
    throw fails(manifest, `it is not version ${release.number} as it was logged (entry ${index}).`);
  for (const { path, digest: named } of release.files) {
    const found = files.digestOf(`versions/${path}`);
    if (found === undefined) throw fails(`versions/${path}`, `it is missing; version ${release.number} has it.`);
    if (found !== named)
      throw fails(`versions/${path}`, `it is not the file that version ${release.number} was published with.`);
  }
}

/**
 * That a version is published as it was logged, and says nothing but what the log then held: its manifest what its own
 * trust.json says, and that what the records in `history` say. Throws DoesNotHold.
 */
export async function verifyVersion(files: ProvenFiles, version: LoggedRelease, history: History): Promise<void> {
  requireAsLogged(files, version);
  const { release } = version;
  const folder = `versions/${release.number}`;
  const manifest = `${folder}/manifest.json`;
  const has = (path: string) => release.files.some((file) => `versions/${file.path}` === path);
  const derived = `${folder}/trust.json`;
  if (!has(derived)) throw fails(manifest, 'it does not name what it was derived from (trust.json).');
  const trust = await readTrust(files, derived, history.said());
  const told = ({ coverage, states, demo }: Pick<Release, 'coverage' | 'states' | 'demo'>, at: Instant) =>
    canonicalJson({ coverage, states, demo, at });
  if (told(release, release.publishedAt) !== told(trust, trust.generatedAt))
    throw fails(manifest, 'its date, coverage, states or demonstration are not those of its trust.json.');
  const contents = `${folder}/contents.json`;
  if (has(contents)) await verifyContents(files, contents, history.records);
}

/** That the evidence which a version names was the newest in the log. Throws DoesNotHold. */
async function verifyContents(files: ProvenFiles, path: string, records: History['records']): Promise<void> {
  const parsed = ReleaseContents.safeParse(jsonOf(await files.text(path)));
  if (!parsed.success) throw fails(path, 'it does not tell what a version was made from.');
  for (const { source, collector, id, collectedAt, index } of parsed.data.evidence) {
    const head = records.get(`${source}/${collector}`);
    if (head?.record.id !== id || head.collectedAt !== collectedAt || head.newest.index !== index)
      throw fails(path, `it names evidence of ${source}/${collector} that was not the newest in the log.`);
  }
}

/**
 * That every version in the log is signed, with nothing added to it, and that the newest has not expired; what they say
 * was proven beside the log. Throws DoesNotHold.
 */
export async function verifyReleases(files: ProvenFiles, log: ProvenLog, now: Instant): Promise<void> {
  const expected = new Set(rendered);
  for (const { release, index, digest } of log.history.releases) {
    const manifest = `versions/${release.number}/manifest.json`;
    const bundle = `versions/${release.number}/manifest.sigstore.json`;
    const proof = `versions/${release.number}/manifest.tlog-proof`;
    for (const path of [manifest, bundle, proof]) expected.add(path);
    if (files.digestOf(proof) === undefined) throw fails(proof, 'it is missing; the log has this version.');
    for (const { path } of release.files) expected.add(`versions/${path}`);
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
      'expired',
    );
}
