import { type Decided, decisionsInForce, finderIn, rolesTaken } from '../../posture/access/decided.ts';
import { decidedByHolder, marksOf } from '../../posture/access/identity.ts';
import { type ClosedReview, closedReviews, standingOf } from '../../posture/access/standing.ts';
import {
  dayText as day,
  durationMs,
  durationText,
  type Finding,
  type PrincipalList,
  type ReviewEntry,
} from '../../schemas/index.ts';
import type { AccessCheck } from './checks.ts';
import type { AccessIntent, AccessRaw } from './schema.ts';

/** How a review is called where it is published: its file’s name is for people who may read it. */
function subjectOf({ data }: Pick<ClosedReview, 'data'>): string {
  return `review of ${data.openedAt.slice(0, 10)}`;
}

/** What the checks say of the reviews, and of the list that was pulled since. */
export function judgeReviews(raw: AccessRaw, intent: AccessIntent): Finding[] {
  const closed = closedReviews(raw.reviews);
  const last = standingOf(raw.reviews, intent.every, raw.now).last;
  return [
    inTime(raw, intent),
    bySomebodyElse(last),
    ...carriedOut('revoked-access-is-gone', 'revoke', closed, raw.list),
    ...carriedOut('changed-roles-were-changed', 'change', closed, raw.list),
  ];
}

function inTime({ reviews, now }: AccessRaw, { every }: AccessIntent): Finding {
  const { state, last, open, nextDueAt } = standingOf(reviews, every, now);
  const about = { check: 'reviewed-in-time', subject: 'reviews' } as const;
  if (last === undefined || nextDueAt === null)
    return {
      ...about,
      outcome: 'failed',
      reason:
        open === undefined
          ? 'It was never reviewed.'
          : `Its first review was opened on ${day(open.data.openedAt)}; none was ever closed.`,
    };
  const { closed, list, openedAt } = last.data;
  if (Date.parse(closed.at) - Date.parse(list.asOf ?? openedAt) > durationMs(every))
    return {
      ...about,
      outcome: 'failed',
      reason: `The list was older than ${durationText(every)} when its review was closed.`,
    };
  if (Date.parse(now) > Date.parse(nextDueAt))
    return {
      ...about,
      outcome: 'failed',
      reason: `The last review was closed on ${day(closed.at)}; the next was due by ${day(nextDueAt)}.`,
    };
  if (state === 'overdue' && open !== undefined)
    return {
      ...about,
      outcome: 'failed',
      reason: `The review of ${day(open.data.openedAt)} was to be closed by ${day(open.data.dueAt)}.`,
    };
  if (!list.complete)
    return {
      ...about,
      outcome: 'inconclusive',
      reason: `The list that was reviewed on ${day(closed.at)} was not shown to be complete.`,
    };
  if (list.asOf === null)
    return {
      ...about,
      outcome: 'inconclusive',
      reason: `When the list was made that was reviewed on ${day(closed.at)} is not known.`,
    };
  return {
    ...about,
    outcome: 'passed',
    reason: `The last review was closed on ${day(closed.at)}; the next is due by ${day(nextDueAt)}.`,
  };
}

function bySomebodyElse(last: ClosedReview | undefined): Finding {
  const check = 'decided-by-somebody-else';
  if (last === undefined)
    return { check, subject: 'reviews', outcome: 'inconclusive', reason: 'No review was ever closed.' };
  const { entries, closed, reviewer } = last.data;
  const about = { check, subject: subjectOf(last) };
  const undecided = entries.filter(({ decision }) => decision === null).length;
  const own = entries.filter((entry) => decidedByHolder(entry, reviewer, closed.by) !== undefined).length;
  if (own > 0)
    return {
      ...about,
      outcome: 'failed',
      reason: `${own} of ${entries.length} entries ${was(own)} decided by the holder.`,
    };
  if (undecided > 0)
    return {
      ...about,
      outcome: 'failed',
      reason: `${undecided} of ${entries.length} entries ${was(undecided)} never decided.`,
    };
  return { ...about, outcome: 'passed', reason: `All ${entries.length} entries were decided by somebody else.` };
}

