import { endStates } from '../../posture/report-clocks.ts';
import { durationMs, durationText, type Finding } from '../../schemas/index.ts';
import { counted, daysInWords, inWords } from '../promises/words.ts';
import { elapsed, flawOf, type Held, heldOf } from './promised.ts';
import type { Expect, Facts, Raw, Report } from './schema.ts';

/** What is judged when it is over: its check, and its words. */
const milestones = [
  { ends: 'acknowledged', check: 'acknowledged-in-time', done: 'Acknowledged' },
  { ends: 'triaged', check: 'triaged-in-time', done: 'Assessed' },
  { ends: 'fixed', check: 'fixed-in-time', done: 'Mended' },
] as const;
type Milestone = (typeof milestones)[number]['ends'];

type Judged = { report: Report; held: readonly Held[] };

type TimeFacts = Omit<Facts, 'everReceived' | 'textKept' | 'textKeptTooLong'>;

/** Judges when reports were acknowledged, assessed and mended, each against what was promised when it came; pure. */
export function judgeTimes(raw: Raw, { window }: Expect): { findings: Finding[]; facts: TimeFacts } {
  const from = Date.parse(raw.now) - durationMs(window);
  const flaw = flawOf(raw);
  const span = durationText(window);
  const judged = raw.reports.map((report): Judged => ({ report, held: heldOf(report, raw) }));
  const reached = (ends: Milestone) => judged.filter(({ report }) => isSince(report[`${ends}At`], from));
  const open = judged.filter(({ report }) => !isOver(report));
  const running = judged.filter(({ held }) => held.some(({ to }) => to === null));
  const recent = raw.reports.filter(({ receivedAt }) => isSince(receivedAt, from)).length;
  const over = (ends: Milestone) => overIn(judged, ends, from);
  const acknowledged = figures(reached('acknowledged'), 'acknowledged', over('acknowledged'));
  const triaged = figures(reached('triaged'), 'triaged', over('triaged'));
  const fixed = figures(reached('fixed'), 'fixed', over('fixed'));
  const ended = (state: Report['state']) =>
    raw.reports.filter((report) => report.state === state && isSince(report.since, from)).length;
  return {
    findings: [
      ...milestones.flatMap(({ ends, check, done }) => ofReached({ check, done }, over(ends), flaw, span)),
      ...ofRunning(running, recent, flaw, span),
    ],
    facts: {
      countedOver: span,
      received: recent,
      acknowledged: acknowledged.count,
      acknowledgedLate: acknowledged.late,
      medianTimeToAcknowledge: acknowledged.median,
      longestTimeToAcknowledge: acknowledged.longest,
      triaged: triaged.count,
      triagedLate: triaged.late,
      medianTimeToTriage: triaged.median,
      longestTimeToTriage: triaged.longest,
      fixed: fixed.count,
      fixedLate: fixed.late,
      medianTimeToFix: fixed.median,
      longestTimeToFix: fixed.longest,
      open: open.length,
      overdue: running.filter(({ held }) => overdueIn(held) !== undefined).length,
      endedDisclosed: ended('disclosed'),
      endedDuplicate: ended('duplicate'),
      endedNotApplicable: ended('not-applicable'),
      endedInformative: ended('informative'),
      endedClosed: ended('closed'),
    },
  };
}

/**
 * Of each report the promises to a milestone that came to an end since then: because it was reached, or with their time used
 * up. Without either nothing was owed any more, and nothing is judged.
 */
function overIn(judged: readonly Judged[], ends: Milestone, from: number): Held[][] {
  return judged
    .map(({ report, held }) => {
      const isReached = report[`${ends}At`] !== null;
      return held.filter((one) => one.ends === ends && isSince(one.to, from) && (isReached || isMissed(one)));
    })
    .filter((held) => held.length > 0);
}

type About = { check: string; done: string };

function ofReached({ check, done }: About, promised: readonly Held[][], flaw: string | undefined, span: string) {
  const subject = 'reports';
  if (promised.length === 0) {
    const outcome = 'inconclusive' as const;
    const reason = flaw ?? `No report with a promised time for it came so far within ${span}.`;
    return [{ check, subject, outcome, reason }];
  }
  const late = promised.map(latestIn).filter((one) => one !== undefined);
  const worst = late.toSorted((a, b) => b.taken - b.promised - (a.taken - a.promised))[0];
  const findings: Finding[] = [];
  if (worst !== undefined) {
    const reason = `Not ${done.toLowerCase()} in time: of these the worst took ${inWords(worst.taken)}, where ${inWords(worst.promised)} were promised.`;
    findings.push({ check, subject: counted(late.length, 'report'), outcome: 'failed', reason });
  }
  const kept = promised.length - late.length;
  if (kept > 0) {
    const reason = `${done} in the promised time, in the last ${span}.`;
    findings.push({ check, subject: counted(kept, 'report'), ...passedUnless(flaw, reason) });
  }
  return findings;
}

function ofRunning(running: readonly Judged[], recent: number, flaw: string | undefined, span: string): Finding[] {
  const check = 'no-report-overdue';
  const about = { check, subject: 'reports' };
  if (running.length === 0 && recent === 0)
    return [{ ...about, outcome: 'inconclusive', reason: flaw ?? `There was no report within ${span}.` }];
  if (running.length === 0) return [{ ...about, ...passedUnless(flaw, 'None waits for anything that is promised.') }];
  const late = running.map(({ held }) => overdueIn(held)).filter((one) => one !== undefined);
  const worst = late.toSorted((a, b) => b.taken - b.promised - (a.taken - a.promised))[0];
  const findings: Finding[] = [];
  if (worst !== undefined) {
    const reason = `Past a promised time that still runs: the worst by ${inWords(worst.taken - worst.promised)}.`;
    findings.push({ check, subject: counted(late.length, 'report'), outcome: 'failed', reason });
  }
  const rest = running.length - late.length;
  if (rest > 0)
    findings.push({
      check,
      subject: counted(rest, 'report'),
      ...passedUnless(flaw, 'They wait, within what is promised.'),
    });
  return findings;
}

/** How many there were, how many late, and how long the middle one and the longest took, by the calendar. */
function figures(reached: readonly Judged[], milestone: Milestone, over: readonly Held[][]) {
  const times = reached.flatMap(({ report }) => elapsed(report, milestone) ?? []).toSorted((a, b) => a - b);
  const [low, high] = [times[Math.ceil(times.length / 2) - 1], times[Math.floor(times.length / 2)]];
  const longest = times.at(-1);
  return {
    count: reached.length,
    late: over.filter((held) => held.some(isMissed)).length,
    median: low === undefined || high === undefined ? null : daysInWords((low + high) / 2),
    longest: longest === undefined ? null : daysInWords(longest),
  };
}

/** Of promises of one report the one that was missed by most; undefined when none was. */
function latestIn(held: readonly Held[]): Held | undefined {
  return held.filter(isMissed).toSorted((a, b) => b.taken - b.promised - (a.taken - a.promised))[0];
}

function overdueIn(held: readonly Held[]): Held | undefined {
  return latestIn(held.filter(({ to }) => to === null));
}

function isMissed({ taken, promised }: Held): boolean {
  return taken > promised;
}

function passedUnless(flaw: string | undefined, reason: string): Pick<Finding, 'outcome' | 'reason'> {
  return flaw === undefined ? { outcome: 'passed', reason } : { outcome: 'inconclusive', reason: flaw };
}

function isSince(at: string | null, from: number): boolean {
  return at !== null && Date.parse(at) >= from;
}

function isOver({ state }: Report): boolean {
  return endStates.has(state);
}
