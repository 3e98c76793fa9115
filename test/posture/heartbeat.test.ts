import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { derive } from '../../posture/derive.ts';
import { isRenewal, renew } from '../../posture/heartbeat.ts';
import type { Evidence, Finding } from '../../schemas/index.ts';
import { anyRuns, at, contentWith, DAY, evidenceAfter, finding, type Run, T0 } from './worlds.ts';

const LATER = T0 + DAY / 2;
const look = (findings: Finding[], time = T0, complete = true): Run => ({ findings, complete, at: time });

/** The record of a first run and what a second one says, both whole. */
function two(first: Run, second: Run): [Evidence, Evidence] {
  return [evidenceAfter([first]), evidenceAfter([first, second])];
}

/** A record as a heartbeat of the run of `now` leaves it. */
function renewed(record: Evidence, now: Evidence): Evidence {
  return renew(record, { collectedAt: now.collectedAt, commit: now.collector.commit, run: now.run });
}

describe('a run that saw the same is a renewal, and the renewed record is what a whole one would say', () => {
  test.each([
    ['everything passed', [finding('passed', 'public.a'), finding('passed', 'public.b')]],
    ['something failed', [finding('failed', 'public.a'), finding('passed', 'public.b')]],
    ['nothing could be looked at', [finding('error', 'public.a')]],
    ['nothing could be judged', [finding('inconclusive', 'public.a')]],
    ['nothing applies', [finding('not-applicable', 'public.a')]],
    ['there was nothing', []],
  ])('%s', (_title, findings) => {
    const [record, now] = two(look(findings), look(findings, LATER));
    expect(isRenewal(record, now)).toBe(true);
    expect(renewed(record, now)).toEqual(now);
  });

  test('a pass moves every date on', () => {
    const [record, now] = two(look([finding('passed')]), look([finding('passed')], LATER));
    const { checks, validUntil, collectedAt } = renewed(record, now);
    expect({ validUntil, collectedAt }).toEqual({ validUntil: at(LATER + 2 * DAY), collectedAt: at(LATER) });
    expect(checks[0]).toMatchObject({
      since: at(T0),
      observedAt: at(LATER),
      lastPassedAt: at(LATER),
      validUntil: at(LATER + 2 * DAY),
    });
  });

  test('a failure is seen again, but first seen when it was', () => {
    const [record, now] = two(look([finding('failed')]), look([finding('failed')], LATER));
    const [check] = renewed(record, now).checks;
    expect(check).toMatchObject({ observedAt: at(LATER), lastPassedAt: null });
    expect(check?.openFailures).toMatchObject([{ firstSeenAt: at(T0), lastSeenAt: at(LATER) }]);
  });

  test('an error twice refreshes nothing: no date of a look moves', () => {
    const runs = [look([finding('passed')]), look([finding('error')], T0 + 1), look([finding('error')], LATER)];
    const [record, now] = [evidenceAfter(runs.slice(0, 2)), evidenceAfter(runs)];
    expect(isRenewal(record, now)).toBe(true);
    expect(renewed(record, now)).toEqual(now);
    expect(renewed(record, now).checks[0]).toMatchObject({
      outcome: 'error',
      observedAt: at(T0),
      lastPassedAt: at(T0),
      validUntil: at(T0 + 2 * DAY),
    });
  });

  test('a failure that an error hides keeps the moment when it was last seen', () => {
    const runs = [look([finding('failed')]), look([finding('error')], T0 + 1), look([finding('error')], LATER)];
    const [record, now] = [evidenceAfter(runs.slice(0, 2)), evidenceAfter(runs)];
    expect(isRenewal(record, now)).toBe(true);
    expect(renewed(record, now).checks[0]?.openFailures).toMatchObject([{ lastSeenAt: at(T0) }]);
  });

  test('the commit and the trigger of the run may differ: they are in the heartbeat', () => {
    const [record, whole] = two(look([finding('passed')]), look([finding('passed')], LATER));
    const now: Evidence = {
      ...whole,
      collector: { ...whole.collector, commit: 'c0ffee' },
      run: { ...whole.run, trigger: 'schedule' },
    };
    expect(isRenewal(record, now)).toBe(true);
    expect(renewed(record, now)).toEqual(now);
  });
});

