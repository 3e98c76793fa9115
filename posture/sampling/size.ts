import { basisPoints, checkPopulation, falling, riskOf, WHOLE } from './rate.ts';

/** Closer to the risk than this (relative), floating point does not decide: 10^4 factors are off by less than 10^-11. */
const CLOSE = 1e-9;

/**
 * The smallest sample in which, when no deviation is found, the deviation rate is below `tolerable` with `confidence`:
 * the smallest n for which a population with just the tolerable deviations shows none with a probability of at most
 * 1 − confidence. Both are rates with at most four decimals, the confidence at least 0.5, the tolerable rate at least 0.001;
 * others are a RangeError.
 *
 * Without a population (or of Infinity): (1 − t)^n ≤ 1 − c, the binomial distribution.
 * Of a population of N items: C(N − D, n) / C(N, n) ≤ 1 − c, the hypergeometric distribution, with D = ⌈t × N⌉ deviations,
 * the fewest that are no longer below the tolerable rate. (Rounded down, D would be 0 below 1 / t items, and no sample
 * would do.) N is a whole number from 1 to 2^53 − 1.
 *
 * The answer is exact, ties included. Costs a step for each item of the sample, none for the population.
 * AICPA Audit Guide “Audit Sampling”, attributes sampling; ASTM E2334, cases 1 and 2.
 */
export function sampleSize(confidence: number, tolerable: number, population = Number.POSITIVE_INFINITY): number {
  const risk = riskOf(confidence);
  const rate = basisPoints(tolerable);
  if (tolerable < 0.001) throw new RangeError(`a tolerable rate of ${tolerable} is below 0.001`);
  if (population === Number.POSITIVE_INFINITY) {
    const isEnough = (n: number) =>
      BigInt(WHOLE - rate) ** BigInt(n) * BigInt(WHOLE) <= BigInt(risk) * BigInt(WHOLE) ** BigInt(n);
    return smallest(risk, () => (WHOLE - rate) / WHOLE, isEnough);
  }
  checkPopulation(population);
  const sound = population - tolerableDeviations(rate, population);
  const isEnough = (n: number) => falling(sound, n) * BigInt(WHOLE) <= BigInt(risk) * falling(population, n);
  return smallest(risk, (drawn) => (sound - drawn) / (population - drawn), isEnough);
}

/** ⌈rate × population⌉, exactly. */
function tolerableDeviations(rate: number, population: number): number {
  const whole = BigInt(WHOLE);
  return Number((BigInt(rate) * BigInt(population) + whole - 1n) / whole);
}

/**
 * How many sound items are drawn in a row until the chance of that is within the risk; `soundAfter` is the chance that the
 * next one is sound too.
 */
function smallest(risk: number, soundAfter: (drawn: number) => number, isEnough: (n: number) => boolean): number {
  let chance = WHOLE / risk;
  for (let n = 0; ; ) {
    chance *= soundAfter(n);
    n += 1;
    if (chance < 1 - CLOSE || (chance < 1 + CLOSE && isEnough(n))) return n;
  }
}
