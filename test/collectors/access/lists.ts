import type { Collector, Known } from '../../../collectors/define.ts';
import { openReview } from '../../../posture/access/open.ts';
import { signOffDigest } from '../../../posture/access/seal.ts';
import type {
  AccessDecision,
  AccessReview,
  Entry,
  Finding,
  Instant,
  Principal,
  PrincipalList,
} from '../../../schemas/index.ts';
import { contentWith } from '../../posture/worlds.ts';

export const NOW = '2026-11-03T09:00:00.000Z';

/** The instant so many days after NOW. */
export function daysOn(days: number): Instant {
  return new Date(Date.parse(NOW) + days * 86_400_000).toISOString();
}

/** A person with a second factor who was active yesterday. */
export function person(name: string, more: Partial<Principal> = {}): Principal {
  return {
    name,
    key: `id-${name}`,
    kind: 'person',
    roles: ['member'],
    outside: false,
    secondFactor: true,
    lastActiveAt: daysOn(-1),
    createdAt: daysOn(-400),
    expiresAt: null,
    also: [],
    ...more,
  };
}

/** A whole list, as of `asOf`. */
export function listOf(principals: Principal[], more: Partial<PrincipalList> = {}): PrincipalList {
  return {
    asOf: NOW,
    reportedTotal: principals.length,
    complete: true,
    namesAreUnique: true,
    unseen: [],
    principals,
    ...more,
  };
}

/** What is decided, by the name of the entry; all others are kept. */
export type Decisions = Record<string, AccessDecision | { roles: string[] }>;

/** A review that `Rita`, who is in no list, opened and closed: all kept but what `decisions` say by name. */
export function closedReview(
  list: PrincipalList,
  decisions: Decisions = {},
  { at = NOW, by = 'Rita', system = 'store/import-access', id = 'store-review' } = {},
): Entry<AccessReview> {
  const open = openedReview(list, { at, system, id }).data;
  const entries = open.entries.map((entry) => {
    const said = decisions[entry.pulled.name] ?? 'keep';
    return typeof said === 'string'
      ? { ...entry, decision: said, reason: 'Needed for the work.' }
      : { ...entry, decision: 'change' as const, roles: said.roles, reason: 'Not needed any more.' };
  });
  const unsigned = { ...open, entries, closed: { at, by, digest: '' } };
  const closed = { at, by, digest: signOffDigest(unsigned) ?? '' };
  return { id, file: `access-reviews/${id}.yaml`, data: { ...unsigned, closed } };
}

/** A review in which nothing is decided. */
export function openedReview(
  list: PrincipalList,
  { at = NOW, system = 'store/import-access', id = 'store-open', dueDays = 14 } = {},
): Entry<AccessReview> {
  const opening = {
    system,
    reviewer: 'Rita',
    reviewerRole: undefined,
    openedAt: at,
    dueAt: new Date(Date.parse(at) + dueDays * 86_400_000).toISOString(),
    previous: undefined,
  };
  return { id, file: `access-reviews/${id}.yaml`, data: openReview(opening, { ...list, asOf: at }) };
}

/** What is known when the source `store` is read at `now`. */
export function knownWith(accessReviews: Entry<AccessReview>[], now: Instant = NOW): Known {
  return { source: 'store', now, content: contentWith({ accessReviews }), evidence: [] };
}

/** A context for `collect` of a source. */
export function contextOf<Expect>(connection: Record<string, string>, expect: Expect) {
  const signal = new AbortController().signal;
  return { connection, expect, allowIntrusive: false, signal, progress: () => undefined };
}

/** The outcome of each check, all findings together, worst first. */
export function outcomesOf(collector: Pick<Collector, 'checks'>, findings: readonly Finding[]): Record<string, string> {
  const order = ['failed', 'error', 'inconclusive', 'passed', 'not-applicable'];
  return Object.fromEntries(
    Object.keys(collector.checks).map((check) => {
      const own = new Set(findings.filter((finding) => finding.check === check).map(({ outcome }) => String(outcome)));
      return [check, order.find((outcome) => own.has(outcome)) ?? 'empty'];
    }),
  );
}
