// Without the schemas themselves, so that a script in a browser can have dates alone.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An instant, or a date, as its day in UTC: `3 Nov 2026`. The same on every machine, so records may hold it. */
export function dayText(at: string): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.toISOString().slice(0, 4)}`;
}

/** An instant to the minute: `3 Nov 2026, 09:00 UTC`. */
export function minuteText(at: string): string {
  return `${dayText(at)}, ${new Date(at).toISOString().slice(11, 16)} UTC`;
}
