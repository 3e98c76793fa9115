/** `3 Nov 2026` and `3 Nov 2026, 09:00 UTC`. From their own file, so that a script in a browser has no schemas with them. */
export { dayText as day, minuteText as minute } from '../../schemas/core/dates.ts';
