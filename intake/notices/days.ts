import type { DateOn, DayCount } from '../../schemas/index.ts';

const DAY_MS = 86_400_000;

/**
 * The first moment after a date. A date that binds a customer ends where it ends last on earth, in UTC−12: whoever reads it
 * by the calendar on the wall is never late.
 */
export function endOf(on: DateOn): Date {
  return new Date(Date.parse(`${on}T00:00:00Z`) + 1.5 * DAY_MS);
}

/** The date of an instant in UTC. */
export function dayOf(at: Date): DateOn {
  return at.toISOString().slice(0, 10);
}

/** The last day of so many after a date, which itself does not count (Regulation 1182/71, article 3). */
export function daysAfter(on: DateOn, count: DayCount): DateOn {
  let at = Date.parse(`${on}T00:00:00Z`);
  if ('days' in count) return dayOf(new Date(at + count.days * DAY_MS));
  for (let left = count.businessDays; left > 0; ) {
    at += DAY_MS;
    const day = new Date(at).getUTCDay();
    if (day !== 0 && day !== 6) left -= 1;
  }
  return dayOf(new Date(at));
}

/** The latest of some dates. */
export function latest(first: DateOn, ...others: (DateOn | undefined)[]): DateOn {
  return others.reduce<DateOn>((last, on) => (on !== undefined && on > last ? on : last), first);
}
