import { changedSince, entriesOf, isGain } from '../../posture/access/changes.ts';
import { reviewsOf, standingOf } from '../../posture/access/standing.ts';
import { sha256 } from '../../posture/digest.ts';
import type { AccessDecision, PrincipalKind, PrincipalList } from '../../schemas/index.ts';
import type { Assessment, Known } from '../define.ts';
import { grouped } from './findings.ts';
import { judgeList, judgePrincipals } from './people.ts';
import { judgeReviews, provenGone } from './reviews.ts';
import type { AccessFacts, AccessIntent, AccessRaw } from './schema.ts';

/** What a collector says about its system, for the judgement of its list. */
export type System = {
  /** What the list holds and how it was found; public. */
  description: string;
  /** What was asked, for the digest of the query. */
  queries: string;
  /** The system’s own words for roles, the most powerful first; these are public. */
  ownRoles: readonly string[];
  /** Those of them that make an administrator. */
  administratorRoles: readonly string[];
  /** The checks that this system can answer. */
  checks: Readonly<Record<string, unknown>>;
};

/** The Raw of a list that was just pulled: with the reviews of it, which it is judged against. */
export function withReviews(list: PrincipalList, collector: string, { content, now, source }: Known): AccessRaw {
  return { now, list, reviews: reviewsOf(content, `${source}/${collector}`) };
}

/** Judges a list and its reviews; pure. Subjects are counts, and nothing that is returned names anybody. */
export function assessAccess(pulled: AccessRaw, intent: AccessIntent, system: System): Assessment<AccessFacts> {
  const raw = { ...pulled, list: { ...pulled.list, complete: isWhole(pulled.list) } };
  const { list, now } = raw;
  const publicRoles = [...new Set([...system.ownRoles, ...intent.publicRoles])];
  const findings = [
    ...judgeList(list, intent, system.administratorRoles),
    ...grouped(judgePrincipals(list, intent, now), publicRoles),
    ...judgeReviews(raw, intent),
  ];
  return {
    population: {
      description: system.description,
      queryDigest: sha256(system.queries),
      count: list.principals.length,
      complete: list.complete,
    },
    findings: findings.filter(({ check }) => Object.hasOwn(system.checks, check)),
    facts: factsOf(raw, intent, publicRoles),
    redactions: [
      {
        what: 'Names, keys, e-mail addresses, and roles whose names are not public',
        why: 'They say who has access; they are counted.',
        count: list.principals.length,
      },
    ],
  };
}

/**
 * Whether all is known to be there: nothing hidden, and as many as the system itself says. A list of nobody was not read,
 * and proves no removal.
 */
function isWhole({ complete, reportedTotal, principals }: PrincipalList): boolean {
  return complete && principals.length > 0 && reportedTotal === principals.length;
}

function factsOf(raw: AccessRaw, { every }: AccessIntent, publicRoles: readonly string[]): AccessFacts {
  const { list, reviews, now } = raw;
  const { principals } = list;
  const { state, last, open, nextDueAt } = standingOf(reviews, every, now);
  const before = last && entriesOf(last.data);
  const ofKind = (kind: PrincipalKind) => principals.filter((principal) => principal.kind === kind).length;
  const decided = (decision: AccessDecision) =>
    last === undefined ? null : last.data.entries.filter((entry) => entry.decision === decision).length;
  const held = publicRoles
    .map((role) => ({ role, count: principals.filter(({ roles }) => roles.includes(role)).length }))
    .filter(({ count }) => count > 0);
  return {
    people: ofKind('person'),
    bots: ofKind('bot'),
    apps: ofKind('app'),
    keys: ofKind('key'),
    invitations: ofKind('invitation'),
    groups: ofKind('role'),
    outside: principals.every(({ outside }) => outside !== null)
      ? principals.filter(({ outside }) => outside).length
      : null,
    reportedTotal: list.reportedTotal,
    exportedAt: list.asOf === now ? null : list.asOf,
    cannotBeSeen: [...list.unseen],
    roles: held.map(({ role, count }) => `${role}: ${count}`).slice(0, 50),
    withOtherRoles: principals.filter(({ roles }) => roles.some((role) => !publicRoles.includes(role))).length,
    reviewEvery: every,
    reviewState: state,
    openReviewDueAt: open?.data.dueAt ?? null,
    lastReviewAsOf: last?.data.list.asOf ?? null,
    lastReviewClosedAt: last?.data.closed.at ?? null,
    nextReviewDueAt: nextDueAt,
    kept: decided('keep'),
    changed: decided('change'),
    revoked: decided('revoke'),
    provenGone: provenGone(raw),
    gainedSinceReview:
      before && list.complete ? principals.filter((principal) => isGain(changedSince(before, principal))).length : null,
  };
}
