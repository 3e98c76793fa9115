import type { Assessment, Finding } from '../../index.ts';
import { findingsOf, populationOf, redactionsOf, type Verdict } from '../github-repositories/population.ts';
import type { Expect, Facts, Kind, Open, Raw, Scanned } from './schema.ts';

type Judged = { outcome: Finding['outcome']; reason: string };
type Judge = (scanned: Scanned) => Judged;

const DAY_MS = 86_400_000;

/** Judges what was read; pure. */
export function assess({ readAt, calls, counted, read, repositories }: Raw, expect: Expect): Assessment<Facts> {
  const ageOf = (at: string) => (Date.parse(readAt) - Date.parse(at)) / DAY_MS;
  const isOn = (promised: boolean, what: string, of: (scanned: Scanned) => boolean | null): Judge => {
    if (!promised) return () => ({ outcome: 'not-applicable', reason: `${what} is not promised.` });
    return (scanned) => switched(what, of(scanned));
  };
  const inTime = (promised: boolean, kind: Kind, of: (scanned: Scanned) => boolean | null): Judge => {
    if (!promised) return () => ({ outcome: 'not-applicable', reason: 'The scan is not promised.' });
    return (scanned) => {
      const on = of(scanned);
      if (on === null) return { outcome: 'inconclusive', reason: 'The token may not see whether the scan is on.' };
      return on ? overdue(scanned.open[kind], read.includes(kind), expect, ageOf) : off;
    };
  };
  const codeScanned = ({ codeScanning }: Scanned) => (codeScanning === null ? null : codeScanning !== 'off');
  const { secretScanning, pushProtection, dependencyAlerts, codeScanning } = expect;
  const judges: Record<string, Judge> = {
    'secret-scanning-is-on': isOn(secretScanning, 'Secret scanning', (each) => each.secretScanning),
    'push-protection-is-on': isOn(pushProtection, 'Push protection', (each) => each.pushProtection),
    'dependency-alerts-are-on': isOn(dependencyAlerts, 'Alerting of dependencies', (each) => each.dependencyAlerts),
    'code-was-scanned': codeScanning
      ? (scanned) => scanOf(scanned, expect, ageOf)
      : () => ({ outcome: 'not-applicable', reason: 'Code scanning is not promised.' }),
    'secrets-were-dealt-with-in-time': inTime(secretScanning, 'secret', (each) => each.secretScanning),
    'dependencies-were-dealt-with-in-time': inTime(dependencyAlerts, 'dependency', (each) => each.dependencyAlerts),
    'code-alerts-were-dealt-with-in-time': inTime(codeScanning, 'code', codeScanned),
  };
  const verdicts = repositories.flatMap((scanned) =>
    Object.entries(judges).map(([check, judge]): Verdict => {
      const { subject, notJudged } = scanned;
      if (notJudged !== null) return { check, subject, outcome: 'not-applicable', reason: notJudged };
      return { check, subject, ...judge(scanned) };
    }),
  );
  const openOf = (kind: Kind) => repositories.flatMap((scanned) => scanned.open[kind]);
  const count = (kind: Kind) => (read.includes(kind) ? openOf(kind).reduce((sum, each) => sum + each.count, 0) : null);
  const critical = [...openOf('dependency'), ...openOf('code')].filter(({ severity }) => severity === 'critical');
  return {
    population: populationOf(counted, { expect }),
    findings: findingsOf(verdicts),
    facts: {
      repositories: counted.total,
      openDependencyAlerts: count('dependency'),
      openCodeAlerts: count('code'),
      openSecretAlerts: count('secret'),
      oldestCriticalOn: critical.map(({ oldestAt }) => dayOf(oldestAt)).toSorted()[0] ?? null,
      apiCalls: calls,
    },
    redactions: redactionsOf(counted),
  };
}

/** Dates, not ages: a record that says the same as yesterday is not written anew. */
function dayOf(at: string): string {
  return at.slice(0, 10);
}

const off: Judged = { outcome: 'not-applicable', reason: 'The scan is off, so that there are no alerts to deal with.' };

function switched(what: string, on: boolean | null): Judged {
  if (on === null)
    return { outcome: 'inconclusive', reason: `The token may not see whether ${what.toLowerCase()} is on.` };
  return on ? { outcome: 'passed', reason: `${what} is on.` } : { outcome: 'failed', reason: `${what} is off.` };
}

function scanOf({ codeScanning }: Scanned, { codeScannedWithinDays }: Expect, ageOf: (at: string) => number): Judged {
  if (codeScanning === null)
    return { outcome: 'inconclusive', reason: 'The token may not see whether code is scanned.' };
  if (codeScanning === 'off') return { outcome: 'failed', reason: 'Its default branch was never scanned.' };
  const days = ageOf(codeScanning.lastAt);
  if (days > codeScannedWithinDays)
    return {
      outcome: 'failed',
      reason: `Its default branch was last scanned on ${dayOf(codeScanning.lastAt)}; promised is every ${codeScannedWithinDays} days.`,
    };
  return {
    outcome: 'passed',
    reason: `Its default branch was scanned within the promised ${codeScannedWithinDays} days.`,
  };
}

function overdue(
  open: readonly Open[],
  isRead: boolean,
  { alertDays, secretDays }: Expect,
  ageOf: (at: string) => number,
): Judged {
  if (!isRead) return { outcome: 'inconclusive', reason: 'The token may not see all open alerts.' };
  const late = open
    .map(({ severity, oldestAt }) => ({
      severity,
      oldestAt,
      days: ageOf(oldestAt),
      promised: severity === null ? secretDays : alertDays[severity],
    }))
    .filter(({ days, promised }) => days > promised)
    .map(
      ({ severity, oldestAt, promised }) =>
        `${severity ?? 'a secret'} since ${dayOf(oldestAt)} (promised: ${promised} days)`,
    );
  if (late.length > 0) return { outcome: 'failed', reason: `Alerts are open for too long: ${late.join(', ')}.` };
  const count = open.reduce((sum, each) => sum + each.count, 0);
  return {
    outcome: 'passed',
    reason: count === 0 ? 'No alert is open.' : `Open alerts, none for too long: ${count}.`,
  };
}
