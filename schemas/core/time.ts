import { z } from 'zod';

/** An instant in UTC, RFC 3339 with a trailing Z. Fields named `*At` hold one. */
export const Instant = z.iso
  .datetime({ offset: false, message: 'must be an instant in UTC such as 2026-11-03T09:00:00Z' })
  .meta({ description: 'Instant in UTC, RFC 3339, for example 2026-11-03T09:00:00Z.' });
export type Instant = z.infer<typeof Instant>;

/** A calendar date. Fields named `*On` hold one. */
export const DateOn = z.iso
  .date('must be a date that exists, written YYYY-MM-DD')
  .meta({ description: 'Calendar date, YYYY-MM-DD.' });
export type DateOn = z.infer<typeof DateOn>;

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A length of time in one unit: minutes, hours, days or weeks (`30m`, `24h`, `7d`, `2w`); never zero. */
export const Duration = z
  .string()
  // No longer than about two centuries, so that every end has a year of four digits.
  .regex(/^(?:[1-9][0-9]{0,5}[mh]|[1-9][0-9]{0,4}d|[1-9][0-9]{0,3}w)$/, {
    error: ({ input }) => {
      if (typeof input === 'string' && /^0+[mhdw]$/.test(input)) return 'must be longer than zero, such as 24h or 7d';
      if (typeof input === 'string' && /^[1-9][0-9]*[mhdw]$/.test(input)) return 'must be shorter, such as 24h or 7d';
      return 'must be a whole number with m, h, d or w, such as 24h or 7d';
    },
  })
  .meta({ description: 'Length of time: a whole number with m, h, d or w, for example 24h.' });
export type Duration = z.infer<typeof Duration>;

/** Milliseconds in a Duration. Throws a TypeError for text that Duration refuses. */
export function durationMs(duration: Duration): number {
  const unit = duration.at(-1);
  if (unit !== 'm' && unit !== 'h' && unit !== 'd' && unit !== 'w') throw new TypeError(`not a duration: ${duration}`);
  return Number(duration.slice(0, -1)) * units[unit];
}

const unitWords: Readonly<Record<string, string>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  bd: 'business day',
};

/** A length of time in words: `24h` is `24 hours`, `1d` is `1 day`, `5bd` is `5 business days`. Another text stays as it is. */
export function durationText(duration: string): string {
  const [, count, unit = ''] = /^(\d+)(bd|[mhdw])$/.exec(duration) ?? [];
  const word = unitWords[unit];
  return word === undefined ? duration : `${count} ${word}${count === '1' ? '' : 's'}`;
}

/** A number of days, or of days from Monday to Friday. */
export const DayCount = z.union([
  z.strictObject({ days: z.int().min(0).max(365) }),
  z.strictObject({ businessDays: z.int().min(0).max(260).meta({ description: 'Monday to Friday; no holidays.' }) }),
]);
export type DayCount = z.infer<typeof DayCount>;

/** An IANA time zone that this machine's clock data knows, such as Europe/Zurich. */
export const TimeZone = z
  .string()
  .refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'must be an IANA time zone such as Europe/Zurich')
  .meta({ description: 'IANA time zone, for example Europe/Zurich.' });
export type TimeZone = z.infer<typeof TimeZone>;
