import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upperCount, upperRate } from '../../../posture/sampling/bound.ts';
import { sampleSize } from '../../../posture/sampling/size.ts';
import { choose, isLikelier } from './exact.ts';

const confidence = fc.integer({ min: 50, max: 99 });
const result = fc
  .integer({ min: 1, max: 60 })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size })));

describe('of a process, or a population much larger than the sample', () => {
  test.each([
    [59, 0, 4.95],
    [93, 1, 5],
    [100, 0, 2.95],
    [100, 1, 4.66],
    [100, 2, 6.16],
    [25, 0, 11.29],
    [60, 1, 7.66],
  ])(
    'at a confidence of 0.95, a sample of %d with %d deviations bounds the rate at %d percent',
    (size, deviations, percent) => {
      expect(upperRate(0.95, size, deviations) * 100).toBeCloseTo(percent, 2);
    },
  );

  /** The quantile of the beta distribution, which is the same bound: scipy.stats.beta.ppf(c, k + 1, n − k). */
  test.each([
    [0.95, 59, 0, 0.04950760988822693],
    [0.95, 93, 1, 0.049993978387988317],
    [0.95, 100, 1, 0.046559811453538935],
    [0.95, 100, 2, 0.06161920039604069],
    [0.95, 10, 9, 0.9948838031081763],
    [0.9, 60, 3, 0.1079652371783049],
    [0.95, 1000, 10, 0.016903175120562504],
  ])('agrees with the beta distribution: %d, %d, %d', (confidence, size, deviations, rate) => {
    expect(Math.abs(upperRate(confidence, size, deviations) / rate - 1)).toBeLessThan(1e-12);
  });

  test('is the rate at which so few deviations are as likely as the risk', () => {
    // In whole numbers: the chance at a rate of x / 10^15, times 10^(15 n).
    const scale = 10n ** 15n;
    const isLikely = (risk: number, n: number, k: number, rate: number) => {
      const x = BigInt(Math.round(rate * 1e15));
      let chance = 0n;
      for (let i = 0; i <= k; i += 1) chance += choose(n, i) * x ** BigInt(i) * (scale - x) ** BigInt(n - i);
      return chance * 100n > BigInt(risk) * scale ** BigInt(n);
    };
    fc.assert(
      fc.property(confidence, result, (c, [n, k]) => {
        fc.pre(k < n);
        const bound = upperRate(c / 100, n, k);
        const width = 1e-12;
        expect([isLikely(100 - c, n, k, bound - width), isLikely(100 - c, n, k, bound + width)]).toEqual([true, false]);
      }),
    );
  });

  test('covers the true rate at least as often as it promises', () => {
    const chances = (n: number, p: number) =>
      Array.from({ length: n + 1 }, (_, k) => Number(choose(n, k)) * p ** k * (1 - p) ** (n - k));
    const rates = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(confidence, fc.integer({ min: 1, max: 30 }), rates, (c, n, p) => {
        const covered = chances(n, p).filter((_, k) => upperRate(c / 100, n, k) >= p);
        expect(covered.reduce((sum, chance) => sum + chance, 0)).toBeGreaterThan(c / 100 - 1e-9);
      }),
    );
  });

  test('rises with deviations and confidence, falls with the sample, and is never below what was seen', () => {
    fc.assert(
      fc.property(confidence, result, (c, [n, k]) => {
        const bound = upperRate(c / 100, n, k);
        expect(bound).toBeGreaterThan(k === n ? 0.99 : k / n - 1e-12);
        expect(upperRate(c / 100, n + 1, k)).toBeLessThan(bound);
        if (k < n) expect(upperRate(c / 100, n, k + 1)).toBeGreaterThan(bound);
        if (k < n) expect(upperRate((10 * c + 5) / 1000, n, k)).toBeGreaterThan(bound);
      }),
    );
  });

  test('is 1 when every item deviates', () => {
    expect(upperRate(0.95, 20, 20)).toBe(1);
  });
});

