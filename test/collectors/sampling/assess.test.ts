import { describe, expect, test } from 'vitest';
import { assessSamples } from '../../../collectors/sampling/assess.ts';
import type { SampleRaw } from '../../../collectors/sampling/raw.ts';
import { attemptOf } from '../../../ledger/samples/attempt.ts';
import { upperCount } from '../../../posture/sampling/bound.ts';
import { type Outcome, SampleCommitment, SampleDraw } from '../../../schemas/index.ts';

const DECLARED = 'd'.repeat(64);
const quarter = (month: number) => ({
  from: new Date(Date.UTC(2026, month - 1)).toISOString(),
  until: new Date(Date.UTC(2026, month + 2)).toISOString(),
});
const [spring, summer, autumn] = [quarter(4), quarter(7), quarter(10)];
const halves = [
  { from: autumn.from, until: '2026-11-15T00:00:00.000Z' },
  { from: '2026-11-15T00:00:00.000Z', until: autumn.until },
] as const;
const NOW = '2027-01-20T00:00:00.000Z';

type Made = { window: SampleCommitment['population']['window']; deviations?: number | 'void' | 'none'; at?: string };

/** Samples as the log tells of them, in order: each of 100 items, made when its period was over unless it says when. */
function samples(list: readonly Made[]): SampleRaw['samples'] {
  const made: SampleRaw['samples'] = [];
  for (const [index, { window, deviations = 0, at = window.until }] of list.entries()) {
    const before = made.map(({ commitment }) => commitment);
    const later = (days: number) => new Date(Date.parse(at) + days * 86_400_000).toISOString();
    const rival = { source: 'log', collector: 'import-sample', population: { window } };
    const population = { count: 100, root: 'a'.repeat(64), startedAt: at, endedAt: at };
    const commitment = SampleCommitment.parse({
      schema: 'candor/sample-commitment@1',
      origin: 'trust.example.com/log',
      number: index + 1,
      attempt: attemptOf(rival, before),
      ...rival,
      environment: 'production',
      at,
      population: { ...population, description: 'Changes', filters: [], window, queryDigest: 'b'.repeat(64) },
      attributes: [{ id: 'approved', title: 'Approved' }],
      declared: DECLARED,
      confidence: 0.95,
      tolerable: 0.05,
      size: 45,
      seed: { kind: 'auditor' },
      dueAt: later(14),
      salt: { key: 'c'.repeat(64), nonce: '0'.repeat(32) },
    });
    if (deviations === 'none') {
      made.push({ commitment, draw: null });
      continue;
    }
    const counted = (count: number) => ({ deviations: count, upperCount: upperCount(0.95, 45, count, 100) });
    const result =
      deviations === 'void'
        ? null
        : {
            size: 45,
            ...counted(deviations),
            attributes: [{ id: 'approved', unavailable: 0, ...counted(deviations) }],
            picks: 'e'.repeat(64),
          };
    const draw = SampleDraw.parse({
      schema: 'candor/sample-draw@1',
      origin: 'trust.example.com/log',
      number: index + 1,
      at: later(1),
      commitment: { index: 0, digest: 'f'.repeat(64) },
      seed: { kind: 'auditor', text: '6175 2093 8812' },
      population,
      result,
    });
    made.push({ commitment, draw });
  }
  return made;
}

const worst: Outcome[] = ['failed', 'inconclusive', 'passed', 'not-applicable'];

/** What each check comes to, and the reasons of those findings that decide it. */
function look(list: readonly Made[], now = NOW) {
  const { findings } = assessSamples({ now, declared: DECLARED, samples: samples(list) }, { renewWithin: '100d' });
  return Object.fromEntries(
    [...new Set(findings.map(({ check }) => check))].map((check) => {
      const own = findings.filter((finding) => finding.check === check);
      const outcome = worst.find((each) => own.some((finding) => finding.outcome === each));
      const reasons = own
        .filter((finding) => finding.outcome === outcome)
        .map((each) => `${each.subject}: ${each.reason}`);
      return [check, { outcome, reasons }];
    }),
  );
}

const failing = (looked: ReturnType<typeof look>) =>
  Object.entries(looked)
    .filter(([, { outcome }]) => outcome === 'failed')
    .map(([check]) => check);

describe('a bad period stays bad', () => {
  test('sabotage of result-in-time: a sample that was made void has no result, however many come after it', () => {
    const after = look([{ window: summer, deviations: 'void' }, { window: autumn }]);
    expect(failing(after)).toEqual(['result-in-time']);
    expect(after['result-in-time']?.reasons).toMatchInlineSnapshot(`
      [
        "sample 1: It has no result, because its population had changed.",
      ]
    `);
    // Also before a newer one takes its place.
    expect(failing(look([{ window: autumn, deviations: 'void' }]))).toEqual(['result-in-time', 'population-unchanged']);
  });

  test('near miss of result-in-time: its whole period was sampled again, which is a second attempt until the next one', () => {
    const again = look([{ window: autumn, deviations: 'void' }, { window: autumn }]);
    expect(failing(again)).toEqual(['first-attempt']);
    expect(failing(look([{ window: summer, deviations: 'void' }, { window: summer }, { window: autumn }]))).toEqual([]);
  });

  test('sabotage of result-in-time: only a part of its period was sampled again, or nothing was drawn again', () => {
    const part = { from: summer.from, until: '2026-09-30T23:00:00.000Z' };
    for (const again of [{ window: part }, { window: summer, deviations: 'void' as const }])
      expect(failing(look([{ window: summer, deviations: 'void' }, again, { window: autumn }]))).toEqual([
        'result-in-time',
      ]);
  });

  test('sabotage of first-attempt: a luckier second draw, and then a commitment to another period', () => {
    const list = [{ window: autumn, deviations: 9 }, { window: autumn }];
    expect(failing(look(list))).toEqual(['first-attempt']);
    const hidden = look([...list, { window: spring, deviations: 'none', at: NOW }]);
    expect(failing(hidden)).toEqual(['first-attempt']);
    expect(hidden['first-attempt']?.reasons).toMatchInlineSnapshot(`
      [
        "sample 2: It is not the only attempt at its period, but one of 2; all of them are in the log.",
      ]
    `);
  });

  test('sabotage of first-attempt: a second commitment that is not drawn beside the first', () => {
    expect(failing(look([{ window: autumn }, { window: autumn, deviations: 'none', at: NOW }]))).toEqual([
      'first-attempt',
    ]);
  });

  test('near miss of first-attempt: two attempts at an older period', () => {
    expect(failing(look([{ window: summer, deviations: 9 }, { window: summer }, { window: autumn }]))).toEqual([]);
  });

  test('sabotage of deviations-within-tolerable-rate: a good sample of an older period, drawn after a bad one', () => {
    const [early, late] = halves;
    const looked = look([
      { window: late, deviations: 9 },
      { window: early, at: late.until },
    ]);
    expect(failing(looked)).toEqual(['deviations-within-tolerable-rate']);
  });

  test('near miss of deviations-within-tolerable-rate: a bad sample of an older period, drawn after a good one', () => {
    const [early, late] = halves;
    expect(failing(look([{ window: late }, { window: early, deviations: 9, at: late.until }]))).toEqual([]);
  });
});

test('nothing committed to: nothing is found, so that nothing passes', () => {
  expect(look([])).toEqual({});
});
