import type { CountedTime } from '../../posture/business-time.ts';
import { durationText } from '../../schemas/index.ts';

/** `1 request`, `12 requests`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A time in ms, to the minute that is full: `under a minute`, `42 min`, `31 h 5 min`. */
export function inWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'under a minute';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours === 0 ? '' : `${hours} h`, rest === 0 ? '' : `${rest} min`].filter((part) => part !== '').join(' ');
}

/** A longer time of the calendar, to the hour from three days on: `31 h 5 min`, `3 days 8 h`, `40 days`. */
export function daysInWords(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 72) return inWords(ms);
  const [days, rest] = [Math.floor(hours / 24), hours % 24];
  return rest === 0 ? `${days} days` : `${days} days ${rest} h`;
}

/** `2 business days (Mon Tue Wed Thu Fri, 09:00 to 17:00, America/Los_Angeles)`, `72 hours`. */
export function promiseInWords({ within, counts, hours }: CountedTime): string {
  const time = `${counts === 'business' && !within.endsWith('bd') ? 'business time, ' : ''}${durationText(within)}`;
  if (counts === 'calendar' || hours === undefined) return time;
  const days = hours.days.map((day) => day.charAt(0).toUpperCase() + day.slice(1)).join(' ');
  return `${time} (${days}, ${hours.from} to ${hours.to}, ${hours.timeZone})`;
}
