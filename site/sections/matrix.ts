import type { Evidence, Id, Outcome } from '../../schemas/index.ts';
import { outcomes } from '../words/states.ts';

/** One subject with its outcome in each check that judged it. */
export type MatrixRow = { subject: string; outcomes: ReadonlyMap<Id, Outcome> };

/** The findings of a record by subject: those with anything but a pass, worst first, and those that passed. */
export function matrixOf({ findings }: Pick<Evidence, 'findings'>): { notPassed: MatrixRow[]; passed: MatrixRow[] } {
  const rows = [...Map.groupBy(findings, ({ subject }) => subject)].map(([subject, own]) => {
    const byCheck = new Map<Id, Outcome>();
    // A check that judged one subject twice shows the worse of the two.
    for (const { check, outcome } of own.toSorted((a, b) => rank(b.outcome) - rank(a.outcome)))
      byCheck.set(check, outcome);
    return { subject, outcomes: byCheck, worst: Math.min(...own.map(({ outcome }) => rank(outcome))) };
  });
  rows.sort((a, b) => a.worst - b.worst || a.subject.localeCompare(b.subject, 'en'));
  const good = rank('passed');
  return { notPassed: rows.filter(({ worst }) => worst < good), passed: rows.filter(({ worst }) => worst >= good) };
}

function rank(outcome: Outcome): number {
  return outcomes.indexOf(outcome);
}
