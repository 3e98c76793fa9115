import type { z } from 'zod';
import { Evidence } from './evidence.ts';
import { Heartbeat, LogKey, Retirement } from './log.ts';
import { PublishedReviews } from './published-reviews.ts';
import { Release, ReleaseChanges, ReleaseContents, SiteManifest } from './release.ts';
import { SampleCommitment, SampleDraw, SamplePicks } from './sample.ts';
import { Trust } from './trust.ts';

/** What candor writes and publishes for machines: where it lies on the page, and its shape. */
export const publishedTypes = {
  trust: { path: 'trust.json, versions/<n>/trust.json', schema: Trust },
  evidence: { path: 'evidence/<source>/<collector>.json', schema: Evidence },
  heartbeat: { path: 'evidence/<source>/<collector>.heartbeat.json', schema: Heartbeat },
  retirement: { path: 'only in the log', schema: Retirement },
  key: { path: 'keys/<use>-<fingerprint>.json', schema: LogKey },
  release: { path: 'versions/<n>/manifest.json', schema: Release },
  'release-contents': { path: 'versions/<n>/contents.json', schema: ReleaseContents },
  'release-changes': { path: 'versions/<n>/changes.json', schema: ReleaseChanges },
  'sample-commitment': { path: 'audit-samples/<n>/commitment.json', schema: SampleCommitment },
  'sample-draw': { path: 'audit-samples/<n>/draw.json', schema: SampleDraw },
  'sample-picks': { path: 'audit-samples/<n>/picks.json', schema: SamplePicks },
  'access-reviews': { path: 'access-reviews.json', schema: PublishedReviews },
  manifest: { path: 'manifest.json', schema: SiteManifest },
} as const satisfies Record<string, { path: string; schema: z.ZodObject }>;
