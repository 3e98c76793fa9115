import { durationMs } from '../../schemas/index.ts';

const units: Record<string, string> = { m: 'minute', h: 'hour', d: 'day', w: 'week', bd: 'business day' };

/** `24h` is `24 hours`, `1d` is `1 day`, `5bd` is `5 business days`. */
export function duration(text: string): string {
  const match = /^(\d+)(bd|[mhdw])$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (match === null || unit === undefined) return text;
  return `${match[1]} ${unit}${match[1] === '1' ? '' : 's'}`;
}

/** Durations one after the other, in the largest unit up to days that is exact: 90d and 30d are `120 days`. */
export function durationSum(durations: readonly string[]): string {
  const total = durations.reduce((sum, text) => sum + durationMs(text), 0);
  const unit = (['d', 'h'] as const).find((candidate) => total % durationMs(`1${candidate}`) === 0) ?? 'm';
  return duration(`${total / durationMs(`1${unit}`)}${unit}`);
}

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `Mon to Fri` for three or more days in a row, else `Mon, Wed`. */
export function weekdays(days: readonly string[]): string {
  const names = week.filter((day) => days.includes(day)).map((day) => day.charAt(0).toUpperCase() + day.slice(1));
  const row = week.join().includes(week.filter((day) => days.includes(day)).join());
  return names.length > 2 && row ? `${names[0]} to ${names.at(-1)}` : names.join(', ');
}
