import { type DateOn, type Duration, durationMs, type Freshness, type Instant } from '../schemas/index.ts';

const DAY = 86_400_000;
/** Past validUntil by this much, evidence counts as abandoned. */
const ABANDONED_AFTER_MS = 30 * DAY;

/** `at` and `duration` together. */
export function after(at: Instant, duration: Duration): Instant {
  return new Date(Date.parse(at) + durationMs(duration)).toISOString();
}

/** The instant at which the day is over in UTC. */
export function endOf(day: DateOn): Instant {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString();
}

/** The earlier of two instants by the clock, not by their spelling. */
export function earlier(a: Instant, b: Instant): Instant {
  return Date.parse(a) <= Date.parse(b) ? a : b;
}

/** The later of two instants by the clock, not by their spelling. */
export function later(a: Instant, b: Instant): Instant {
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

/**
 * Age of an observation at `now`: fresh until `dueAt`, due until `validUntil`, then stale, and 30 days later abandoned.
 * Null when there is no observation. Nothing is fresh past its validity, whatever the cadence promises.
 */
export function freshnessAt(now: Instant, dueAt: Instant | null, validUntil: Instant | null): Freshness | null {
  if (validUntil === null) return null;
  const at = Date.parse(now);
  const end = Date.parse(validUntil);
  if (at > end + ABANDONED_AFTER_MS) return 'abandoned';
  if (at > end) return 'stale';
  if (dueAt !== null && at > Date.parse(dueAt)) return 'due';
  return 'fresh';
}
