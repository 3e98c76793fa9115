import { hash } from 'node:crypto';
import { checkPopulation } from './rate.ts';

/** One pick of a draw: the number that was hashed with the seed (1, 2, …), and the position it led to (1 to N). */
export interface Draw {
  draw: number;
  position: number;
}

/**
 * Rivest’s sampler, with replacement: the i-th pick is 1 + SHA-256(seed ‖ "," ‖ i) mod N, with the seed in UTF-8, i in
 * decimal and the hash read as an integer with its highest byte first. Endless: take as many as the sample needs. One
 * position may come up again. None is likelier than another by more than N / 2^256.
 *
 * The seed is used as it is; sampler.py cuts blanks off its ends first. Throws a RangeError for an empty seed, one that is not
 * well-formed Unicode (others would hash to the same), and a population that is not 1 to 2^53 − 1.
 * R. Rivest, sampler.py (2011), https://people.csail.mit.edu/rivest/sampler.py.
 */
export function* draw(seed: string, population: number): Generator<Draw, never> {
  checkPopulation(population);
  if (seed === '' || !seed.isWellFormed()) throw new RangeError('the seed is empty, or not well-formed Unicode');
  const size = BigInt(population);
  for (let i = 1; ; i += 1) {
    const number = BigInt(`0x${hash('sha256', `${seed},${i}`, 'hex')}`);
    yield { draw: i, position: 1 + Number(number % size) };
  }
}

/**
 * Rivest’s sampler without replacement: the picks of {@link draw} without those whose position came up before. Ends when
 * every position was picked. A longer sample begins with the shorter one, so that it can be extended. Memory grows with the
 * picks that are taken, never with the population; drawing all of N positions hashes about N × (ln N + 0.58) times.
 */
export function* drawDistinct(seed: string, population: number): Generator<Draw, void> {
  const seen = new Set<number>();
  for (const pick of draw(seed, population)) {
    if (seen.has(pick.position)) continue;
    seen.add(pick.position);
    yield pick;
    if (seen.size === population) return;
  }
}
