import { type CaseEntry, dueAt, runsOf } from '../../../posture/report-clocks.ts';
import { type SlaClock, VulnerabilityReport } from '../../../schemas/index.ts';
import type { LoggedTransition } from '../../lifecycle/chain.ts';

const Severity = VulnerabilityReport.shape.severity;

/** What the clocks of a case follow from. A message to the reporter, and how severe it is called, stand in the facts. */
export function entriesOf(history: readonly Pick<LoggedTransition, 'to' | 'at' | 'facts'>[]): CaseEntry[] {
  return history.map(({ to, at, facts }) => {
    return { to, at, told: facts.audience === 'reporter', severity: Severity.safeParse(facts.severity).data };
  });
}

/** A promise that runs, and until when it can be kept. */
export type Deadline = { clock: string; title: string; dueAt: Date };

/** The promises that run in a case, the next one first. Clocks without `ends` are for readers, not for cases. */
export function deadlinesOf(clocks: readonly SlaClock[], history: readonly CaseEntry[]): Deadline[] {
  return clocks
    .flatMap((clock) => {
      const due = dueAt(clock, runsOf(clock, history));
      return due === undefined ? [] : [{ clock: clock.id, title: clock.title, dueAt: due }];
    })
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}