describe('of a population of N items', () => {
  /** Computed with fractions of whole numbers in Python. */
  test.each([
    [0.95, 57, 0, 1000, 49],
    [0.95, 60, 1, 1000, 74],
    [0.95, 100, 2, 5000, 306],
    [0.9, 45, 1, 250, 19],
    [0.99, 300, 7, 1_000_000, 52_532],
    [0.95, 59, 0, 1e12, 49_507_609_886],
    [0.95, 93, 1, 1e12, 49_993_978_386],
  ])('confidence %d, sample %d with %d, of %d: at most %d deviations', (confidence, size, deviations, all, most) => {
    expect(upperCount(confidence, size, deviations, all)).toBe(most);
  });

  test('is exactly the largest number that stays plausible', () => {
    fc.assert(
      fc.property(confidence, result, fc.nat({ max: 200 }), (c, [n, k], more) => {
        const population = n + more;
        const most = upperCount(c / 100, n, k, population);
        expect(isLikelier(100 - c, n, k, most, population)).toBe(true);
        if (most < population - (n - k)) expect(isLikelier(100 - c, n, k, most + 1, population)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('covers the true number at least as often as it promises', () => {
    for (const [risk, population, n] of [
      [5, 40, 12],
      [10, 25, 20],
      [50, 30, 7],
    ] as const) {
      const bounds = Array.from({ length: n + 1 }, (_, k) => upperCount(1 - risk / 100, n, k, population));
      for (let actual = 0; actual <= population; actual += 1) {
        let missed = 0n;
        for (const [k, bound] of bounds.entries()) {
          if (bound < actual) missed += choose(actual, k) * choose(population - actual, n - k);
        }
        expect(missed * 100n <= BigInt(risk) * choose(population, n), `${risk} ${population} ${actual}`).toBe(true);
      }
    }
  });

  test('is what was seen when all was seen', () => {
    expect(upperCount(0.95, 12, 0, 12)).toBe(0);
    expect(upperCount(0.95, 12, 5, 12)).toBe(5);
    expect(upperCount(0.95, 1, 1, 1)).toBe(1);
  });

  test('a large sample of the largest population', () => {
    const all = Number.MAX_SAFE_INTEGER;
    expect(upperCount(0.95, 10_000, 500, all) / all).toBeCloseTo(upperRate(0.95, 10_000, 500), 9);
    expect(upperCount(0.95, 10_000, 0, all) / all).toBeCloseTo(upperRate(0.95, 10_000, 0), 9);
  });
});

test('a planned sample without deviations proves just what was planned', () => {
  fc.assert(
    fc.property(confidence, fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 5000 }), (c, t, population) => {
      const size = sampleSize(c / 100, t / 100);
      expect(upperRate(c / 100, size, 0)).toBeLessThan(t / 100 + 1e-12);
      const planned = sampleSize(c / 100, t / 100, population);
      expect(upperCount(c / 100, planned, 0, population) * 100).toBeLessThan(t * population);
    }),
  );
});

test('refuses what no sample can show', () => {
  expect(() => upperRate(0.95, 0, 0)).toThrow(RangeError);
  expect(() => upperRate(0.95, 10, -1)).toThrow(RangeError);
  expect(() => upperRate(0.95, 10, 0.5)).toThrow(RangeError);
  expect(() => upperRate(0.3, 10, 0)).toThrow(RangeError);
  expect(() => upperRate(0.95, 10_001, 0)).toThrow(RangeError);
  expect(() => upperCount(0.95, 10, 0, 0)).toThrow(RangeError);
  expect(() => upperRate(0.95, 10, 11)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: 11 of 10 is not a result of a sample of 1 to 10000]`,
  );
  expect(() => upperCount(0.95, 10, 0, 9)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: a sample of 10 is larger than its population of 9]`,
  );
});
