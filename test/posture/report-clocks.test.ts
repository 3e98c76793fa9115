import fc from 'fast-check';
import { expect, test } from 'vitest';
import { machines } from '../../intake/lifecycle/machines.ts';
import { promisedMs } from '../../posture/business-time.ts';
import { type CaseEntry, dueAt, endStates, milestonesOf, runsOf, takenMs } from '../../posture/report-clocks.ts';
import { SlaClock, VulnerabilityState } from '../../schemas/index.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-02T08:00:00Z');
const after = (hours: number) => new Date(START + hours * HOUR_MS);
const hours = { timeZone: 'UTC', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
const clock = (more: object) => SlaClock.parse({ id: 'a', title: 'A', within: '48h', counts: 'calendar', ...more });

const clocks = [
  clock({ starts: 'receipt', ends: 'acknowledged', within: '2bd', counts: 'business', hours }),
  clock({ starts: 'receipt', ends: 'triaged' }),
  clock({ starts: 'confirmation', ends: 'fixed' }),
  clock({ starts: 'confirmation', ends: 'fixed', severities: ['critical'] }),
  clock({ starts: 'resolution', ends: 'disclosed', within: '3bd', counts: 'business', hours }),
  clock({ starts: 'publication', ends: 'fixed' }),
];

/** What is done next, and how many hours after the last: a move, as an index of where it may go; or something written. */
const act = fc.record({
  wait: fc.nat({ max: 100 }),
  what: fc.oneof(fc.nat({ max: 20 }), fc.constantFrom<'told' | 'critical' | 'low'>('told', 'critical', 'low')),
});
const acts = fc.array(act, { maxLength: 14 });

/** A history of these acts, where they lead somewhere. */
function walked(steps: readonly { wait: number; what: number | 'told' | 'critical' | 'low' }[]): CaseEntry[] {
  const history: CaseEntry[] = [{ to: 'received', at: after(0), told: false }];
  let now = 0;
  for (const { wait, what } of steps) {
    now += wait;
    const state = VulnerabilityState.parse(history.at(-1)?.to);
    const next = machines['vulnerability-report'].next[state];
    const to = typeof what === 'number' ? (next[what % next.length] ?? state) : state;
    const severity = what === 'critical' || what === 'low' ? what : undefined;
    history.push({ to, at: after(now), told: what === 'told', severity });
  }
  return history;
}

const lastOf = (history: readonly CaseEntry[]) => history.at(-1)?.at ?? after(0);
const takenIn = (each: SlaClock, history: readonly CaseEntry[], now = lastOf(history)) =>
  takenMs(each, runsOf(each, history), now);

test('no sequence of acts after a missed deadline makes the miss disappear: what was used up stays used up', () => {
  fc.assert(
    fc.property(acts, acts, (before, later) => {
      const [first, all] = [walked(before), walked([...before, ...later])];
      for (const each of clocks) expect(takenIn(each, all)).toBeGreaterThanOrEqual(takenIn(each, first));
    }),
  );
});

test('to open again costs nothing of the time in which it was mended, or at its end', () => {
  fc.assert(
    fc.property(acts, fc.nat({ max: 10_000 }), (before, wait) => {
      const history = walked(before);
      const { to } = history.at(-1) ?? { to: '' };
      fc.pre(endStates.has(to) && milestonesOf(history).disclosed === undefined);
      const again = [
        ...history,
        { to: 'triaged', at: new Date(lastOf(history).getTime() + wait * HOUR_MS), told: false },
      ];
      for (const each of clocks) expect(takenIn(each, again)).toBe(takenIn(each, history));
    }),
  );
});

test('a fix that is taken back at once gives no time anew', () => {
  const fixed = clock({ starts: 'confirmation', ends: 'fixed' });
  const entry = (to: string, hours: number) => ({ to, at: after(hours), told: false });
  const history = [entry('received', 0), entry('confirmed', 10), entry('fixed', 57), entry('confirmed', 157)];
  expect(dueAt(fixed, runsOf(fixed, history))).toEqual(after(158));
});

test('until its deadline nothing is missed; when all hours count, from then on it is', () => {
  fc.assert(
    fc.property(acts, fc.nat({ max: 200 }), (before, wait) => {
      const history = walked(before);
      for (const each of clocks) {
        const due = dueAt(each, runsOf(each, history));
        if (due === undefined) continue;
        const now = new Date(lastOf(history).getTime() + wait * HOUR_MS);
        const isMissed = takenIn(each, history, now) > promisedMs(each);
        if (each.counts === 'calendar') expect(isMissed).toBe(now > due);
        else expect(isMissed && now <= due).toBe(false);
      }
    }),
  );
});

test('an update is owed from each one on, and called severe in hindsight a case was so from the beginning', () => {
  const entry = (to: string, hours: number, more: object = {}) => ({ to, at: after(hours), told: false, ...more });
  const updated = clock({ starts: 'last-update', ends: 'updated' });
  const history = [
    entry('received', 0),
    entry('received', 40, { told: true }),
    entry('closed', 50),
    entry('triaged', 90),
  ];
  expect(dueAt(updated, runsOf(updated, history.slice(0, 2)))).toEqual(after(88));
  expect(dueAt(updated, runsOf(updated, history.slice(0, 3)))).toBeUndefined();
  expect(dueAt(updated, runsOf(updated, history))).toEqual(after(128));
  const critical = clock({ starts: 'receipt', ends: 'fixed', severities: ['critical'] });
  expect(dueAt(critical, runsOf(critical, history))).toBeUndefined();
  const called = [...history, entry('triaged', 95, { severity: 'critical' })];
  expect(dueAt(critical, runsOf(critical, called))).toEqual(after(48));
});

test('what a reporter writes, however often, changes no promise and costs next to nothing', () => {
  const critical = clock({ starts: 'confirmation', ends: 'fixed' });
  const said = (to: string, hours: number) => ({ to, at: after(hours), told: false });
  const many = (to: string) => Array.from({ length: 60_000 }, (_, index) => said(to, 12 + index / 60_000));
  const history = [
    said('received', 0),
    said('confirmed', 10),
    ...many('confirmed'),
    said('fixed', 20),
    ...many('fixed'),
  ];
  expect(runsOf(critical, history)).toEqual([{ from: after(10), to: after(20) }]);
});
