import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CountedTime, countedMs, deadlineOf, promisedMs } from '../../posture/business-time.ts';
import { BusinessHours } from '../../schemas/index.ts';

const HOUR_MS = 3_600_000;

function clockIn(timeZone: string, more: Partial<BusinessHours> = {}): CountedTime {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
  const hours = BusinessHours.parse({ timeZone, days: [...days], from: '09:00', to: '17:00', ...more });
  return { within: '2bd', counts: 'business', hours };
}
const hoursBetween = (clock: CountedTime, from: string, to: string) =>
  countedMs(clock, Date.parse(from), Date.parse(to)) / HOUR_MS;

// 2026-11-02 is a Monday.
describe('business hours between two instants', () => {
  test.each([
    ['within a day', '2026-11-03T09:30:00Z', '2026-11-03T11:00:00Z', 1.5],
    ['over a night', '2026-11-03T16:00:00Z', '2026-11-04T10:00:00Z', 2],
    ['over a weekend', '2026-11-06T16:00:00Z', '2026-11-09T10:00:00Z', 2],
    ['a weekend', '2026-11-07T00:00:00Z', '2026-11-08T23:59:59Z', 0],
    ['before opening', '2026-11-03T03:00:00Z', '2026-11-03T08:59:00Z', 0],
    ['a whole week', '2026-11-02T00:00:00Z', '2026-11-09T00:00:00Z', 40],
    ['backwards', '2026-11-04T10:00:00Z', '2026-11-03T10:00:00Z', 0],
  ])('%s', (_name, from, to, hours) => expect(hoursBetween(clockIn('UTC'), from, to)).toBe(hours));

  test('a holiday does not count', () => {
    const clock = clockIn('UTC', { holidays: ['2026-11-04'] });
    expect(hoursBetween(clock, '2026-11-03T09:00:00Z', '2026-11-05T17:00:00Z')).toBe(16);
  });

  test('the day is the day of the zone: Friday afternoon in Los Angeles is Saturday in Greenwich', () => {
    const clock = clockIn('America/Los_Angeles');
    expect(hoursBetween(clock, '2026-11-07T00:00:00Z', '2026-11-07T12:00:00Z')).toBe(1);
    expect(hoursBetween(clockIn('Asia/Kolkata'), '2026-11-03T03:30:00Z', '2026-11-03T11:30:00Z')).toBe(8);
  });

  test('a day has its eight hours when clocks change in its night, and the hours that clocks show when they change in it', () => {
    // Clocks in New York go back on Sunday, 1 November 2026, and forward on 14 March 2027, both at 02:00.
    const clock = clockIn('America/New_York', { days: ['sat', 'sun', 'mon'] });
    expect(hoursBetween(clock, '2026-10-31T00:00:00Z', '2026-11-03T12:00:00Z')).toBe(24);
    const night = clockIn('America/New_York', { days: ['sun'], from: '01:00', to: '04:00' });
    expect(hoursBetween(night, '2027-03-14T00:00:00Z', '2027-03-15T00:00:00Z')).toBe(2);
    expect(hoursBetween(night, '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')).toBe(4);
  });

  test('of any two parts of a time, both together are the whole; and none is longer than its time', () => {
    const clocks = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati'].map((zone) =>
      clockIn(zone),
    );
    const instant = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 5) });
    fc.assert(
      fc.property(fc.constantFrom(...clocks), fc.tuple(instant, instant, instant), (clock, instants) => {
        const [a = 0, b = 0, c = 0] = instants.toSorted((x, y) => x - y);
        const whole = countedMs(clock, a, c);
        expect(countedMs(clock, a, b) + countedMs(clock, b, c)).toBe(whole);
        expect(whole).toBeLessThanOrEqual(c - a);
      }),
      { numRuns: 200 },
    );
  });
});

test('a business day is as long as its hours; every other time is what it says', () => {
  expect(promisedMs(clockIn('UTC'))).toBe(16 * HOUR_MS);
  expect(promisedMs({ ...clockIn('UTC'), within: '72h' })).toBe(72 * HOUR_MS);
  expect(promisedMs({ within: '3d', counts: 'calendar', hours: undefined })).toBe(72 * HOUR_MS);
  const calendar: CountedTime = { within: '3d', counts: 'calendar', hours: undefined };
  expect(hoursBetween(calendar, '2026-11-06T16:00:00Z', '2026-11-09T10:00:00Z')).toBe(66);
});

describe('until when a promise can be kept', () => {
  test.each([
    ['from the morning', '2026-11-03T09:00:00Z', '2026-11-04T17:00:00Z'],
    ['from the middle of a day', '2026-11-03T12:00:00Z', '2026-11-05T12:00:00Z'],
    ['from a night', '2026-11-03T20:00:00Z', '2026-11-05T17:00:00Z'],
    ['over a weekend', '2026-11-06T16:00:00Z', '2026-11-10T16:00:00Z'],
    ['over a holiday', '2026-11-10T09:00:00Z', '2026-11-12T17:00:00Z'],
  ])('%s', (_name, from, until) =>
    expect(new Date(deadlineOf(clockIn('UTC', { holidays: ['2026-11-11'] }), Date.parse(from)))).toEqual(
      new Date(until),
    ),
  );

  test('just so much has been counted by then, and less a moment before, in every time zone', () => {
    const instant = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 5) });
    const zones = fc.constantFrom('UTC', 'Europe/Zurich', 'America/Los_Angeles', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(zones, instant, (zone, from) => {
        const clock = clockIn(zone);
        const until = deadlineOf(clock, from);
        expect(countedMs(clock, from, until)).toBe(promisedMs(clock));
        expect(countedMs(clock, from, until - 1)).toBe(promisedMs(clock) - 1);
      }),
      { numRuns: 50 },
    );
    const calendar: CountedTime = { within: '72h', counts: 'calendar', hours: undefined };
    expect(deadlineOf(calendar, 5)).toBe(5 + 72 * HOUR_MS);
  });
});
