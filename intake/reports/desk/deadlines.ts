import { deadlineOf } from '../../../posture/business-time.ts';
import type { SlaClock, VulnerabilityReport, VulnerabilityState } from '../../../schemas/index.ts';
import type { LoggedTransition } from '../../lifecycle/chain.ts';

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

/** Assessed: what it is worth is known. */
const assessed: ReadonlySet<string> = new Set<VulnerabilityState>([
  ...(['triaged', 'confirmed', 'fixed', 'disclosed'] as const),
  ...(['duplicate', 'not-applicable', 'informative'] as const),
]);
/** Nothing else is promised. */
export const endStates: ReadonlySet<string> = new Set<VulnerabilityState>([
  ...(['disclosed', 'duplicate', 'not-applicable', 'informative', 'closed'] as const),
]);

/** Reads the milestones of a case out of its history, oldest first. A message to the reporter says so in its facts. */
export function milestonesOf(history: readonly Pick<LoggedTransition, 'to' | 'at' | 'facts'>[]): Milestones {
  const first = (is: (entry: (typeof history)[number]) => boolean) => history.find(is)?.at;
  const [opened, newest] = [history[0], history.at(-1)];
  if (opened === undefined || newest === undefined) throw new TypeError('a case without a history');
  const since = history.findLastIndex(({ to }) => to !== newest.to) + 1;
  return {
    received: opened.at,
    acknowledged: first(({ to, facts }) => to !== 'received' || facts.audience === 'reporter'),
    triaged: first(({ to }) => assessed.has(to)),
    confirmed: first(({ to }) => to === 'confirmed'),
    fixed: first(({ to }) => to === 'fixed'),
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
  if (milestones.ended !== undefined && milestones.disclosed === undefined) return [];
  return clocks
    .flatMap((clock) => {
      const start = startOf(clock, milestones);
      if (start === undefined || isOver(clock, milestones) || !isFor(clock, severity)) return [];
      return [{ clock: clock.id, title: clock.title, dueAt: new Date(deadlineOf(clock, start.getTime())) }];
    })
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}

function startOf(
  { starts }: SlaClock,
  { received, confirmed, fixed, disclosed, updated }: Milestones,
): Date | undefined {
  if (starts === 'receipt') return received;
  if (starts === 'confirmation') return confirmed;
  if (starts === 'resolution') return fixed;
  if (starts === 'publication') return disclosed;
  return starts === 'last-update' ? (updated ?? received) : undefined;
}

function isOver({ ends }: SlaClock, milestones: Milestones): boolean {
  if (ends === undefined) return true;
  // An update is owed again and again, until nothing else is to be said.
  if (ends === 'updated') return milestones.ended !== undefined;
  return milestones[ends] !== undefined;
}

function isFor({ severities }: SlaClock, severity: string | null | undefined): boolean {
  return severities.length === 0 || (typeof severity === 'string' && severities.includes(severity));
}
