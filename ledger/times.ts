import type { Instant, LogEntry } from '../schemas/index.ts';

/** Runs end side by side, so an entry may be this much older than the newest one before it. More is back-dating. */
export const TIME_SLACK_MS = 10 * 60_000;

/** When an entry says it was made: the end of the run, or the moment of a release, key or retirement. */
export function timeOf(entry: LogEntry): Instant {
  switch (entry.schema) {
    case 'candor/evidence@1':
    case 'candor/heartbeat@1':
      return entry.run.endedAt;
    case 'candor/release@1':
      return entry.publishedAt;
    default:
      return entry.at;
  }
}

/** The record that an entry is about, as `<source>/<collector>`; undefined for releases and keys. */
export function recordOf(entry: LogEntry): string | undefined {
  switch (entry.schema) {
    case 'candor/evidence@1':
      return `${entry.source}/${entry.collector.id}`;
    case 'candor/heartbeat@1':
    case 'candor/retirement@1':
      return `${entry.source}/${entry.collector}`;
    default:
      return undefined;
  }
}

/** Whether `a` is earlier than `b` by more than `slack`. Spelt alike, as writers spell them, they compare as text. */
export function isBefore(a: Instant, b: Instant, slack = 0): boolean {
  if (a.length === 24 && b.length === 24 && (slack === 0 || a >= b)) return a < b;
  return Date.parse(a) < Date.parse(b) - slack;
}

/** The later of two instants, either of which may be missing. */
export function latest(a: Instant | undefined, b: Instant): Instant {
  return a === undefined || isBefore(a, b) ? b : a;
}
