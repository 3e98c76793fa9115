import { createPublicKey } from 'node:crypto';
import { fingerprintOf } from '../../ledger/keys/chain.ts';
import type { PrivateKeys } from '../../ledger/keys/private.ts';
import { saltOf } from '../../ledger/samples/salt.ts';
import type { Sample } from '../../ledger/samples/store.ts';
import type { Ledger } from '../../ledger/writer.ts';
import { candorError, type Digest, type Environment, type SampleCommitment } from '../../schemas/index.ts';
import { type CollectContext, SourceUnreadable } from '../define.ts';
import { SampleDeclaration } from './declaration.ts';
import type { Sampler } from './sampler.ts';
import { type Streamed, stream } from './stream.ts';

/** One population that samples are drawn from: what is declared, and how it is read. */
export type SampleJob = {
  source: string;
  collector: string;
  environment: Environment;
  sampler: Sampler<unknown>;
  context: CollectContext<unknown>;
};

/** What commitment and draw need of the world. */
export type SampleTools = {
  keys: PrivateKeys;
  now: () => Date;
  /** Opens the ledger for `work`, and closes it. Streaming goes on without it, so that others can write meanwhile. */
  withLedger: <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>;
};

/** The name of a job: `<source>/<collector>`. */
export function nameOf({ source, collector }: Pick<SampleJob, 'source' | 'collector'>): string {
  return `${source}/${collector}`;
}

/** What a job declares. Throws SampleDeclarationInvalid. */
export function declarationOf(job: SampleJob): SampleDeclaration {
  const parsed = SampleDeclaration.safeParse(job.context.expect);
  if (!parsed.success) throw candorError('SampleDeclarationInvalid', { name: nameOf(job) });
  return parsed.data;
}

/** Streams the population of a job. Throws SampleUnreadable; then nothing was logged. */
export async function streamJob(
  job: SampleJob,
  salt: Uint8Array,
  wanted: ReadonlySet<number>,
  now: () => Date,
): Promise<Streamed> {
  const { context, sampler } = job;
  try {
    return await sampler.read(context, wanted, (population) => stream(population, salt, wanted, { ...context, now }));
  } catch (error) {
    if (!(error instanceof SourceUnreadable)) throw error;
    throw candorError('SampleUnreadable', { name: nameOf(job), problem: error.message });
  }
}

/** The sample of a number. Throws SampleUnknown. */
export function sampleOf(samples: readonly Sample[], number: string): Sample {
  const sample = samples.find(({ commitment }) => String(commitment.number) === number);
  if (sample === undefined) throw candorError('SampleUnknown', { number, newest: samples.length });
  return sample;
}

/** What a stranger would refuse is not signed. Throws SampleRefused. */
export function requireSound(number: number, flaw: string | undefined): void {
  if (flaw !== undefined) throw candorError('SampleRefused', { number, flaw });
}

/** The salt of a sample. Throws SampleSaltLost when its key is not at hand. */
export function saltFor(
  { number, origin, salt }: Pick<SampleCommitment, 'number' | 'origin' | 'salt'>,
  keys: PrivateKeys,
): Buffer {
  const key = keys.statement.find((each) => fingerprint(each) === salt.key);
  if (key === undefined) throw candorError('SampleSaltLost', { number, fingerprint: salt.key });
  return saltOf(key, origin, salt);
}

function fingerprint(key: PrivateKeys['statement'][number]): Digest {
  return fingerprintOf(createPublicKey(key));
}
