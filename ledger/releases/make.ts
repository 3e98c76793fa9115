import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { derive } from '../../posture/derive.ts';
import { changeCount, diff } from '../../posture/diff.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { after } from '../../posture/time.ts';
import {
  type Content,
  candorError,
  type Duration,
  type Instant,
  Release,
  type ReleaseChanges,
  type ReleaseContents,
  type Trust,
} from '../../schemas/index.ts';
import { byPath, fileDigest, jsonBytes } from '../files/bytes.ts';
import { codeOf } from '../files/error-code.ts';
import { versionsFolder } from '../reader.ts';
import { declaredRecords, readEvidence } from '../records/store.ts';
import { statementOf } from '../statement.ts';
import type { Ledger } from '../writer.ts';
import { contentsOf, digestContent } from './contents.ts';
import { type KeptRelease, newestRelease, releaseFiles } from './store.ts';

/** A version before its pages are rendered, and the one before it. */
export type ReleaseDraft = {
  release: Omit<Release, 'files'>;
  trust: Trust;
  contents: ReleaseContents;
  changes: ReleaseChanges;
  before: KeptRelease | undefined;
};

/** Says what the next version is, from what content and evidence say now. Throws LedgerDamaged. */
export async function draftRelease(
  ledger: Ledger,
  content: Content,
  { reason, validFor }: { reason: string; validFor: Duration },
): Promise<ReleaseDraft> {
  const publishedAt = ledger.now();
  const recorded = await readEvidence(ledger.content, declaredRecords(content));
  const trust = derive(content, recorded.evidence, [...recorded.damaged, ...recorded.missing], publishedAt);
  const contents = contentsOf(content, await digestContent(ledger.content), recorded);
  const before = await newestRelease(ledger.content);
  const previous = before === undefined ? null : { number: before.release.number, digest: before.digest };
  const number = (previous?.number ?? 0) + 1;
  const release: ReleaseDraft['release'] = {
    schema: 'candor/release@1',
    number,
    origin: ledger.origin,
    demo: trust.demo,
    publishedAt,
    expiresAt: after(publishedAt, validFor),
    reason,
    coverage: trust.coverage,
    states: trust.states,
    log: ledger.head(),
    previous,
  };
  const last = before === undefined ? undefined : { number: before.release.number, ...before };
  return { release, trust, contents, changes: diff(last, { number, trust, contents }), before };
}

/**
 * Whether a reader would learn nothing new: the same content, the same states and coverage, and evidence that says the
 * same. When it was last looked at does not count.
 */
export function isUnchanged({ before, contents, changes }: Pick<ReleaseDraft, 'before' | 'contents' | 'changes'>) {
  if (before === undefined || changeCount(changes) > 0) return false;
  const said = ({ content, evidence, subprocessors, documents }: ReleaseContents) => {
    const records = evidence.map(({ source, collector, id }) => ({ source, collector, id }));
    return canonicalJson({ content, records, subprocessors, documents });
  };
  return (
    canonicalJson(changes.coverage.before) === canonicalJson(changes.coverage.after) &&
    said(before.contents) === said(contents)
  );
}

/** Whether a version has more than half of its validity left. */
export function isMostlyValid({ publishedAt, expiresAt }: Pick<Release, 'publishedAt' | 'expiresAt'>, at: Instant) {
  return Date.parse(at) < (Date.parse(publishedAt) + Date.parse(expiresAt)) / 2;
}

/** The files of a version that are read by machines, as they are published: by name, in its folder. */
export function draftFiles({ trust, contents, changes }: ReleaseDraft): Map<string, Buffer> {
  return new Map(
    Object.entries({ 'trust.json': trust, 'contents.json': contents, 'changes.json': changes }).map(([name, value]) => [
      name,
      jsonBytes(value),
    ]),
  );
}

/**
 * Publishes a version: manifest, signature, proof, pages and all, as one change of the log. `pages` are by path relative
 * to /versions/. Throws LedgerDamaged when an asset is there with other bytes, LedgerNotWritten.
 */
export async function publishRelease(
  ledger: Ledger,
  draft: ReleaseDraft,
  pages: ReadonlyMap<string, Buffer>,
): Promise<Release> {
  const { number } = draft.release;
  const own = [...draftFiles(draft)].map(([name, bytes]): [string, Buffer] => [`${number}/${name}`, bytes]);
  const files = new Map([...own, ...pages]);
  const release = Release.parse({
    ...draft.release,
    files: [...files].map(([path, bytes]) => fileDigest(path, bytes)).sort(byPath),
  });
  const bytes = jsonBytes(release);
  const fresh = await withoutKnown(ledger.content, files);
  const { manifest, bundle, proof: proofFile } = releaseFiles(number);
  const { origin, publishedAt, expiresAt } = release;
  await ledger.append([
    {
      entry: release,
      bytes,
      files: ({ index, proof }) => {
        const predicate = { origin, index, number, publishedAt, expiresAt };
        const subject: [string, Buffer][] = [[`versions/${number}/manifest.json`, bytes]];
        const signed = ledger.sign(statementOf(subject, 'urn:candor:release:1', predicate));
        return [...fresh, [manifest, bytes], [proofFile, Buffer.from(proof)], [bundle, Buffer.from(signed)]];
      },
    },
  ]);
  return release;
}

/** The files with their places in the content folder, but for assets of earlier versions, which must be the same. */
async function withoutKnown(content: string, files: ReadonlyMap<string, Buffer>): Promise<[string, Buffer][]> {
  const fresh: [string, Buffer][] = [];
  for (const [path, bytes] of files) {
    const place = `${versionsFolder}/${path}`;
    const known = path.startsWith('assets/') ? await bytesOf(join(content, place)) : undefined;
    if (known === undefined) fresh.push([place, bytes]);
    else if (!known.equals(bytes))
      throw candorError('LedgerDamaged', { file: place, problem: 'an earlier version has another file of this name.' });
  }
  return fresh;
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}
