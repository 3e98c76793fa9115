import type {
  CheckResult,
  Duration,
  Finding,
  Id,
  Instant,
  OpenFailure,
  Outcome,
  OutcomeCounts,
} from '../schemas/index.ts';
import { after } from './time.ts';

/** Open failures listed for one check; the rest is counted. */
const OPEN_FAILURES_LISTED = 50;

/** One check of one run, before anything is known of earlier runs. */
export type CheckRun = {
  check: Id;
  title: string;
  statement: string;
  findings: readonly Finding[];
  /** Whether the whole population was looked at. */
  complete: boolean;
  collectedAt: Instant;
  validFor: Duration;
};

/** Counts findings by outcome. */
export function countOutcomes(findings: readonly Finding[]): OutcomeCounts {
  const counts: OutcomeCounts = { passed: 0, failed: 0, inconclusive: 0, error: 0, 'not-applicable': 0 };
  for (const finding of findings) counts[finding.outcome] += 1;
  return counts;
}

/** All findings of one check together. Passed only when something was judged, everything was seen, and all of it passed. */
function rollUp(findings: readonly Finding[], complete: boolean): { outcome: Outcome; reason: string } {
  const counts = countOutcomes(findings);
  const judged = counts.passed + counts.failed + counts.inconclusive + counts.error;
  if (counts.failed > 0) return { outcome: 'failed', reason: some(findings, 'failed', judged, 'failed') };
  if (counts.error > 0) return { outcome: 'error', reason: some(findings, 'error', judged, 'could not be looked at') };
  if (counts.inconclusive > 0)
    return { outcome: 'inconclusive', reason: some(findings, 'inconclusive', judged, 'could not be judged') };
  if (!complete) {
    const reason =
      counts.passed > 0
        ? `The ${counts.passed} that were looked at passed, but not everything could be looked at.`
        : 'Not everything could be looked at.';
    return { outcome: 'inconclusive', reason };
  }
  if (counts.passed > 0) return { outcome: 'passed', reason: `All ${counts.passed} passed.` };
  if (counts['not-applicable'] > 0)
    return { outcome: 'not-applicable', reason: findings[0]?.reason ?? 'The check does not apply here.' };
  return { outcome: 'inconclusive', reason: 'There was nothing to judge: the population is empty.' };
}

function some(findings: readonly Finding[], outcome: Outcome, judged: number, verb: string): string {
  const of = findings.filter((finding) => finding.outcome === outcome);
  const first = of[0];
  if (of.length === 1 && first) return `${first.subject}: ${first.reason}`.slice(0, 600);
  const names = of.slice(0, 3).map((finding) => finding.subject);
  const more = of.length > names.length ? ` and ${of.length - names.length} more` : '';
  return `${of.length} of ${judged} ${verb}: ${names.join(', ')}${more}.`.slice(0, 600);
}

/**
 * One check of this run, together with what earlier runs still say. An error or a partial look never refreshes the
 * clock and never resolves a failure; only a look that saw the subject pass, or saw everything and judged it, does.
 */
export function foldCheck(previous: CheckResult | undefined, run: CheckRun): CheckResult {
  const { outcome, reason } = rollUp(run.findings, run.complete);
  const conclusive = outcome === 'passed' || outcome === 'failed';
  const observedAt = conclusive ? run.collectedAt : (previous?.observedAt ?? null);
  const open = openAfter(previous, run, outcome);
  return {
    check: run.check,
    title: run.title,
    statement: run.statement,
    outcome,
    reason,
    counts: countOutcomes(run.findings),
    since: previous?.outcome === outcome ? previous.since : run.collectedAt,
    observedAt,
    lastPassedAt: outcome === 'passed' ? run.collectedAt : (previous?.lastPassedAt ?? null),
    validUntil: conclusive ? after(run.collectedAt, run.validFor) : (previous?.validUntil ?? null),
    openFailures: open.listed,
    openFailuresOmitted: open.omitted,
  };
}

function openAfter(previous: CheckResult | undefined, run: CheckRun, outcome: Outcome) {
  if (outcome === 'passed') return { listed: [], omitted: 0 };
  const before = new Map((previous?.openFailures ?? []).map((failure) => [failure.subject, failure]));
  const now = new Map<string, OpenFailure>();
  const outcomes = new Map<string, Set<Outcome>>();
  for (const finding of run.findings) {
    const known = outcomes.get(finding.subject) ?? new Set();
    outcomes.set(finding.subject, known.add(finding.outcome));
    if (finding.outcome !== 'failed') continue;
    const firstSeenAt = before.get(finding.subject)?.firstSeenAt ?? run.collectedAt;
    now.set(finding.subject, {
      subject: finding.subject,
      reason: finding.reason,
      firstSeenAt,
      lastSeenAt: run.collectedAt,
    });
  }
  const sawEverything = run.complete && outcome === 'failed';
  for (const failure of before.values()) {
    if (now.has(failure.subject)) continue;
    const seen = outcomes.get(failure.subject);
    const unseen = seen === undefined ? !sawEverything : seen.has('error') || seen.has('inconclusive');
    if (unseen) now.set(failure.subject, failure);
  }
  const all = [...now.values()];
  const doubtful =
    !sawEverything || run.findings.some(({ outcome }) => outcome === 'error' || outcome === 'inconclusive');
  const carried = doubtful ? (previous?.openFailuresOmitted ?? 0) : 0;
  return {
    listed: all.slice(0, OPEN_FAILURES_LISTED),
    omitted: Math.max(0, all.length - OPEN_FAILURES_LISTED) + carried,
  };
}
