import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockOf, daysWhenTold } from '../../../intake/notices/clock.ts';
import { daysAfter, endOf } from '../../../intake/notices/days.ts';
import type { ChangeTerms } from '../../../schemas/index.ts';

const announced = { objectionDeadline: '2026-12-14', effectiveOn: '2026-12-21' };
const sent = (moment: string) => ({ is: 'sent', at: new Date(moment) }) as const;
const now = new Date('2026-11-20T00:00:00Z');

test('a date ends where it ends last on earth', () => {
  expect(endOf('2026-12-14').toISOString()).toBe('2026-12-15T12:00:00.000Z');
  const zones = Intl.supportedValuesOf('timeZone');
  expect(zones.length).toBeGreaterThan(300);
  for (const timeZone of zones) {
    const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(endOf('2026-12-14'));
    expect(local > '2026-12-14', timeZone).toBe(true);
  }
});

test.each<[string, ChangeTerms, string, { objectUntil: string; appliesFrom: string }]>([
  ['the announcement alone', {}, '2026-11-09T09:00:00Z', { objectUntil: '2026-12-14', appliesFrom: '2026-12-21' }],
  [
    'terms that end sooner',
    { notice: { days: 10 }, objection: { days: 5 } },
    '2026-11-09T09:00:00Z',
    { objectUntil: '2026-12-14', appliesFrom: '2026-12-21' },
  ],
  [
    'terms that end later',
    { notice: { days: 60 }, objection: { days: 45 } },
    '2026-11-09T23:59:59Z',
    { objectUntil: '2026-12-24', appliesFrom: '2027-01-08' },
  ],
  [
    'a letter that came late',
    { notice: { days: 30 } },
    '2026-12-20T09:00:00Z',
    { objectUntil: '2026-12-14', appliesFrom: '2027-01-19' },
  ],
  [
    'no change before the last day to object',
    { objection: { days: 60 } },
    '2026-11-09T09:00:00Z',
    { objectUntil: '2027-01-08', appliesFrom: '2027-01-08' },
  ],
  [
    // Common Paper: ten business days and thirty days.
    'business days',
    { notice: { businessDays: 10 }, objection: { days: 30 } },
    '2026-12-11T09:00:00Z',
    { objectUntil: '2027-01-10', appliesFrom: '2027-01-10' },
  ],
])('the later day holds: %s', (_, terms, at, days) => {
  expect(daysWhenTold(announced, terms, new Date(at))).toEqual(days);
});

test.each([
  ['2026-11-06', 1, '2026-11-09'],
  ['2026-11-06', 5, '2026-11-13'],
  ['2026-11-07', 1, '2026-11-09'],
  ['2026-11-09', 10, '2026-11-23'],
  ['2026-11-09', 0, '2026-11-09'],
])('%s and %i business days is %s', (on, businessDays, last) => {
  expect(daysAfter(on, { businessDays })).toBe(last);
});

test('of nobody who was told earlier than another does a clock end later', () => {
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });
  const count = fc.oneof(fc.record({ days: fc.nat(365) }), fc.record({ businessDays: fc.nat(260) }));
  fc.assert(
    fc.property(moment, moment, count, (a, b, objection) => {
      const [first, second] = a <= b ? [a, b] : [b, a];
      const [one, two] = [first, second].map((at) => daysWhenTold(announced, { objection }, at).objectUntil);
      expect((one ?? '') <= (two ?? '')).toBe(true);
      expect((one ?? '') >= announced.objectionDeadline).toBe(true);
    }),
  );
});

describe('no clock runs', () => {
  test('before a letter was sent', () => {
    expect(clockOf(announced, {}, { is: 'waiting' }, now)).toEqual({ is: 'not-started' });
  });
  test('for whoever could not be reached', () => {
    const delivery = { is: 'failed', at: now, reason: 'bounced' } as const;
    expect(clockOf(announced, {}, delivery, new Date('2036-01-01'))).toEqual({ is: 'unreached' });
  });
  test('and one that does ends', () => {
    const clock = (at: string) => clockOf(announced, {}, sent('2026-11-09T09:00:00Z'), new Date(at)).is;
    expect([clock('2026-12-15T11:59:59.999Z'), clock('2026-12-15T12:00:00Z')]).toEqual(['running', 'ended']);
  });
});
