import { z } from 'zod';
import { Digest, type Id, Instant, SampleCommitment, SampleDraw, SampleNumber } from '../../schemas/index.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { declaredDigest, SampleDeclaration } from './declaration.ts';

/** The samples of one source, as the log tells of them, and what is declared today. */
export const SampleRaw = z.strictObject({
  now: Instant,
  declared: Digest,
  samples: z.array(z.strictObject({ commitment: SampleCommitment, draw: SampleDraw.nullable() })),
});
export type SampleRaw = z.infer<typeof SampleRaw>;

/** What may be published besides findings: of the newest drawn sample, null while there is none. */
export const SampleFacts = z.strictObject({
  samples: z.int().nonnegative().meta({ description: 'How many samples were committed to.' }),
  newestSample: SampleNumber.nullable().meta({ description: 'The newest one that was drawn.' }),
  populationCount: z.int().nonnegative().nullable(),
  sampleSize: z.int().nonnegative().nullable(),
  deviations: z.int().nonnegative().nullable().meta({ description: 'Drawn items that miss an attribute.' }),
  upperBoundPercent: z.number().nullable().meta({
    description: 'Exact upper bound of their rate in the population, in percent, rounded up.',
  }),
});
export type SampleFacts = z.infer<typeof SampleFacts>;

/**
 * Reads the samples of a source from the log; the source itself is not asked. Throws SourceUnreadable when they are not as
 * they were logged.
 */
export async function collectSamples(
  { expect }: Pick<CollectContext<unknown>, 'expect'>,
  { source, now, samples }: Known,
  collector: Id,
): Promise<SampleRaw> {
  if (samples === undefined) throw new SourceUnreadable('schema', 'The log of samples was not at hand.');
  return {
    now,
    declared: declaredDigest(SampleDeclaration.parse(expect)),
    samples: logged(samples)
      .filter(({ commitment }) => commitment.source === source && commitment.collector === collector)
      .map(({ commitment, drawn }) => ({ commitment, draw: drawn?.draw ?? null })),
  };
}

function logged(samples: NonNullable<Known['samples']>): ReturnType<NonNullable<Known['samples']>> {
  try {
    return samples();
  } catch (error) {
    throw new SourceUnreadable('schema', 'The files of a sample are not as they were logged.', { cause: error });
  }
}
