import type { Plan } from '../../collectors/judge.ts';
import { reviewsOf, standingOf } from '../../posture/access/standing.ts';
import { type Content, Duration, type Instant } from '../../schemas/index.ts';
import { systemOf } from './pull.ts';

/** Where the reviews of one system stand, and what is left to do. Names nobody. */
export type Listed = {
  system: string;
  state: 'never' | 'open' | 'closed' | 'overdue';
  /** How often a review is promised to be closed. */
  every: Duration;
  lastClosedAt: Instant | null;
  nextDueAt: Instant | null;
  open: { id: string; dueAt: Instant; entries: number; undecided: number; withoutReason: number } | null;
};

/** The reviews of every system that lists who can get in. */
export function listReviews(plans: readonly Plan[], content: Content, now: Instant): Listed[] {
  return plans
    .filter(({ collector }) => collector.principals !== undefined)
    .map((plan): Listed => {
      const every = everyOf(plan);
      const { state, last, open, nextDueAt } = standingOf(reviewsOf(content, systemOf(plan)), every, now);
      const undecided = open?.data.entries.filter(({ decision }) => decision === null) ?? [];
      const silent = open?.data.entries.filter(({ decision, reason }) => decision !== null && reason === null) ?? [];
      return {
        system: systemOf(plan),
        state,
        every,
        lastClosedAt: last?.data.closed.at ?? null,
        nextDueAt,
        open: open
          ? {
              id: open.id,
              dueAt: open.data.dueAt,
              entries: open.data.entries.length,
              undecided: undecided.length,
              withoutReason: silent.length,
            }
          : null,
      };
    });
}

/** `every` of the intent that the collector declares, with its default. */
function everyOf({ collector, collection }: Plan): Duration {
  const expect = collector.expect.parse(collection.expect);
  const every = typeof expect === 'object' && expect !== null && 'every' in expect ? expect.every : undefined;
  return Duration.parse(every);
}

/** Two lines a system: where it stands, and what is left to do. */
export function listedText({ system, state, every, lastClosedAt, nextDueAt, open }: Listed): string {
  const last = lastClosedAt === null ? 'never reviewed' : `last closed ${lastClosedAt.slice(0, 10)}`;
  const next = nextDueAt === null ? '' : `, next by ${nextDueAt.slice(0, 10)}`;
  return `${state.padEnd(8)} ${system}  every ${every}, ${last}${next}\n         ${todo(system, open)}\n`;
}

function todo(system: string, open: Listed['open']): string {
  if (open === null) return `candor review open ${system} --reviewer NAME`;
  const { id, dueAt, entries, undecided, withoutReason } = open;
  if (undecided > 0) return `${id}: ${undecided} of ${entries} entries to decide by ${dueAt.slice(0, 10)}`;
  if (withoutReason > 0) return `${id}: ${withoutReason} decisions without a reason, by ${dueAt.slice(0, 10)}`;
  return `all decided; by ${dueAt.slice(0, 10)}: candor review close ${id} --reviewer NAME`;
}
