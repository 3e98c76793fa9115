import {
  type AccessReview,
  type CandorError,
  candorError,
  Id,
  type Instant,
  type Location,
} from '../../schemas/index.ts';
import { decidedByHolder } from './identity.ts';
import { listDigest, sealOf, signOffDigest } from './seal.ts';

/** A clock may run ahead of ours by this much. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/** Something wrong with a review file: the error, for the place of `path` in the file. */
export type Complaint = { path: (string | number)[]; error: (at: Location) => CandorError };

/** Finds the name that was probably meant; the loader has one. */
export type Nearest = (word: string, known: Iterable<string>) => string | undefined;

/** What is wrong with a review file at any time: a list edited by hand, times that cannot be, decisions that say nothing. */
export function complaints(review: AccessReview, now: Instant, nearest: Nearest): Complaint[] {
  return [...times(review, now), ...tampering(review), ...roles(review, nearest), ...reasons(review, nearest)];
}

/** What keeps a review from being closed by `reviewer`: undecided, unreasoned, incomplete, or of oneself. */
export function closingComplaints(review: AccessReview, reviewer: string): Complaint[] {
  const { entries, list } = review;
  const undecided = indexes(entries, ({ decision }) => decision === null);
  const unreasoned = indexes(entries, ({ decision, reason }) => decision !== null && reason === null);
  const found: Complaint[] = [];
  if (!list.complete && review.incomplete === undefined) {
    const { read, reportedTotal } = list;
    const error = (at: Location) => candorError('ReviewListIncomplete', { read, reportedTotal }, at);
    found.push({ path: ['list', 'complete'], error });
  }
  const [first] = undecided;
  if (first !== undefined) {
    const counts = { undecided: undecided.length, entries: entries.length };
    found.push({ path: ['entries', first, 'decision'], error: (at) => candorError('ReviewUndecided', counts, at) });
  }
  const [silent] = unreasoned;
  if (silent !== undefined) {
    const missing = unreasoned.length;
    found.push({
      path: ['entries', silent, 'reason'],
      error: (at) => candorError('ReviewReasonMissing', { missing }, at),
    });
  }
  for (const [index, entry] of entries.entries()) {
    const holder = decidedByHolder(entry, review.reviewer, reviewer);
    if (holder === undefined) continue;
    const parameters = { reviewer: holder, entry: entry.pulled.name };
    const path = ['entries', index, ...(entry.reviewedBy === undefined ? ['pulled', 'name'] : ['reviewedBy'])];
    found.push({ path, error: (at) => candorError('ReviewOfOneself', parameters, at) });
  }
  return found;
}

function times({ openedAt, dueAt, closed, list }: AccessReview, now: Instant): Complaint[] {
  const latest = Date.parse(now) + CLOCK_SKEW_MS;
  const wrong = (path: string[], value: Instant, problem: string): Complaint => ({
    path,
    error: (at) => candorError('ReviewTimeImpossible', { field: path.join('.'), value, problem }, at),
  });
  const future = 'it lies in the future';
  return [
    ...(Date.parse(openedAt) > latest ? [wrong(['openedAt'], openedAt, future)] : []),
    ...(list.asOf !== null && Date.parse(list.asOf) > Date.parse(openedAt) + CLOCK_SKEW_MS
      ? [wrong(['list', 'asOf'], list.asOf, 'the review was opened before it')]
      : []),
    ...(Date.parse(dueAt) <= Date.parse(openedAt) ? [wrong(['dueAt'], dueAt, 'the review was opened after it')] : []),
    ...(closed !== undefined && Date.parse(closed.at) > latest ? [wrong(['closed', 'at'], closed.at, future)] : []),
    ...(closed !== undefined && Date.parse(closed.at) < Date.parse(openedAt)
      ? [wrong(['closed', 'at'], closed.at, 'the review was opened after it')]
      : []),
  ];
}

function tampering(review: AccessReview): Complaint[] {
  const changed = (path: (string | number)[], problem: string): Complaint => ({
    path,
    error: (at) => candorError('ReviewListChanged', { problem }, at),
  });
  const { entries, list } = review;
  const first = new Map<string, number>();
  const found = entries.flatMap(({ pulled }, index) => {
    const twin = first.get(pulled.key);
    first.set(pulled.key, twin ?? index);
    if (twin !== undefined) return [changed(['entries', index, 'pulled'], 'this entry stands there twice')];
    return sealOf(pulled) === pulled.seal
      ? []
      : [changed(['entries', index, 'pulled', 'seal'], 'this entry is not what was pulled; its seal does not match')];
  });
  // One entry that was edited says more than a digest over all.
  if (found.length > 0) return found;
  if (entries.length !== list.read)
    return [changed(['list', 'read'], `${list.read} entries were pulled, and there are ${entries.length}`)];
  if (listDigest(review) !== list.digest)
    return [changed(['list', 'digest'], 'its head, its dates or its entries are not those that were pulled')];
  const signed = signOffDigest(review);
  if (signed === undefined || signed === review.closed?.digest) return [];
  return [{ path: ['closed', 'digest'], error: (at) => candorError('ReviewSignOffChanged', {}, at) }];
}

function roles({ entries }: AccessReview, nearest: Nearest): Complaint[] {
  const known = new Set(entries.flatMap(({ pulled }) => pulled.roles));
  return entries.flatMap(({ pulled, decision, roles: remaining }, index) => {
    if (decision !== 'change' || remaining === undefined) return [];
    const wrong = (path: (string | number)[], problem: string, suggestion?: string): Complaint => ({
      path: ['entries', index, 'roles', ...path],
      error: (at) => candorError('ReviewRolesInvalid', { problem, suggestion }, at),
    });
    const unknown = remaining.findIndex((role) => !known.has(role));
    const word = remaining[unknown];
    if (word !== undefined)
      return [wrong([unknown], `\`${word}\` is a role of nobody in this list`, nearest(word, known))];
    if (remaining.length === 0 && pulled.roles.length === 0) return [wrong([], 'it has none that could be taken')];
    return pulled.roles.every((role) => remaining.includes(role)) ? [wrong([], 'nothing is taken away')] : [];
  });
}

function reasons({ entries, reasons: shared }: AccessReview, nearest: Nearest): Complaint[] {
  return entries.flatMap(({ reason }, index) => {
    // A sentence has spaces; a name has none.
    if (reason === null || Object.hasOwn(shared, reason) || !Id.safeParse(reason).success) return [];
    const parameters = { reason, suggestion: nearest(reason, Object.keys(shared)) };
    return [
      {
        path: ['entries', index, 'reason'],
        error: (at: Location) => candorError('ReviewReasonUnknown', parameters, at),
      },
    ];
  });
}

function indexes<T>(items: readonly T[], test: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (test(item) ? [index] : []));
}
