import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleSize } from '../../../posture/sampling/size.ts';
import { isLikelier } from './exact.ts';

/** Whole percents, so that the exact arithmetic of the tests is about integers. */
const confidence = fc.integer({ min: 50, max: 99 });
const tolerable = fc.integer({ min: 1, max: 99 });

describe('the sizes that auditors’ tables give', () => {
  test.each([
    [0.95, 0.05, 59],
    [0.95, 0.1, 29],
    [0.9, 0.05, 45],
    [0.9, 0.1, 22],
  ])('confidence %d, tolerable rate %d, any population: %d', (confidence, tolerable, size) => {
    expect(sampleSize(confidence, tolerable)).toBe(size);
  });

  test.each([
    [12, 12],
    [52, 33],
    [250, 51],
    [1000, 57],
  ])('95 % and 5 % of %d items: %d', (population, size) => {
    expect(sampleSize(0.95, 0.05, population)).toBe(size);
  });
});

describe('exactly the smallest sample that will do', () => {
  test('of any population', () => {
    fc.assert(
      fc.property(confidence, tolerable, (c, t) => {
        const size = sampleSize(c / 100, t / 100);
        const suffices = (n: number) => BigInt(100 - t) ** BigInt(n) * 100n <= BigInt(100 - c) * 100n ** BigInt(n);
        expect([suffices(size), suffices(size - 1)]).toEqual([true, false]);
      }),
    );
  });

  test('of a population of N items', () => {
    fc.assert(
      fc.property(confidence, tolerable, fc.integer({ min: 1, max: 400 }), (c, t, population) => {
        const size = sampleSize(c / 100, t / 100, population);
        const deviations = Math.floor((t * population + 99) / 100);
        const falls = (n: number) => isLikelier(100 - c, n, 0, deviations, population);
        expect([falls(size), falls(size - 1)]).toEqual([false, true]);
      }),
      { numRuns: 500 },
    );
  });

  test('when the chance is the risk to the last digit', () => {
    // 4 × 3 / (16 × 15) and 6 × 5 / (25 × 24) are 5 %, and 1 − 0.61 is 39 %; in floating point each comes out a little larger.
    expect(sampleSize(0.95, 0.1, 16)).toBe(12);
    expect(sampleSize(0.95, 0.05, 25)).toBe(19);
    expect(sampleSize(0.61, 0.61)).toBe(1);
    expect(sampleSize(0.99, 0.9)).toBe(2);
    expect(sampleSize(0.95, 0.05, 20)).toBe(19);
    // 7 % of 100 is seven deviations; in floating point it is a little more, which would be eight.
    expect(sampleSize(0.95, 0.07, 100)).toBe(34);
  });
});

test('a finite population never needs more, and a very large one as many', () => {
  fc.assert(
    fc.property(confidence, tolerable, fc.integer({ min: 1, max: 1e12 }), (c, t, population) => {
      expect(sampleSize(c / 100, t / 100, population)).toBeLessThanOrEqual(sampleSize(c / 100, t / 100));
    }),
  );
  expect(sampleSize(0.95, 0.05, 1e12)).toBe(59);
  expect(sampleSize(0.9999, 0.001, Number.MAX_SAFE_INTEGER)).toBe(9206);
  expect(sampleSize(0.95, 0.05, 1)).toBe(1);
});

test('refuses what is no rate, and what is no population', () => {
  for (const rate of [0, 1, -0.05, 1.5, 0.00012, 0.0001, Number.NaN]) {
    expect(() => sampleSize(0.95, rate), String(rate)).toThrow(RangeError);
    expect(() => sampleSize(rate, 0.05), String(rate)).toThrow(RangeError);
  }
  for (const size of [0, -1, 1.5, 2 ** 53, Number.NaN]) {
    expect(() => sampleSize(0.95, 0.05, size), String(size)).toThrow(RangeError);
  }
  expect(() => sampleSize(0.4999, 0.05)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: a confidence of 0.4999 is below 0.5]`,
  );
  expect(() => sampleSize(0.95, 0.0009)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: a tolerable rate of 0.0009 is below 0.001]`,
  );
  expect(() => sampleSize(0.95, 5)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: 5 is not a rate between 0.0001 and 0.9999 with at most four decimals]`,
  );
  expect(() => sampleSize(0.95, 0.05, 0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: 0 is not the size of a population]`,
  );
});
