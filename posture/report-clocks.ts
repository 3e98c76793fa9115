import type { SlaClock, VulnerabilityReport, VulnerabilityState } from '../schemas/index.ts';
import { type CountedTime, countedMs, deadlineOf, promisedMs } from './business-time.ts';

/** An entry of the history of a case. */
export type CaseEntry = {
  /** The state that it is in from then on. */
  to: string;
  at: Date;
  /** Whether it is a word of the team to the reporter. */
  told: boolean;
  /** How severe it is called from then on; undefined where the entry says nothing of it. */
  severity?: VulnerabilityReport['severity'] | undefined;
};

/** When what clocks begin and end with happened in a case; undefined for what did not happen. */
export type Milestones = {
  received: Date;
  acknowledged?: Date | undefined;
  triaged?: Date | undefined;
  confirmed?: Date | undefined;
  fixed?: Date | undefined;
  disclosed?: Date | undefined;
  /** When the reporter last heard from the team. */
  updated?: Date | undefined;
  /** When it came to an end that it is still in. */
  ended?: Date | undefined;
};

/** Nothing else is promised. */
export const endStates: ReadonlySet<string> = new Set<VulnerabilityState>([
  ...(['disclosed', 'duplicate', 'not-applicable', 'informative', 'closed'] as const),
]);

/** Assessed: what it is worth is known. */
const assessed: ReadonlySet<string> = new Set<VulnerabilityState>([
  ...(['triaged', 'confirmed', 'fixed', 'disclosed'] as const),
  ...(['duplicate', 'not-applicable', 'informative'] as const),
]);

/** Reads the milestones of a case out of its history, oldest first. */
export function milestonesOf(history: readonly CaseEntry[]): Milestones {
  const first = (is: (entry: CaseEntry) => boolean) => history.find(is)?.at;
  const [opened, newest] = [history[0], history.at(-1)];
  if (opened === undefined || newest === undefined) throw new TypeError('a case without a history');
  const since = history.findLastIndex(({ to }) => to !== newest.to) + 1;
  // A fix after which it was confirmed again, or opened again, is none.
  const undone = history.findLastIndex(({ to }) => to === 'triaged' || to === 'confirmed');
  return {
    received: opened.at,
    acknowledged: first(({ to, told }) => to !== 'received' || told),
    triaged: first(({ to }) => assessed.has(to)),
    confirmed: first(({ to }) => to === 'confirmed'),
    fixed: history.slice(undone + 1).find(({ to }) => to === 'fixed')?.at,
    disclosed: first(({ to }) => to === 'disclosed'),
    updated: history.findLast(({ told }) => told)?.at,
    ended: endStates.has(newest.to) ? history[since]?.at : undefined,
  };
}

/** The part of a promised time that says which case it is about, and from when until when. */
export type ReportClock = Pick<SlaClock, 'starts' | 'ends' | 'severities'>;

/** A time in which a promise ran; without `to` it still runs. */
export type Run = { from: Date; to?: Date };

/**
 * The times in which a promise ran in a case, oldest first, each by what was known then: so nothing that is done or said
 * afterwards takes away of what was used up. A promise stands still while a report is ended or what was promised is done,
 * and goes on when that is taken back: to open a case again costs no time that nobody worked in, and gives none anew.
 * Updates are owed anew from each one on. Until a case is first called severe or not, what it is called then holds.
 * Clocks without `ends` are for readers, not for cases.
 */
export function runsOf(clock: ReportClock, history: readonly CaseEntry[]): Run[] {
  let runs: Run[] = [];
  let severity = history.find((entry) => entry.severity !== undefined)?.severity;
  // Reporters may write as often as they like: what changes nothing is not looked at again for each that follows.
  const telling = history.filter(({ to, told, ...entry }, index) => {
    return told || entry.severity !== undefined || to !== history[index - 1]?.to;
  });
  for (const [index, entry] of telling.entries()) {
    severity = entry.severity ?? severity;
    if (clock.starts === 'last-update' && entry.told) runs = [];
    const last = runs.at(-1);
    const isRunning = last !== undefined && last.to === undefined;
    const isStillOwed = isOwed(clock, milestonesOf(telling.slice(0, index + 1)), severity);
    if (isRunning && !isStillOwed) last.to = entry.at;
    if (!isRunning && isStillOwed) runs.push({ from: entry.at });
  }
  return runs;
}

/** Counted time that a promise ran in all, in ms. */
export function takenMs(clock: CountedTime, runs: readonly Run[], now: Date): number {
  return runs.reduce((sum, { from, to = now }) => sum + countedMs(clock, from.getTime(), to.getTime()), 0);
}

/** Until when a promise that still runs can be kept, or could have been; undefined when it does not run. */
export function dueAt(clock: CountedTime, runs: readonly Run[]): Date | undefined {
  if (runs.at(-1)?.to !== undefined) return undefined;
  let left = promisedMs(clock);
  for (const { from, to } of runs) {
    const taken = to === undefined ? Number.POSITIVE_INFINITY : countedMs(clock, from.getTime(), to.getTime());
    if (taken > left) return new Date(deadlineOf(clock, from.getTime(), left));
    left -= taken;
  }
  return undefined;
}

function isOwed({ starts, ends, severities }: ReportClock, milestones: Milestones, severity: CaseEntry['severity']) {
  if (ends === undefined || !hasBegun(starts, milestones)) return false;
  if (severities.length > 0 && (severity === undefined || !severities.includes(severity))) return false;
  // An update is owed again and again, until nothing else is to be said.
  if (ends !== 'updated' && milestones[ends] !== undefined) return false;
  // What was published is still to be mended.
  return milestones.ended === undefined || (ends !== 'updated' && milestones.disclosed !== undefined);
}

function hasBegun(starts: SlaClock['starts'], { confirmed, fixed, disclosed }: Milestones): boolean {
  if (starts === 'confirmation') return confirmed !== undefined;
  if (starts === 'resolution') return fixed !== undefined;
  if (starts === 'publication') return disclosed !== undefined;
  return starts === 'receipt' || starts === 'last-update';
}
