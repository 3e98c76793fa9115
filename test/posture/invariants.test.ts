import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverageOf } from '../../posture/derive.ts';
import { ClaimState, Trust } from '../../schemas/index.ts';
import { anyExceptions, anyRuns, at, claim, claimAt, contentWith, DAY, finding, T0, trustAt } from './worlds.ts';

const worsening: readonly ClaimState[] = [
  'verified',
  'attested',
  'accepted-risk',
  'stale',
  'unknown',
  'unbacked',
  'failing',
];
const anyDelay = fc.integer({ min: 0, max: 60 * DAY });

describe('unknown is never green', () => {
  test('verified needs a last run that saw everything, judged something, and found all of it passed', () => {
    fc.assert(
      fc.property(anyRuns, anyExceptions, anyDelay, (runs, exceptions, delay) => {
        const last = runs.at(-1);
        if (last === undefined) return;
        const { state } = claimAt(last.at + delay, runs, exceptions);
        if (state !== 'verified') return;
        const outcomes = last.findings.map(({ outcome }) => outcome);
        expect(last.complete).toBe(true);
        expect(outcomes).toContain('passed');
        expect(outcomes.every((outcome) => outcome === 'passed' || outcome === 'not-applicable')).toBe(true);
        expect(delay).toBeLessThanOrEqual(2 * DAY);
      }),
      { numRuns: 2000 },
    );
  });

  test('it happens: a complete pass is verified', () => {
    expect(claimAt(T0, [{ findings: [finding('passed')], complete: true, at: T0 }]).state).toBe('verified');
  });

  test('with no evidence at all a claim is unknown, and without any citation unbacked', () => {
    expect(claimAt(T0, []).state).toBe('unknown');
    expect(claimAt(T0, [], [], contentWith({ claims: [claim('bare', { evidence: [] })] })).state).toBe('unbacked');
  });
});

describe('with no new evidence a state never improves', () => {
  test('whatever was seen, waiting does not help', () => {
    fc.assert(
      fc.property(anyRuns, anyExceptions, anyDelay, anyDelay, (runs, exceptions, delay, more) => {
        const end = runs.at(-1)?.at ?? T0;
        const sooner = claimAt(end + delay, runs, exceptions).state;
        const later = claimAt(end + delay + more, runs, exceptions).state;
        expect(worsening.indexOf(later)).toBeGreaterThanOrEqual(worsening.indexOf(sooner));
      }),
      { numRuns: 2000 },
    );
  });

  test('coverage never rises by waiting', () => {
    fc.assert(
      fc.property(anyRuns, anyDelay, anyDelay, (runs, delay, more) => {
        const end = runs.at(-1)?.at ?? T0;
        const sooner = trustAt(end + delay, runs).coverage.verified;
        expect(trustAt(end + delay + more, runs).coverage.verified).toBeLessThanOrEqual(sooner);
      }),
    );
  });
});

describe('a look that fails changes nothing for the better', () => {
  test('an error never refreshes the clock', () => {
    fc.assert(
      fc.property(anyRuns, fc.integer({ min: 0, max: DAY }), (runs, gap) => {
        const end = runs.at(-1)?.at ?? T0;
        const before = claimAt(end, runs);
        const after = claimAt(end + gap, [
          ...runs,
          { findings: [finding('error', 'app-db')], complete: false, at: end + gap },
        ]);
        expect(after.observedAt).toBe(before.observedAt);
        expect(after.validUntil).toBe(before.validUntil);
        expect(after.state).not.toBe('verified');
      }),
    );
  });

  test('an error after a pass is unknown, never failing, and the old date stays', () => {
    const pass = { findings: [finding('passed')], complete: true, at: T0 };
    const error = { findings: [finding('error', 'app-db')], complete: false, at: T0 + DAY };
    const claim = claimAt(T0 + DAY, [pass, error]);
    expect(claim.state).toBe('unknown');
    expect(claim.observedAt).toBe(at(T0));
  });

  test('a partial look never resolves an earlier failure', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const failed = { findings: [finding('failed', 'public.secret')], complete: true, at: T0 - DAY };
        const partial = runs.map((run) => ({ ...run, complete: false }));
        expect(claimAt((runs.at(-1)?.at ?? T0) + 1, [failed, ...partial]).state).toBe('failing');
      }),
    );
  });

  test('seeing the subject pass resolves it, and so does a complete pass without it', () => {
    const failed = { findings: [finding('failed')], complete: true, at: T0 };
    const mended = { findings: [finding('passed')], complete: true, at: T0 + 1 };
    const dropped = { findings: [finding('passed', 'public.notes')], complete: true, at: T0 + 1 };
    expect(claimAt(T0 + 2, [failed, mended]).state).toBe('verified');
    expect(claimAt(T0 + 2, [failed, dropped]).state).toBe('verified');
  });
});

