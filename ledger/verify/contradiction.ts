import { countOutcomes } from '../../posture/fold.ts';
import { after } from '../../posture/time.ts';
import { type CheckResult, type Evidence, Outcome } from '../../schemas/index.ts';

/**
 * How a record contradicts itself or the one before it, as no collector of this project writes it: a check that passed
 * over findings that did not, an observation that came after its own run or holds for longer than it may, a good state
 * that is said to have begun before the last record that knew of no such thing. Undefined when it does not.
 */
export function contradictionIn(record: Evidence, before: Evidence | undefined): string | undefined {
  const listed = countOutcomes(record.findings);
  const total = Outcome.options.reduce((sum, outcome) => sum + record.counts[outcome], 0);
  if (
    total !== record.findings.length + record.findingsOmitted ||
    Outcome.options.some((outcome) => listed[outcome] > record.counts[outcome])
  )
    return 'its counts are not those of its findings.';
  for (const check of record.checks) {
    const known = before?.checks.find((candidate) => candidate.check === check.check);
    const flaw = unearned(check, record) ?? misdated(check, record) ?? begunEarlier(check, known, before);
    if (flaw !== undefined) return `its check ${check.check} ${flaw}`;
  }
  return undefined;
}

/** A check passes only when something was judged, all was seen, and all of it passed. */
function unearned(check: CheckResult, { population, findings }: Evidence): string | undefined {
  if (check.outcome !== 'passed') return undefined;
  const { counts } = check;
  const bad = counts.failed + counts.error + counts.inconclusive;
  const found = findings.some((finding) => finding.check === check.check && !good.has(finding.outcome));
  if (bad > 0 || found || counts.passed === 0 || check.openFailures.length + check.openFailuresOmitted > 0)
    return 'passed, though not all that it found did.';
  return population?.complete === true ? undefined : 'passed, though not everything was looked at.';
}

const good: ReadonlySet<Outcome> = new Set(['passed', 'not-applicable']);

function misdated(check: CheckResult, { collectedAt, validFor }: Evidence): string | undefined {
  const { since, observedAt, lastPassedAt, validUntil } = check;
  const end = Date.parse(collectedAt);
  if ([since, observedAt, lastPassedAt].some((at) => at !== null && Date.parse(at) > end))
    return 'is dated after it was collected.';
  const until = observedAt === null ? null : after(observedAt, validFor);
  const isLonger = validUntil !== null && (until === null || Date.parse(validUntil) > Date.parse(until));
  return isLonger && check.outcome === 'passed' ? 'is called valid for longer than it may.' : undefined;
}

/** What the record before said otherwise did not begin before it. */
function begunEarlier(
  { outcome, since }: CheckResult,
  known: CheckResult | undefined,
  before: Evidence | undefined,
): string | undefined {
  if (known === undefined || before === undefined) return undefined;
  const earliest = known.outcome === outcome ? known.since : before.collectedAt;
  return Date.parse(since) < Date.parse(earliest)
    ? `is called ${outcome} since ${since}, which the record before contradicts.`
    : undefined;
}