describe('near misses are whole records', () => {
  const [record, now] = two(look([finding('passed')]), look([finding('passed')], LATER));
  const [check] = now.checks;
  const misses: [string, Evidence][] = [
    ['one reason', { ...now, findings: now.findings.map((each) => ({ ...each, reason: 'it passed narrowly' })) }],
    ['one subject', { ...now, findings: now.findings.map((each) => ({ ...each, subject: 'public.other' })) }],
    ['the digest of all findings', { ...now, findingsDigest: 'b'.repeat(64) }],
    ['a fact', { ...now, facts: { tables: 1 } }],
    ['the population', { ...now, population: null }],
    ['the declared intent', { ...now, collector: { ...now.collector, expectDigest: 'b'.repeat(64) } }],
    ['the version of the collector', { ...now, collector: { ...now.collector, version: '2' } }],
    ['the environment', { ...now, environment: 'demo' }],
    ['the validity', { ...now, validFor: '47h' }],
    ['the cadence', { ...now, cadence: '23h' }],
    ['the rights it used', { ...now, permissions: ['SELECT'] }],
    ['since when', { ...now, checks: check ? [{ ...check, since: at(LATER) }] : [] }],
    ['the statement of a check', { ...now, checks: check ? [{ ...check, statement: 'Another.' }] : [] }],
    ['an end of validity that is later than it should be', { ...now, validUntil: at(LATER + 3 * DAY) }],
    ['a check that is new', { ...now, checks: check ? [check, { ...check, check: 'other' }] : [] }],
  ];
  test.each(misses)('%s differs', (_title, changed) => {
    expect(isRenewal(record, now)).toBe(true);
    expect(isRenewal(record, changed)).toBe(false);
  });

  test.each([
    ['a pass after a failure', finding('failed'), finding('passed')],
    ['a failure after a pass', finding('passed'), finding('failed')],
    ['an error after a pass', finding('passed'), finding('error')],
  ])('%s', (_title, first, second) => {
    expect(isRenewal(...two(look([first]), look([second], LATER)))).toBe(false);
  });

  test('a partial look after a whole one', () => {
    const findings = [finding('passed')];
    expect(isRenewal(...two(look(findings), look(findings, LATER, false)))).toBe(false);
  });
});

describe('whatever the runs', () => {
  const anyTwo = fc.tuple(anyRuns, fc.integer({ min: 1, max: 3 * DAY }), fc.boolean());

  test('the same look once more: a renewed record says what the whole one says, and the page the same states', () => {
    let renewals = 0;
    fc.assert(
      fc.property(anyTwo, ([runs, gap]) => {
        const last = runs.at(-1) ?? look([]);
        const twice = [...runs, { ...last, at: last.at + gap }];
        const [record, now] = [evidenceAfter(runs), evidenceAfter(twice)];
        if (!isRenewal(record, now)) return;
        renewals += 1;
        const after = renewed(record, now);
        expect(after).toEqual(now);
        for (const moment of [0, DAY, 3 * DAY, 60 * DAY].map((ms) => at(last.at + gap + ms)))
          expect(derive(contentWith(), [after], [], moment)).toEqual(derive(contentWith(), [now], [], moment));
      }),
    );
    expect(renewals).toBeGreaterThan(50);
  });

  test('a look that could not judge never moves a date', () => {
    fc.assert(
      fc.property(anyTwo, ([runs, gap]) => {
        const record = evidenceAfter(runs);
        const end = at((runs.at(-1)?.at ?? T0) + gap);
        const after = renew(record, { collectedAt: end, commit: null, run: { ...record.run, endedAt: end } });
        for (const [index, check] of after.checks.entries()) {
          const before = record.checks[index];
          if (check.outcome === 'passed' || check.outcome === 'failed') continue;
          expect(check.observedAt).toBe(before?.observedAt);
          expect(check.validUntil).toBe(before?.validUntil);
          expect(check.lastPassedAt).toBe(before?.lastPassedAt);
        }
      }),
    );
  });

  test('another look: never a renewal unless it says the same word for word', () => {
    fc.assert(
      fc.property(anyRuns, anyRuns, (first, second) => {
        const start = (first.at(-1)?.at ?? T0) + 1 - T0;
        const [record, now] = [
          evidenceAfter(first),
          evidenceAfter([...first, ...second.map((run) => ({ ...run, at: run.at + start }))]),
        ];
        if (isRenewal(record, now)) expect(renewed(record, now)).toEqual(now);
      }),
    );
  });
});
