import { hash } from 'node:crypto';
import { jsonBytes } from '../../ledger/files/bytes.ts';
import { keepDraw } from '../../ledger/samples/keep.ts';
import { drawFlaw } from '../../ledger/samples/rules.ts';
import { readSamples, type Sample } from '../../ledger/samples/store.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { testItem } from '../../posture/sampling/attributes.ts';
import { seedFlaw, seedText } from '../../posture/sampling/beacon.ts';
import { upperCount } from '../../posture/sampling/bound.ts';
import { type Draw, drawDistinct } from '../../posture/sampling/draw.ts';
import {
  candorError,
  type DeclaredAttributes,
  type SampleCommitment,
  SampleDraw,
  type SamplePick,
  SamplePicks,
  type SampleSeed,
} from '../../schemas/index.ts';
import { declaredDigest, windowOf } from './declaration.ts';
import {
  declarationOf,
  nameOf,
  requireSound,
  type SampleJob,
  type SampleTools,
  saltFor,
  sampleOf,
  streamJob,
} from './job.ts';
import type { DrawnItem, Streamed } from './stream.ts';

/**
 * Draws a sample with its seed: streams the population again, proves it unchanged, tests each drawn item, and logs the
 * result. With `isVoid` it logs instead that the population had changed. When it is cut off, nothing is logged, and the
 * same draw can be made again. Throws SampleDrawnBefore, SampleDeclarationChanged, SampleSeedNotDue, SampleSeedWrong,
 * SamplePopulationChanged, SampleNotVoid, SampleSaltLost, SampleUnreadable, SampleRefused, and what the ledger throws.
 */
export async function drawSample(
  job: SampleJob,
  { commitment, place }: Sample,
  seed: SampleSeed,
  isVoid: boolean,
  { keys, now, withLedger }: SampleTools,
): Promise<SampleDraw> {
  const { number } = commitment;
  const declared = requireDeclared(job, commitment);
  requireSeed(commitment, seed, now());
  const positions = drawn(commitment, seed);
  const salt = saltFor(commitment, keys);
  const streamed = await streamJob(job, salt, new Set(positions.map(({ position }) => position)), now);
  const { population } = streamed;
  const isSame = population.count === commitment.population.count && population.root === commitment.population.root;
  if (isSame && isVoid) throw candorError('SampleNotVoid', { number });
  if (!isSame && !isVoid) {
    const counts = { count: commitment.population.count, now: population.count };
    throw candorError('SamplePopulationChanged', { number, name: nameOf(job), ...counts });
  }
  const picks = isVoid ? undefined : picksOf(commitment, positions, streamed, declared.attributes);
  return withLedger(async (ledger) => {
    const samples = await readSamples(ledger.content);
    requireUndrawn(sampleOf(samples, String(number)));
    const draw = SampleDraw.parse({
      schema: 'candor/sample-draw@1',
      origin: commitment.origin,
      number,
      at: ledger.now(),
      commitment: place,
      seed,
      population,
      result: picks === undefined ? null : resultOf(commitment, picks),
    } satisfies SampleDraw);
    requireSound(number, drawFlaw(draw, ledger.origin, samples));
    await keepDraw(ledger, draw, picks);
    return draw;
  });
}

/** Throws SampleDrawnBefore. */
export function requireUndrawn({ commitment: { number }, drawn: before }: Sample): void {
  if (before !== undefined) throw candorError('SampleDrawnBefore', { number, at: before.draw.at });
}

/** What is declared, which must be what was committed to. Throws SampleDeclarationChanged. */
export function requireDeclared(job: SampleJob, commitment: SampleCommitment) {
  const declared = declarationOf(job);
  const { number, population } = commitment;
  const isSame =
    declaredDigest(declared) === commitment.declared &&
    canonicalJson(windowOf(declared)) === canonicalJson(population.window);
  if (!isSame) throw candorError('SampleDeclarationChanged', { number, name: nameOf(job) });
  return declared;
}

/** Throws SampleSeedNotDue for a round that has no value yet. */
export function requireDue({ number, seed }: SampleCommitment, now: Date): void {
  if (seed.kind === 'beacon' && Date.parse(seed.roundAt) > now.getTime())
    throw candorError('SampleSeedNotDue', { number, round: seed.round, at: seed.roundAt });
}

function requireSeed(commitment: SampleCommitment, seed: SampleSeed, now: Date): void {
  requireDue(commitment, now);
  const problem = seedFlaw(commitment.seed, seed, commitment.at, now.toISOString());
  if (problem !== undefined) throw candorError('SampleSeedWrong', { number: commitment.number, problem });
}

function drawn({ size, population }: SampleCommitment, seed: SampleSeed): Draw[] {
  const picks: Draw[] = [];
  for (const pick of drawDistinct(seedText(seed), population.count)) {
    picks.push(pick);
    if (picks.length === size) break;
  }
  return picks;
}

function picksOf(
  { origin, number }: SampleCommitment,
  positions: readonly Draw[],
  { items }: Streamed,
  attributes: DeclaredAttributes,
): SamplePicks {
  const byPosition = new Map(items.map((item) => [item.position, item]));
  const picks = positions.flatMap(({ draw, position }) => {
    const found = byPosition.get(position);
    return found === undefined ? [] : [pickOf(draw, found, attributes)];
  });
  return SamplePicks.parse({ schema: 'candor/sample-picks@1', origin, number, picks });
}

function pickOf(draw: number, { position, leaf, proof, item }: DrawnItem, attributes: DeclaredAttributes): SamplePick {
  return {
    draw,
    position,
    item: leaf.toString('hex'),
    proof: proof.map((hash) => hash.toString('base64')),
    outcomes: Object.fromEntries(Object.entries(attributes).map(([id, { test }]) => [id, testItem(test, item)])),
  };
}

function resultOf(commitment: SampleCommitment, picks: SamplePicks): Exclude<SampleDraw['result'], null> {
  const { size, confidence, population, attributes } = commitment;
  const counted = (deviations: number) => ({
    deviations,
    upperCount: upperCount(confidence, size, deviations, population.count),
  });
  const outcomes = picks.picks.map((pick) => pick.outcomes);
  return {
    size: picks.picks.length,
    ...counted(outcomes.filter((each) => Object.values(each).some((outcome) => outcome !== 'met')).length),
    attributes: attributes.map(({ id }) => ({
      id,
      ...counted(outcomes.filter((each) => each[id] !== 'met').length),
      unavailable: outcomes.filter((each) => each[id] === 'unavailable').length,
    })),
    picks: hash('sha256', jsonBytes(picks)),
  };
}