/** For each closed review: whether what it took away, and no later review gave back, is still there. */
function carriedOut(
  check: AccessCheck,
  decision: 'revoke' | 'change',
  closed: readonly ClosedReview[],
  list: PrincipalList,
): Finding[] {
  if (closed.length === 0)
    return [{ check, subject: 'reviews', outcome: 'inconclusive', reason: 'No review was ever closed.' }];
  const remaining = remainingIn(list, closed);
  const isOther = !isOfSameSystem(list, closed);
  const inForce = Map.groupBy(decisionsInForce(closed).values(), ({ review }) => review.id);
  return closed.map((review): Finding => {
    const about = { check, subject: subjectOf(review) };
    const all = (inForce.get(review.id) ?? []).filter(({ entry }) => entry.decision === decision);
    const still = all.filter(remaining).length;
    if (list.asOf === null || Date.parse(list.asOf) <= Date.parse(review.data.closed.at))
      return { ...about, outcome: 'inconclusive', reason: words.unknown };
    if (still > 0) return { ...about, outcome: 'failed', reason: words[decision].still(still, all.length) };
    if (!list.complete) return { ...about, outcome: 'inconclusive', reason: words.partial };
    if (isOther) return { ...about, outcome: 'inconclusive', reason: words.other };
    if (decision === 'change' && list.unseen.includes('roles') && all.length > 0)
      return { ...about, outcome: 'inconclusive', reason: 'Not all roles could be seen.' };
    const ever = review.data.entries.filter((entry) => entry.decision === decision).length;
    return { ...about, outcome: 'passed', reason: words[decision].done(all.length, ever) };
  });
}

const words = {
  unknown: 'No list was made after the sign-off, so nothing shows what has become of it.',
  partial: 'The list is not shown to be complete, so what is missing in it may still be there.',
  other: 'Nobody of the last review is in the list, so it may be of something else, or by other ids.',
  revoke: {
    still: (still: number, all: number) =>
      `${still} of ${all} that it revoked ${still === 1 ? 'is' : 'are'} still there.`,
    done: (all: number, ever: number) =>
      ever === 0
        ? 'It revoked nothing.'
        : all === 0
          ? 'A later review has decided anew about what it revoked.'
          : all === 1
            ? 'The one that it revoked is gone.'
            : `All ${all} that it revoked are gone.`,
  },
  change: {
    still: (still: number, all: number) =>
      `${still} of ${all} that it changed still ${still === 1 ? 'has' : 'have'} what was taken away.`,
    done: (all: number, ever: number) =>
      ever === 0
        ? 'It changed nothing.'
        : all === 0
          ? 'A later review has decided anew about what it changed.'
          : all === 1
            ? 'The one that it changed has lost what was taken away.'
            : `All ${all} that it changed have lost what was taken away.`,
  },
} as const;

/** Whether a decision was not carried out: the principal is there, with something that the decision took away. */
function remainingIn(list: PrincipalList, closed: readonly ClosedReview[]): (decided: Decided) => boolean {
  const find = finderIn(list);
  const decisions = decisionsInForce(closed);
  const rank = new Map(closed.map(({ id }, index) => [id, index]));
  return ({ review, entry }) => {
    const taken = rolesTaken(entry);
    return find(entry.pulled).some(({ key, roles }) => {
      const other = decisions.get(key);
      // The same name under a new key may have been reviewed, and kept, since.
      if (other !== undefined && (rank.get(other.review.id) ?? 0) > (rank.get(review.id) ?? 0)) return false;
      // Two accounts that were alike when both were looked at are two: somebody’s own one, and the one for the night shift.
      if (other !== undefined && other.review === review && other.entry !== entry && areAlike(other, entry, list))
        return false;
      return entry.decision === 'revoke' || taken.some((role) => roles.includes(role));
    });
  };
}

function areAlike({ entry }: Decided, { pulled }: ReviewEntry, { namesAreUnique }: PrincipalList): boolean {
  const marks = new Set(marksOf(pulled, namesAreUnique));
  return marksOf(entry.pulled, namesAreUnique).some((mark) => marks.has(mark));
}

/**
 * Whether the list has anybody of the last review in it. Where all of them are missing, also those whom it left, the list
 * may be of something else, or by other ids; what was revoked could not be found in it either.
 */
function isOfSameSystem(list: PrincipalList, closed: readonly ClosedReview[]): boolean {
  const find = finderIn(list);
  const entries = closed.at(-1)?.data.entries ?? [];
  const leftNobody = entries.every(({ decision }) => decision === 'revoke');
  return leftNobody || entries.some(({ pulled }) => find(pulled).length > 0);
}

/** How many revocations in force the list shows to be gone; null when it cannot show it. */
export function provenGone({ list, reviews }: AccessRaw): number | null {
  const closed = closedReviews(reviews);
  if (closed.length === 0 || !list.complete || list.asOf === null || !isOfSameSystem(list, closed)) return null;
  const asOf = Date.parse(list.asOf);
  const remaining = remainingIn(list, closed);
  return [...decisionsInForce(closed).values()].filter(
    (decided) =>
      decided.entry.decision === 'revoke' && asOf > Date.parse(decided.review.data.closed.at) && !remaining(decided),
  ).length;
}
const was = (count: number) => (count === 1 ? 'was' : 'were');
