import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Evidence } from '../../../schemas/index.ts';
import { at, T0 } from '../../posture/worlds.ts';
import { verdictOn } from './forger.ts';
import { type Change, DAY, failing, HOUR, makePage, type Page, passing } from './page.ts';

/** Somebody with all keys, whose records and versions contradict themselves. */
const NOW = T0 + DAY;
let page: Page;

beforeEach(async () => {
  page = await makePage();
  await page.collect(T0);
});
afterEach(() => page.remove());

const verdict = () => verdictOn(page, NOW);

/** The check of a record, changed. */
const checked = (changes: Partial<Evidence['checks'][number]>): Partial<Evidence> => ({
  checks: passing(NOW).checks.map((check) => ({ ...check, ...changes })),
});
const none = { passed: 0, failed: 0, inconclusive: 0, error: 0, 'not-applicable': 0 };
const partly = { description: 'tables', queryDigest: 'a'.repeat(64), count: 1, complete: false };

describe('a record', () => {
  test.each<[string, Partial<Evidence>, string]>([
    [
      'that passed over a finding that failed',
      { ...failing(NOW), ...checked({}) },
      'passed, though not all that it found did.',
    ],
    [
      'that passed with open failures',
      checked({ openFailuresOmitted: 1 }),
      'passed, though not all that it found did.',
    ],
    [
      'that passed over nothing',
      { findings: [], counts: none, ...checked({ counts: none }) },
      'passed, though not all that it found did.',
    ],
    ['that passed over a part', { population: partly }, 'passed, though not everything was looked at.'],
    ['that passed without a look', { population: null }, 'passed, though not everything was looked at.'],
    ['with other counts than findings', { findingsOmitted: 1 }, 'its counts are not those of its findings.'],
    [
      'that observed after it was collected',
      checked({ observedAt: at(NOW + HOUR) }),
      'is dated after it was collected.',
    ],
    [
      'that is valid for longer than it may be',
      checked({ validUntil: at(NOW + 900 * DAY) }),
      'is called valid for longer than it may.',
    ],
    [
      'that began before the record before it',
      checked({ since: at(T0 - DAY) }),
      'which the record before contradicts.',
    ],
  ])('%s', async (_, changes, problem) => {
    await page.collect(NOW, { facts: { tables: 2 }, ...changes });
    await page.publish(NOW);
    expect(await verdict()).toContain(problem);
  });

  test('that says it always passed, after one that failed', async () => {
    await page.collect(T0 + HOUR, failing(T0 + HOUR));
    await page.collect(NOW);
    await page.publish(NOW);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/5: entry 4: its check no-cross-tenant-read is called passed since 2026-11-03T09:00:00.000Z, which the record before contradicts."`,
    );
  });

  test('that failed, and passes since then, holds', async () => {
    await page.collect(T0 + HOUR, failing(T0 + HOUR));
    await page.collect(NOW, checked({ since: at(NOW) }));
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
  });
});

describe('a version', () => {
  test.each<[string, Change, number?]>([
    [
      'whose manifest says more than its claims',
      ({ release }) => {
        release.coverage = { inPlace: 9, verified: 9, percent: 100 };
      },
    ],
    [
      'whose manifest counts other states',
      ({ release }) => {
        release.states = { ...release.states, failing: 7 };
      },
    ],
    [
      'that was derived for another day',
      ({ trust }) => {
        trust.generatedAt = at(T0 + HOUR);
      },
    ],
    [
      'that calls verified what had failed',
      ({ trust, release }) => {
        for (const claim of trust.claims) {
          claim.state = 'verified';
          claim.fresh = true;
          for (const check of claim.checks) Object.assign(check, { state: 'verified', outcome: 'passed' });
        }
        trust.coverage = { inPlace: 1, verified: 1, percent: 100 };
        trust.states = { ...trust.states, failing: 0, verified: 1 };
        Object.assign(release, { coverage: trust.coverage, states: trust.states });
      },
    ],
    [
      'that names evidence which was not there',
      ({ contents }) => {
        for (const each of contents.evidence) each.index = 0;
      },
    ],
    ['that had expired when it was made', () => undefined, T0],
  ])('%s', async (_, change, expiresAt = NOW + 30 * DAY) => {
    await page.collect(T0 + HOUR, failing(T0 + HOUR));
    await page.release(T0 + 2 * HOUR, expiresAt, change);
    await page.collect(NOW, checked({ since: at(NOW) }));
    await page.publish(NOW);
    expect(await verdict()).toMatchSnapshot();
  });

  test('holds ever after, whatever the evidence says later', async () => {
    await page.release(T0 + HOUR);
    await page.collect(T0 + 2 * HOUR);
    await page.release(T0 + 3 * HOUR);
    await page.collect(NOW, failing(NOW));
    await page.release(NOW);
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
  });
});
