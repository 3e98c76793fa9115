import { checkPopulation, falling, MAX_SAMPLE, riskOf, WHOLE } from './rate.ts';

/** Closer to the risk than this (relative), whole numbers decide: the worst sum of 10^4 logarithms is off by less. */
const CLOSE = 1e-7;

/**
 * The exact upper bound of the deviation rate of a process, or of a population much larger than its sample, after
 * `deviations` in a sample of `size`: the rate p at which so few deviations or fewer have a probability of 1 − confidence,
 * Σ C(n, i) p^i (1 − p)^(n − i) over i ≤ k. The one-sided bound of Clopper and Pearson (Biometrika 26, 1934).
 *
 * Halved down to neighbouring floating-point numbers; the upper one is returned. Accurate to nine significant digits at
 * least. Throws a RangeError for a confidence below 0.5 or with more than four decimals, and for numbers that are not those
 * of a sample of 1 to 10,000 items.
 */
export function upperRate(confidence: number, size: number, deviations: number): number {
  const risk = riskOf(confidence) / WHOLE;
  checkSample(size, deviations);
  // The bound of a confidence of at least one half is not below the rate that was seen.
  let [low, high] = [deviations / size, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (binomial(size, deviations, middle) > risk) low = middle;
    else high = middle;
  }
}

/**
 * The exact upper bound of the number of deviations in a population of `population` items after `deviations` in a sample
 * of `size`, drawn without replacement: the largest D for which so few deviations or fewer have a probability above
 * 1 − confidence, Σ C(D, i) C(N − D, n − i) / C(N, n) over i ≤ k. Divided by N it is the bound of the rate.
 * Hypergeometric distribution; ASTM E2334, case 2, for no deviations; Wright, Exact Confidence Bounds (1991), for any.
 *
 * Exact: where floating point is too close to the risk, whole numbers decide. A sample of 300 costs under a millisecond, the
 * worst (4,000 deviations in 10,000 out of 2^53) some seconds; nothing grows with N but log N. Throws a RangeError as
 * {@link upperRate} does, and for a sample larger than its population.
 */
export function upperCount(confidence: number, size: number, deviations: number, population: number): number {
  const risk = riskOf(confidence);
  checkPopulation(population);
  checkSample(size, deviations);
  if (size > population) throw new RangeError(`a sample of ${size} is larger than its population of ${population}`);
  const isPlausible = (count: number) => {
    const ratio = (hypergeometric(size, deviations, count, population) * WHOLE) / risk;
    if (Math.abs(ratio - 1) > CLOSE) return ratio > 1;
    return isAbove(risk, size, deviations, count, population);
  };
  // As many as were seen are plausible; one more than leaves room for the sound items that were seen is not.
  let [low, high] = [deviations, population - (size - deviations) + 1];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (middle * (size / population) <= deviations || isPlausible(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function checkSample(size: number, deviations: number): void {
  const isSample = Number.isInteger(size) && size >= 1 && size <= MAX_SAMPLE;
  if (!isSample || !Number.isInteger(deviations) || deviations < 0 || deviations > size) {
    throw new RangeError(`${deviations} of ${size} is not a result of a sample of 1 to ${MAX_SAMPLE}`);
  }
}

/** P(X ≤ k) of n draws at rate p, for p no lower than k / n: the term of k is the largest, and none is lost to underflow. */
function binomial(n: number, k: number, p: number): number {
  let log = (n - k) * Math.log1p(-p);
  for (let i = 0; i < k; i += 1) log += Math.log(((n - i) / (k - i)) * p);
  return descend(Math.exp(log), k, (i) => (i / (n - i + 1)) * ((1 - p) / p));
}

/** P(X ≤ k) of n draws out of N items, D of them deviations, for D / N no lower than k / n, for the same reason. */
function hypergeometric(n: number, k: number, D: number, N: number): number {
  let log = 0;
  for (let i = 0; i < k; i += 1) log += Math.log(((n - i) / (k - i)) * ((D - i) / (N - i)));
  for (let i = k; i < n; i += 1) log += Math.log1p(-(D - k) / (N - i));
  return descend(Math.exp(log), k, (i) => (i / (n - i + 1)) * ((N - D - n + i) / (D - i + 1)));
}

/** The sum of the terms from k down to 0, each the one above it times `ratio`, until they no longer count. */
function descend(largest: number, k: number, ratio: (i: number) => number): number {
  let [term, sum] = [largest, largest];
  for (let i = k; i > 0 && term > sum * Number.EPSILON * 1e-6; i -= 1) {
    term *= ratio(i);
    sum += term;
  }
  return sum;
}

/**
 * Whether the hypergeometric P(X ≤ k) is above `risk` basis points, in whole numbers: ways to draw i deviations and n − i
 * sound items, C(n, i) × D (D − 1) … × (N − D) (N − D − 1) …, out of N (N − 1) … ways to draw n items in order.
 */
function isAbove(risk: number, n: number, k: number, D: number, N: number): boolean {
  const limit = BigInt(risk) * falling(N, n);
  let ways = (falling(n, k) / falling(k, k)) * falling(D, k) * falling(N - D, n - k) * BigInt(WHOLE);
  let sum = ways;
  // Each term is at most the one above it, so the sum is often decided long before the last.
  for (let i = k; i > 0 && sum <= limit && sum + ways * BigInt(i) > limit; i -= 1) {
    ways = (ways * BigInt(i) * BigInt(N - D - n + i)) / (BigInt(n - i + 1) * BigInt(D - i + 1));
    sum += ways;
  }
  return sum > limit;
}
