import { durationMs, durationText } from '../../schemas/index.ts';

/** `24h` is `24 hours`. */
export { durationText as duration };

/** Durations one after the other, in the largest unit up to days that is exact: 90d and 30d are `120 days`. */
export function durationSum(durations: readonly string[]): string {
  const total = durations.reduce((sum, text) => sum + durationMs(text), 0);
  const unit = (['d', 'h'] as const).find((candidate) => total % durationMs(`1${candidate}`) === 0) ?? 'm';
  return durationText(`${total / durationMs(`1${unit}`)}${unit}`);
}

const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `Mon to Fri` for three or more days in a row, else `Mon, Wed`. */
export function weekdays(days: readonly string[]): string {
  const names = week.filter((day) => days.includes(day)).map((day) => day.charAt(0).toUpperCase() + day.slice(1));
  const row = week.join().includes(week.filter((day) => days.includes(day)).join());
  return names.length > 2 && row ? `${names[0]} to ${names.at(-1)}` : names.join(', ');
}
