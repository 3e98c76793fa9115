import { canonicalJson } from '../../posture/digest.ts';
import { beaconSeed, seedFlaw } from '../../posture/sampling/beacon.ts';
import { upperCount } from '../../posture/sampling/bound.ts';
import { sampleSize } from '../../posture/sampling/size.ts';
import type { Instant, SampleCommitment, SampleDraw } from '../../schemas/index.ts';
import { isBefore, latest } from '../times.ts';
import { attemptOf } from './attempt.ts';
import type { Sample } from './store.ts';

/**
 * What is wrong with a commitment that follows `before`, which no honest writer makes; undefined when nothing is. `newest`
 * is the newest instant of the log up to it: entries may be dated back a little, but not behind the seed.
 */
export function commitmentFlaw(
  entry: SampleCommitment,
  origin: string,
  before: readonly Sample[],
  newest: Instant = entry.at,
): string | undefined {
  const { number, at, population, seed, dueAt, size, confidence, tolerable, attributes } = entry;
  if (entry.origin !== origin) return 'it is a sample of another page.';
  if (number !== before.length + 1)
    return `it is sample ${number}, but the one before it is ${before.length || 'none'}.`;
  const attempt = attemptOf(
    entry,
    before.map(({ commitment }) => commitment),
  );
  if (entry.attempt !== attempt)
    return `sample ${number} is attempt ${attempt} at its period, and says ${entry.attempt}.`;
  const { window, startedAt, endedAt } = population;
  if (!isBefore(window.from, window.until) || isBefore(startedAt, window.until))
    return `sample ${number} is of a period that had not ended when it was read.`;
  if (isBefore(endedAt, startedAt) || isBefore(at, endedAt)) return `sample ${number} was made before it was read.`;
  if (size !== sampleSize(confidence, tolerable, population.count))
    return `the size of sample ${number} does not follow from its plan.`;
  if (new Set(attributes.map(({ id }) => id)).size < attributes.length)
    return `sample ${number} names an attribute twice.`;
  if (!isBefore(at, dueAt)) return `sample ${number} was due when it was made.`;
  if (seed.kind === 'auditor') return undefined;
  if (canonicalJson(seed) !== canonicalJson(beaconSeed(seed.round)))
    return `sample ${number} names a beacon that is none.`;
  return isBefore(latest(newest, at), seed.roundAt)
    ? undefined
    : `the seed of sample ${number} existed when it was made.`;
}

/** What is wrong with a draw, given the samples so far; undefined when nothing is. */
export function drawFlaw(entry: SampleDraw, origin: string, samples: readonly Sample[]): string | undefined {
  const { number, at, population, result, seed } = entry;
  const sample = samples[number - 1];
  if (entry.origin !== origin) return 'it is a sample of another page.';
  if (sample === undefined) return `it draws sample ${number}, which was never committed to.`;
  const { commitment, place, drawn } = sample;
  if (drawn !== undefined) return `sample ${number} was drawn before.`;
  if (canonicalJson(entry.commitment) !== canonicalJson(place))
    return `it follows another commitment than that of sample ${number}.`;
  if (
    isBefore(population.startedAt, commitment.at) ||
    isBefore(population.endedAt, population.startedAt) ||
    isBefore(at, population.endedAt)
  )
    return `sample ${number} was drawn before its population was read.`;
  const flaw = seedFlaw(commitment.seed, seed, commitment.at, at);
  if (flaw !== undefined) return `the seed of sample ${number} is wrong: ${flaw}`;
  const isSame = population.count === commitment.population.count && population.root === commitment.population.root;
  if (isSame !== (result !== null))
    return isSame
      ? `sample ${number} has no result, though its population had not changed.`
      : `sample ${number} has a result, though its population had changed.`;
  return result === null ? undefined : resultFlaw(commitment, result);
}

type Result = Exclude<SampleDraw['result'], null>;

function resultFlaw(
  { number, size, attributes, confidence, population }: SampleCommitment,
  result: Result,
): string | undefined {
  if (result.size !== size) return `${result.size} items of sample ${number} were drawn, and ${size} were planned.`;
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join();
  if (ids(result.attributes) !== ids(attributes))
    return `sample ${number} was tested for other attributes than were planned.`;
  for (const { deviations, upperCount: bound } of [result, ...result.attributes])
    if (deviations > size || bound !== upperCount(confidence, size, deviations, population.count))
      return `the upper bound of sample ${number} does not follow from its deviations.`;
  return undefined;
}
