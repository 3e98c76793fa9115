import { createHash } from 'node:crypto';
import type { Assessment, Finding } from '../../index.ts';
import type { CheckRun, Expect, Facts, Raw, Suite } from './schema.ts';

type Judged = { outcome: Finding['outcome']; reason: string };

const DAY_MS = 86_400_000;

/** Judges what was read; pure. A report that could not be used leaves everything incomplete, so that nothing passes. */
export function assess({ readAt, reports, flaws, suites, checkRuns }: Raw, expect: Expect): Assessment<Facts> {
  const recent = (at: string | null) => recencyOf(at, readAt, expect);
  const none: Judged = { outcome: 'inconclusive', reason: 'There is no report at all.' };
  const findings = suites.flatMap((suite): Finding[] => {
    const ran = suite.tests > 0;
    const nothing: Judged = { outcome: 'not-applicable', reason: 'No test ran, so that there is nothing to judge.' };
    const about = (check: string, judged: Judged) => ({
      check,
      subject: suite.label,
      ...(reports === 0 ? none : judged),
    });
    return [
      about('enough-tests-ran', enough(suite, expect)),
      about('no-test-failed', ran || suite.failures > 0 ? failures(suite) : nothing),
      about('no-test-was-skipped', ran ? skips(suite, expect) : nothing),
      about('results-are-recent', ran ? recent(suite.oldestAt) : nothing),
    ];
  });
  for (const run of checkRuns?.runs ?? []) {
    findings.push({ check: 'check-runs-succeeded', subject: run.name, ...success(run) });
    if (run.state === 'succeeded' || run.state === 'not-succeeded')
      findings.push({ check: 'results-are-recent', subject: run.name, ...recent(run.completedAt) });
  }
  const undeclared = (checks: readonly string[], subject: string): Finding[] =>
    checks.map((check) => ({ check, subject, outcome: 'not-applicable', reason: 'None are declared.' }));
  if (suites.length === 0)
    findings.push(...undeclared(['enough-tests-ran', 'no-test-failed', 'no-test-was-skipped'], 'test reports'));
  if (checkRuns === null) findings.push(...undeclared(['check-runs-succeeded'], 'check runs'));
  const sum = (of: 'tests' | 'failures' | 'skipped') => suites.reduce((total, suite) => total + suite[of], 0);
  const dates = [...suites.map(({ oldestAt }) => oldestAt), ...(checkRuns?.runs ?? []).map((run) => run.completedAt)];
  return {
    population: {
      description: `The declared suites of tests and check runs${flawed(flaws)}`,
      queryDigest: createHash('sha256').update(JSON.stringify(expect)).digest('hex'),
      count: suites.length + (checkRuns?.runs.length ?? 0),
      complete: flaws.length === 0 && checkRuns?.complete !== false,
    },
    findings,
    facts: {
      reports,
      reportsUnusable: flaws.length,
      tests: sum('tests'),
      failures: sum('failures'),
      skipped: sum('skipped'),
      oldestResultOn:
        dates
          .filter((at) => at !== null)
          .toSorted()[0]
          ?.slice(0, 10) ?? null,
      checkRuns: checkRuns?.runs.filter(({ state }) => state !== 'missing').length ?? 0,
    },
  };
}

function flawed(flaws: readonly string[]): string {
  if (flaws.length === 0) return '.';
  return `. Reports that could not be used: ${flaws.length} (${[...new Set(flaws)].sort().join(', ')}).`;
}

function enough({ label, tests, skipped, parts }: Suite, { suites }: Expect): Judged {
  const atLeast = suites[label]?.atLeast ?? 1;
  if (parts === 0) return { outcome: 'failed', reason: 'No report has a suite of that name: no test ran.' };
  const ran = tests - skipped;
  if (tests > 0 && ran === 0) return { outcome: 'failed', reason: `No test ran: all of them were skipped, ${tests}.` };
  if (ran < atLeast) return { outcome: 'failed', reason: `Tests that ran: ${ran}; promised are at least ${atLeast}.` };
  return { outcome: 'passed', reason: `Tests that ran: ${ran}; promised are at least ${atLeast}.` };
}

function failures({ tests, failures: failed }: Suite): Judged {
  if (failed > 0) return { outcome: 'failed', reason: `Failed tests: ${failed} of ${Math.max(tests, failed)}.` };
  return { outcome: 'passed', reason: `Failed tests: none of ${tests}.` };
}

function skips({ label, tests, skipped }: Suite, { suites }: Expect): Judged {
  const may = suites[label]?.maySkip ?? 0;
  const reason = `Skipped tests: ${skipped} of ${tests}; ${may === 0 ? 'none' : `at most ${may}`} may be.`;
  return { outcome: skipped > may ? 'failed' : 'passed', reason };
}

function recencyOf(at: string | null, readAt: string, { maxAgeDays }: Expect): Judged {
  if (at === null) return { outcome: 'inconclusive', reason: 'It does not say when it ran.' };
  const day = at.slice(0, 10);
  // An hour of difference between two clocks is nothing to doubt.
  if (Date.parse(at) > Date.parse(readAt) + DAY_MS / 24)
    return { outcome: 'inconclusive', reason: `It says that it ran in the future, on ${day}.` };
  const days = (Date.parse(readAt) - Date.parse(at)) / DAY_MS;
  if (days > maxAgeDays)
    return { outcome: 'failed', reason: `It last ran on ${day}; promised is at most ${maxAgeDays} days ago.` };
  return { outcome: 'passed', reason: `It ran within the promised ${maxAgeDays} days.` };
}

function success({ state }: CheckRun): Judged {
  const judged: Record<CheckRun['state'], Judged> = {
    succeeded: { outcome: 'passed', reason: 'It succeeded.' },
    'not-succeeded': {
      outcome: 'failed',
      reason: 'It did not succeed: it failed, or was skipped, cancelled or neutral.',
    },
    running: { outcome: 'inconclusive', reason: 'It is not done yet.' },
    missing: { outcome: 'failed', reason: 'There is no check run of that name on the commit.' },
  };
  return judged[state];
}
