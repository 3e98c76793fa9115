// Apart from durations, so that a script in a browser can have dates without the schemas.

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

/** `3 Nov 2026`, the day in UTC. */
export function day(at: string): string {
  return date.format(new Date(at)).replace('Sept', 'Sep');
}

/** `3 Nov 2026, 09:00 UTC`. */
export function minute(at: string): string {
  return `${day(at)}, ${clock.format(new Date(at))} UTC`;
}
