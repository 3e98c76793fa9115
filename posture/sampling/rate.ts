/** The whole, in basis points. Rates and confidences are whole basis points, so that arithmetic on them is exact. */
export const WHOLE = 10_000;
/** The largest sample that a bound is computed for. The largest plan, for 99.99 % and 0.1 %, has 9,206 items. */
export const MAX_SAMPLE = 10_000;

/**
 * A rate above 0 and below 1 in basis points, as an integer: 0.05 is 500. Throws a RangeError for any other number and for
 * one with more than four decimals.
 */
export function basisPoints(rate: number): number {
  const points = Math.round(rate * WHOLE);
  if (!(points > 0 && points < WHOLE) || points / WHOLE !== rate) {
    throw new RangeError(`${rate} is not a rate between 0.0001 and 0.9999 with at most four decimals`);
  }
  return points;
}

/** The risk that a confidence leaves, in basis points: 500 for 0.95. Throws a RangeError for a confidence below 0.5. */
export function riskOf(confidence: number): number {
  if (confidence < 0.5) throw new RangeError(`a confidence of ${confidence} is below 0.5`);
  return WHOLE - basisPoints(confidence);
}

/** Whether `count` of `population` items are no more than a rate allows; exact up to 9 × 10^11 items. */
export function isWithin(count: number, population: number, rate: number): boolean {
  return count * WHOLE <= basisPoints(rate) * population;
}

/** A count in percent of its population with two decimals, rounded up so that it promises nothing: 17 of 360 is 4.73. */
export function shareInPercent(count: number, population: number): number {
  return Math.ceil((count * WHOLE) / population) / 100;
}

/** Throws a RangeError unless `size` is a whole number from 1 to 2^53 − 1. */
export function checkPopulation(size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`${size} is not the size of a population`);
}

/** The product of `count` falling factors, `from` × (from − 1) × …, exactly. By halves, so that both sides grow alike. */
export function falling(from: number, count: number): bigint {
  if (count === 0) return 1n;
  if (count === 1) return BigInt(from);
  const half = Math.floor(count / 2);
  return falling(from, half) * falling(from - half, count - half);
}
