import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Prose } from './core/text.ts';
import { Instant } from './core/time.ts';
import { ClaimState } from './core/vocabulary.ts';
import { Coverage } from './trust.ts';

/** One published version of the page: numbered, immutable, diffable. Machine-written. */
export const Release = z
  .strictObject({
    schema: z.literal('candor/release@1'),
    number: z.int().positive(),
    publishedAt: Instant,
    expiresAt: Instant.meta({ description: 'After this instant the manifest proves nothing current.' }),
    reason: Prose.meta({ description: 'Why this version was published.' }),
    files: z.array(z.strictObject({ path: z.string().min(1), bytes: z.int().nonnegative(), digest: Digest })).meta({
      description: 'Every published file.',
    }),
    evidence: z.array(Digest).meta({ description: 'Ids of the evidence it rests on.' }),
    states: z.record(Id, ClaimState).meta({ description: 'The state of each claim.' }),
    coverage: Coverage,
    previous: Digest.nullable().meta({ description: 'Digest of the manifest before.' }),
  })
  .meta({ id: 'Release', description: 'The manifest of one published version.' });
export type Release = z.infer<typeof Release>;
