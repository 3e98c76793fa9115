import { CLOCK_SKEW_MS } from '../../posture/access/complaints.ts';
import { promisedMs } from '../../posture/business-time.ts';
import { digestOf } from '../../posture/digest.ts';
import { runsOf, takenMs } from '../../posture/report-clocks.ts';
import type { Instant } from '../../schemas/index.ts';
import type { KeptPromise, Raw, Report, Terms } from './schema.ts';

/** A promise in one report: how much of its time was used up, of how much, and since when it does not run; null while it does. */
export type Held = { ends: Terms['ends']; to: Instant | null; taken: number; promised: number };

/** Which promises were in force when this was received and have run since, and how each was kept. */
export function heldOf(report: Report, { kept, now }: Pick<Raw, 'kept' | 'now'>): Held[] {
  const history = report.history.map(({ at, severity, ...rest }) => {
    return { ...rest, at: new Date(at), severity: severity ?? undefined };
  });
  return inForce(kept, report.receivedAt).flatMap((terms): Held[] => {
    const runs = runsOf(terms, history);
    const last = runs.at(-1);
    if (last === undefined) return [];
    const taken = takenMs(terms, runs, new Date(now));
    return [{ ends: terms.ends, to: last.to?.toISOString() ?? null, taken, promised: promisedMs(terms) }];
  });
}

/** Why what looks like a pass is none: times that cannot be, or a promise that the server does not know yet. */
export function flawOf({ reports, kept, promised, now, measured }: Raw): string | undefined {
  if (!measured) return 'The server has not made what is read here: it has not run since it was brought up to date.';
  const latest = Date.parse(now) + CLOCK_SKEW_MS;
  const isOdd = reports.some(({ receivedAt, changedAt, ...rest }) => {
    const { acknowledgedAt, triagedAt, confirmedAt, fixedAt, disclosedAt } = rest;
    const all = [acknowledgedAt, triagedAt, confirmedAt, fixedAt, disclosedAt, changedAt].filter((at) => at !== null);
    return all.some((at) => Date.parse(at) > latest || Date.parse(at) < Date.parse(receivedAt));
  });
  if (isOdd) return 'Some times lie in the future, or an answer before its report: a clock was wrong.';
  if (kept.length === 0) return 'The server has not kept yet what is promised: it has not run since this was set up.';
  const declared = promised.toSorted((a, b) => (a.clock < b.clock ? -1 : 1)).map(({ clock, terms }) => [clock, terms]);
  return digestOf(asOf(kept, now)) === digestOf(declared)
    ? undefined
    : 'What is promised has changed, and the server does not know it yet.';
}

/** From when until when a report took to come so far, in ms of the calendar; undefined when it did not. */
export function elapsed(report: Report, milestone: 'acknowledged' | 'triaged' | 'fixed'): number | undefined {
  const to = report[`${milestone}At`];
  if (to === null) return undefined;
  const from = milestone === 'fixed' ? (report.confirmedAt ?? report.receivedAt) : report.receivedAt;
  return Date.parse(to) - Date.parse(from);
}

/** What came before the server kept any promise is held against the first that it kept. */
function inForce(kept: readonly KeptPromise[], receivedAt: Instant): Terms[] {
  const first = kept[0]?.since ?? receivedAt;
  return asOf(kept, receivedAt < first ? first : receivedAt).map(([, terms]) => terms);
}

/** The promises of a moment by their clocks, without those that were withdrawn. */
function asOf(kept: readonly KeptPromise[], at: Instant): [clock: string, terms: Terms][] {
  const newest = new Map(
    kept.filter(({ since }) => Date.parse(since) <= Date.parse(at)).map((one) => [one.clock, one]),
  );
  return [...newest.values()]
    .toSorted((a, b) => (a.clock < b.clock ? -1 : 1))
    .flatMap(({ clock, terms }) => (terms === null ? [] : [[clock, terms]]));
}