describe('an accepted risk stays visible', () => {
  const failed = [{ findings: [finding('failed'), finding('passed', 'public.notes')], complete: true, at: T0 }];
  const exception = {
    evidence: 'app-db/rows#no-cross-tenant-read',
    subjects: ['public.tickets'],
    owner: 'head-of-security',
    reason: 'Known.',
    acceptedOn: '2026-11-01',
    expiresOn: '2026-11-04',
  };

  test('never a pass, and failing again the day after it runs out', () => {
    expect(claimAt(T0, failed, [exception]).state).toBe('accepted-risk');
    expect(claimAt(Date.parse('2026-11-04T23:59:59Z'), failed, [exception]).state).toBe('accepted-risk');
    expect(claimAt(Date.parse('2026-11-05T00:00:00Z'), failed, [exception]).state).toBe('failing');
    expect(trustAt(T0, failed, [exception]).coverage).toEqual({ inPlace: 1, verified: 0, percent: 0 });
  });

  test('covers exactly the subjects it names', () => {
    const other = [{ findings: [finding('failed'), finding('failed', 'public.notes')], complete: true, at: T0 }];
    expect(claimAt(T0, other, [exception]).state).toBe('failing');
  });

  test('does not hide what could not be judged', () => {
    const mixed = [{ findings: [finding('failed'), finding('error', 'public.notes')], complete: true, at: T0 }];
    expect(claimAt(T0, mixed, [exception]).state).toBe('unknown');
  });
});

describe('the denominator is all claims', () => {
  test('errors, stale and never-collected claims count against coverage', () => {
    const claims = [
      claim('a'),
      claim('b', { evidence: [] }),
      claim('c', { evidence: ['app-db/rows#other'] }),
      claim('d', { status: 'planned' }),
    ];
    const pass = [{ findings: [finding('passed')], complete: true, at: T0 }];
    const trust = trustAt(T0, pass, [], contentWith({ claims }));
    expect(trust.coverage).toEqual({ inPlace: 3, verified: 1, percent: 33 });
    expect(trustAt(T0 + 30 * 3_600_000, pass, [], contentWith({ claims })).coverage.verified).toBe(0);
  });

  test('the counts by state add up to all claims', () => {
    fc.assert(
      fc.property(anyRuns, anyDelay, (runs, delay) => {
        const trust = trustAt(T0 + delay, runs);
        expect(Object.values(trust.states).reduce((a, b) => a + b)).toBe(trust.claims.length);
        expect(Trust.safeParse(trust).success).toBe(true);
      }),
    );
  });

  test('a share is rounded down, so that only everything is 100 %', () => {
    const claims = Array.from({ length: 1000 }, (_, index) => ({
      status: 'in-place' as const,
      state: 'verified' as const,
      fresh: index > 0,
    }));
    expect(coverageOf(claims).percent).toBe(99);
    expect(coverageOf([]).percent).toBe(0);
  });
});

test('no state can be declared: a claim with a state of its own does not parse', () => {
  expect(ClaimState.options).toHaveLength(10);
  const { data } = claim('a');
  expect(Object.keys(data)).not.toContain('state');
});
