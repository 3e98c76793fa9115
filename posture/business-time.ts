import { type BusinessHours, durationMs, type SlaClock } from '../schemas/index.ts';

const DAY_MS = 86_400_000;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** How long something may take, and which hours count. */
export type CountedTime = Pick<SlaClock, 'within' | 'counts' | 'hours'>;

/** The promised time in ms of counted time. A business day is as long as its hours: from nine to five it has eight. */
export function promisedMs({ within, hours }: CountedTime): number {
  if (!within.endsWith('bd')) return durationMs(within);
  if (hours === undefined) throw new TypeError('business days without business hours');
  return Number(within.slice(0, -2)) * (minutesOf(hours.to) - minutesOf(hours.from)) * 60_000;
}

/** How much of the time between two instants, in ms since 1970, counts: all of it, or the business hours in it. */
export function countedMs({ counts, hours }: CountedTime, from: number, to: number): number {
  return counts === 'calendar' || hours === undefined ? Math.max(0, to - from) : businessMs(hours, from, to);
}

/** When so much counted time is over, in ms since 1970: until when a promise can be kept of which so many ms are left. */
export function deadlineOf(time: CountedTime, from: number, left = promisedMs(time)): number {
  if (time.counts === 'calendar' || time.hours === undefined) return from + left;
  let rest = left;
  for (const { opens, closes } of openHours(time.hours, from)) {
    const begins = Math.max(from, opens);
    if (closes - begins >= rest) return begins + rest;
    rest -= Math.max(0, closes - begins);
  }
  throw new TypeError('no hours ever count');
}

function businessMs(hours: BusinessHours, from: number, to: number): number {
  let total = 0;
  for (const { opens, closes } of openHours(hours, from)) {
    if (opens >= to) break;
    total += Math.max(0, Math.min(to, closes) - Math.max(from, opens));
  }
  return total;
}

/** The hours that count from the day of an instant on, without end. */
function* openHours({ timeZone, days, holidays, from, to }: BusinessHours, since: number) {
  for (let day = Math.floor(wallOf(since, timeZone) / DAY_MS) * DAY_MS; ; day += DAY_MS) {
    const date = new Date(day);
    const weekday = weekdays[date.getUTCDay()];
    if (weekday === undefined || !days.includes(weekday) || holidays.includes(date.toISOString().slice(0, 10)))
      continue;
    yield {
      opens: instantOf(day + minutesOf(from) * 60_000, timeZone),
      closes: instantOf(day + minutesOf(to) * 60_000, timeZone),
    };
  }
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** What clocks on the wall show at an instant, in ms as if it were UTC. */
function wallOf(at: number, timeZone: string): number {
  const parts = Object.fromEntries(
    wallClock(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** When clocks on the wall show it; where they are put forward over it, the moment as far after the change. */
function instantOf(wall: number, timeZone: string): number {
  const near = wall - (wallOf(wall, timeZone) - wall);
  return wall - (wallOf(near, timeZone) - near);
}

// To make one costs a hundred times what it costs to use it.
const wallClocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string): Intl.DateTimeFormat {
  const known = wallClocks.get(timeZone);
  if (known !== undefined) return known;
  const numeric = 'numeric';
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric },
  });
  wallClocks.set(timeZone, made);
  return made;
}
