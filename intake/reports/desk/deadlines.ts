import { deadlineOf } from '../../../posture/business-time.ts';
import { endStates, type Milestones, runOf } from '../../../posture/report-clocks.ts';
import type { SlaClock, VulnerabilityReport, VulnerabilityState } from '../../../schemas/index.ts';
import type { LoggedTransition } from '../../lifecycle/chain.ts';

/** Assessed: what it is worth is known. */
const assessed: ReadonlySet<string> = new Set<VulnerabilityState>([
  ...(['triaged', 'confirmed', 'fixed', 'disclosed'] as const),
  ...(['duplicate', 'not-applicable', 'informative'] as const),
]);

/** Reads the milestones of a case out of its history, oldest first. A message to the reporter says so in its facts. */
export function milestonesOf(history: readonly Pick<LoggedTransition, 'to' | 'at' | 'facts'>[]): Milestones {
  const first = (is: (entry: (typeof history)[number]) => boolean) => history.find(is)?.at;
  const [opened, newest] = [history[0], history.at(-1)];
  if (opened === undefined || newest === undefined) throw new TypeError('a case without a history');
  const since = history.findLastIndex(({ to }) => to !== newest.to) + 1;
  // A fix after which it was confirmed again, or opened again, is none.
  const undone = history.findLastIndex(({ to }) => to === 'triaged' || to === 'confirmed');
  return {
    received: opened.at,
    acknowledged: first(({ to, facts }) => to !== 'received' || facts.audience === 'reporter'),
    triaged: first(({ to }) => assessed.has(to)),
    confirmed: first(({ to }) => to === 'confirmed'),
    fixed: history.slice(undone + 1).find(({ to }) => to === 'fixed')?.at,
    disclosed: first(({ to }) => to === 'disclosed'),
    updated: history.findLast(({ facts }) => facts.audience === 'reporter')?.at,
    ended: endStates.has(newest.to) ? history[since]?.at : undefined,
  };
}

/** A promise that runs, and until when it can be kept. */
export type Deadline = { clock: string; title: string; dueAt: Date };

/** The promises that run in a case, the next one first. Clocks without `ends` are for readers, not for cases. */
export function deadlinesOf(
  clocks: readonly SlaClock[],
  milestones: Milestones,
  severity: VulnerabilityReport['severity'] | null,
): Deadline[] {
  return clocks
    .flatMap((clock) => {
      const run = runOf(clock, milestones, severity);
      if (run === undefined || run.to !== undefined) return [];
      return [{ clock: clock.id, title: clock.title, dueAt: new Date(deadlineOf(clock, run.from.getTime())) }];
    })
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}
