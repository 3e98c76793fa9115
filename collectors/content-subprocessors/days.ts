import type { DayCount } from '../../schemas/index.ts';

const DAY_MS = 86_400_000;

/** How many days lie between two dates; negative when `to` is the earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** How many days from Monday to Friday come after `from`, up to and with `to`; never negative. */
export function businessDaysBetween(from: string, to: string): number {
  let count = 0;
  for (let at = Date.parse(from) + DAY_MS; at <= Date.parse(to); at += DAY_MS) {
    const day = new Date(at).getUTCDay();
    if (day !== 0 && day !== 6) count += 1;
  }
  return count;
}

/** Whether the time between two dates is at least what was promised, and both in words. */
export function compared(
  from: string,
  to: string,
  promised: DayCount,
): { enough: boolean; given: string; asked: string } {
  if ('days' in promised) {
    const given = daysBetween(from, to);
    return { enough: given >= promised.days, given: daysInWords(given), asked: daysInWords(promised.days) };
  }
  const given = businessDaysBetween(from, to);
  const { businessDays } = promised;
  return {
    enough: given >= businessDays,
    given: daysInWords(given, 'business day'),
    asked: daysInWords(businessDays, 'business day'),
  };
}

function daysInWords(count: number, unit = 'day'): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}
