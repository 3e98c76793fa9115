import { createPublicKey, randomBytes } from 'node:crypto';
import { fingerprintOf } from '../../ledger/keys/chain.ts';
import { privateHalf } from '../../ledger/keys/signers.ts';
import { attemptOf } from '../../ledger/samples/attempt.ts';
import { keepCommitment } from '../../ledger/samples/keep.ts';
import { commitmentFlaw } from '../../ledger/samples/rules.ts';
import { readSamples } from '../../ledger/samples/store.ts';
import { sha256 } from '../../posture/digest.ts';
import { beaconSeed, roundAt } from '../../posture/sampling/beacon.ts';
import { sampleSize } from '../../posture/sampling/size.ts';
import { after } from '../../posture/time.ts';
import { candorError, SampleCommitment } from '../../schemas/index.ts';
import { declaredDigest, windowOf } from './declaration.ts';
import { declarationOf, nameOf, requireSound, type SampleJob, type SampleTools, saltFor, streamJob } from './job.ts';

/**
 * Streams a population and commits to it in the log, before any seed exists: to its count and the root over its salted
 * ids, to what will be tested, to how many items will be drawn, and to where the seed will come from. Gives the
 * commitment. When it is cut off, nothing is logged. Throws SampleDeclarationInvalid, SampleWindowOpen,
 * SamplePopulationEmpty, SampleUnreadable, SampleRefused, and what the ledger throws.
 */
export async function commitSample(job: SampleJob, { keys, now, withLedger }: SampleTools): Promise<SampleCommitment> {
  const declared = declarationOf(job);
  const window = windowOf(declared);
  const name = nameOf(job);
  if (Date.parse(window.until) > now().getTime()) throw candorError('SampleWindowOpen', { name, until: window.until });
  const { origin, key } = await withLedger(async (ledger) => ({
    origin: ledger.origin,
    key: fingerprintOf(createPublicKey(privateHalf(ledger.chain(), keys, 'statement', ledger.now()))),
  }));
  const salt = { key, nonce: randomBytes(16).toString('hex') };
  const { population } = await streamJob(job, saltFor({ number: 0, origin, salt }, keys), new Set(), now);
  if (population.count === 0) throw candorError('SamplePopulationEmpty', { name });
  const { confidence, tolerable, seed, attributes } = declared;
  return withLedger(async (ledger) => {
    const samples = await readSamples(ledger.content);
    const before = samples.map(({ commitment }) => commitment);
    const { source, collector, environment, sampler, context } = job;
    const at = ledger.now();
    const commitment = SampleCommitment.parse({
      schema: 'candor/sample-commitment@1',
      origin,
      number: before.length + 1,
      attempt: attemptOf({ source, collector, population: { window } }, before),
      source,
      collector,
      environment,
      at,
      population: {
        ...population,
        description: declared.population.what,
        filters: sampler.filters(context.expect),
        window,
        queryDigest: sha256(sampler.query(context.expect)),
      },
      attributes: Object.entries(attributes).map(([id, { title }]) => ({ id, title })),
      declared: declaredDigest(declared),
      confidence,
      tolerable,
      size: sampleSize(confidence, tolerable, population.count),
      seed: 'beacon' in seed ? beaconSeed(roundAt(after(at, seed.after))) : { kind: 'auditor' },
      dueAt: after(at, declared.resultWithin),
      salt,
    } satisfies SampleCommitment);
    requireSound(commitment.number, commitmentFlaw(commitment, ledger.origin, samples));
    await keepCommitment(ledger, commitment);
    return commitment;
  });
}
