import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Prose } from './core/text.ts';
import { Instant } from './core/time.ts';
import { ClaimState } from './core/vocabulary.ts';
import { Coverage, StateCounts } from './trust.ts';

/** One file by its digest. */
export const FileDigest = z
  .strictObject({
    path: z
      .string()
      .max(500)
      .regex(/^(?!(?:.*\/)?\.{1,2}(?:\/|$))[^/\\][^\\]*$/, 'must be a relative path that stays inside')
      .meta({ description: 'Relative, with forward slashes.' }),
    bytes: z.int().nonnegative(),
    digest: Digest,
  })
  .meta({ id: 'FileDigest', description: 'One file by its digest.' });
export type FileDigest = z.infer<typeof FileDigest>;

/** A tree head: how many entries the log had, and their root. */
export const TreeHead = z
  .strictObject({
    size: z.int().nonnegative().meta({ description: 'Number of entries.' }),
    root: Digest.meta({ description: 'RFC 6962 tree hash over them.' }),
  })
  .meta({ id: 'TreeHead', description: 'Size and root of the log.' });
export type TreeHead = z.infer<typeof TreeHead>;

/** One published version of the page: numbered, immutable, diffable. Machine-written, and a leaf of the log. */
export const Release = z
  .strictObject({
    schema: z.literal('candor/release@1'),
    number: z.int().positive(),
    origin: z.string().min(1).max(200).meta({ description: 'The log: host and path, as on its checkpoints.' }),
    demo: z.boolean().meta({ description: 'True when any source or evidence is of a demonstration.' }),
    publishedAt: Instant,
    expiresAt: Instant.meta({ description: 'After this instant the manifest proves nothing current.' }),
    reason: Prose.meta({ description: 'Why this version was published.' }),
    coverage: Coverage,
    states: StateCounts.meta({ description: 'Number of claims by state; each claim is in trust.json.' }),
    log: TreeHead.meta({ description: 'The log that it rests on, before this entry.' }),
    files: z.array(FileDigest).max(200).meta({
      description:
        'The files of this version, relative to /versions/: its page, trust.json, contents.json, changes.json.',
    }),
    previous: z
      .strictObject({ number: z.int().positive(), digest: Digest })
      .nullable()
      .meta({ description: 'The version before: its number and the SHA-256 of its manifest.' }),
  })
  .meta({ id: 'Release', description: 'The manifest of one published version.' });
export type Release = z.infer<typeof Release>;

/** A subprocessor or document as a version knows it: enough to say what changed. */
export const NamedDigest = z
  .strictObject({
    id: Id,
    title: z.string(),
    digest: Digest,
    fields: z.record(z.string().max(60), Digest).optional().meta({
      description: 'Of a subprocessor: the digest of what each of its fields says.',
    }),
  })
  .meta({ id: 'NamedDigest', description: 'A thing by id, title and the digest of all that is said about it.' });
export type NamedDigest = z.infer<typeof NamedDigest>;

/** What a version was made from. */
export const ReleaseContents = z
  .strictObject({
    schema: z.literal('candor/release-contents@1'),
    content: z.array(FileDigest).meta({ description: 'Every content file, relative to the content folder.' }),
    evidence: z
      .array(
        z.strictObject({
          source: Id,
          collector: Id,
          id: Digest.meta({ description: 'Id of the record.' }),
          collectedAt: Instant,
          index: z.int().nonnegative().meta({ description: 'Its newest entry in the log, heartbeats included.' }),
        }),
      )
      .meta({ description: 'The evidence that it rests on.' }),
    subprocessors: z.array(NamedDigest),
    documents: z.array(NamedDigest),
  })
  .meta({ id: 'ReleaseContents', description: 'What a version was made from.' });
export type ReleaseContents = z.infer<typeof ReleaseContents>;

const Change = z.enum(['added', 'removed', 'changed']);

/** A subprocessor or document that is new, gone, or no longer said in the same words. */
export const NamedChange = z
  .strictObject({
    id: Id,
    title: z.string(),
    change: Change,
    fields: z.array(z.string().max(60)).optional().meta({
      description:
        'The fields of a subprocessor that changed, in order of name, where both versions have their digests.',
    }),
  })
  .meta({ id: 'NamedChange', description: 'A subprocessor or document that is new, gone or changed.' });
export type NamedChange = z.infer<typeof NamedChange>;

/** What became of one claim between two versions. */
export const ClaimChange = z
  .strictObject({
    id: Id,
    title: z.string(),
    change: z.enum(['added', 'removed', 'state', 'reworded']),
    before: ClaimState.nullable().meta({ description: 'Null when the claim was not there.' }),
    after: ClaimState.nullable().meta({ description: 'Null when the claim is gone.' }),
  })
  .meta({ id: 'ClaimChange', description: 'What became of one claim between two versions.' });
export type ClaimChange = z.infer<typeof ClaimChange>;

/** What changed between two versions. */
export const ReleaseChanges = z
  .strictObject({
    schema: z.literal('candor/release-changes@1'),
    from: z.int().positive().nullable().meta({ description: 'The version before; null for the first.' }),
    to: z.int().positive(),
    coverage: z.strictObject({ before: Coverage.nullable(), after: Coverage }),
    claims: z.array(ClaimChange),
    subprocessors: z.array(NamedChange),
    documents: z.array(NamedChange),
  })
  .meta({ id: 'ReleaseChanges', description: 'What changed between two versions.' });
export type ReleaseChanges = z.infer<typeof ReleaseChanges>;

/** The whole site as it was built: every file by its digest. Short-lived, so that an old copy is noticed. */
export const SiteManifest = z
  .strictObject({
    schema: z.literal('candor/manifest@1'),
    origin: z.string().min(1).max(200).meta({ description: 'The log: host and path, as on its checkpoints.' }),
    demo: z.boolean().meta({ description: 'True when any source or evidence is of a demonstration.' }),
    builtAt: Instant,
    expiresAt: Instant.meta({ description: 'After this instant the manifest proves nothing current.' }),
    version: z.string().meta({ description: 'Version of candor that built it.' }),
    release: z.int().positive().nullable().meta({ description: 'The newest version at that time.' }),
    log: TreeHead.meta({ description: 'The log at that time.' }),
    files: z.array(FileDigest).meta({
      description: 'Every file, relative to the page’s root, but manifest.json and manifest.sigstore.json.',
    }),
  })
  .meta({ id: 'SiteManifest', description: 'Every file of the site, as it was built.' });
export type SiteManifest = z.infer<typeof SiteManifest>;
