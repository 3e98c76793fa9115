import {
  type Duration,
  durationMs,
  type Finding,
  type Instant,
  type Principal,
  type PrincipalList,
} from '../../schemas/index.ts';
import type { AccessCheck } from './checks.ts';
import type { Verdict } from './findings.ts';
import type { AccessIntent } from './schema.ts';

type Judge = (principal: Principal) => Pick<Verdict, 'outcome' | 'reason'> | undefined;

/** What the checks say of each single principal. Undefined of a judge: the check is not about this kind. */
export function judgePrincipals(list: PrincipalList, intent: AccessIntent, now: Instant): Verdict[] {
  const at = Date.parse(list.asOf ?? now);
  const judges: [AccessCheck, Judge][] = [
    ['every-person-uses-a-second-factor', secondFactor],
    ['no-invitation-lingers', invitation(at, intent.invitationsLapseAfter)],
    ['no-account-without-activity', activity(at, intent.inactiveAfter)],
    ['no-login-outlives-its-expiry', expiry(at, list.unseen.includes('expiry'))],
  ];
  return judges.flatMap(([check, judge]) =>
    list.principals.flatMap((principal) => {
      const verdict = judge(principal);
      return verdict === undefined ? [] : [{ check, principal, ...verdict }];
    }),
  );
}

const secondFactor: Judge = ({ kind, secondFactor: has }) => {
  if (kind === 'bot' || kind === 'key' || kind === 'app')
    return { outcome: 'not-applicable', reason: 'A program has no second factor.' };
  if (kind !== 'person') return undefined;
  if (has === null) return { outcome: 'inconclusive', reason: 'Whether a second factor is set up could not be seen.' };
  return has
    ? { outcome: 'passed', reason: 'A second factor is set up.' }
    : { outcome: 'failed', reason: 'No second factor is set up.' };
};

function invitation(at: number, limit: Duration): Judge {
  return ({ kind, createdAt }) => {
    if (kind !== 'invitation') return undefined;
    if (createdAt === null) return { outcome: 'inconclusive', reason: 'When it was sent could not be seen.' };
    if (Date.parse(createdAt) > at) return { outcome: 'inconclusive', reason: 'It is dated in the future.' };
    return at - Date.parse(createdAt) > durationMs(limit)
      ? { outcome: 'failed', reason: `It was sent more than ${limit} ago and not accepted.` }
      : { outcome: 'passed', reason: `It is not older than ${limit}.` };
  };
}

function activity(at: number, limit: Duration): Judge {
  const oldest = at - durationMs(limit);
  return ({ kind, lastActiveAt, createdAt }) => {
    if (kind === 'invitation' || kind === 'role') return undefined;
    if (lastActiveAt !== null && Date.parse(lastActiveAt) > at)
      return { outcome: 'inconclusive', reason: 'Its last activity is dated in the future.' };
    if (lastActiveAt !== null && Date.parse(lastActiveAt) >= oldest)
      return { outcome: 'passed', reason: `It was used within ${limit}.` };
    if (createdAt !== null && Date.parse(createdAt) >= oldest && Date.parse(createdAt) <= at)
      return { outcome: 'passed', reason: `It is younger than ${limit}.` };
    return lastActiveAt === null
      ? { outcome: 'inconclusive', reason: 'When it was last used could not be seen.' }
      : { outcome: 'failed', reason: `It was not used for more than ${limit}.` };
  };
}

function expiry(at: number, isHidden: boolean): Judge {
  return ({ kind, expiresAt }) => {
    if (kind === 'role' || kind === 'invitation') return undefined;
    if (expiresAt === null)
      return isHidden
        ? { outcome: 'inconclusive', reason: 'Whether an end is set could not be seen.' }
        : { outcome: 'passed', reason: 'No end is set.' };
    return Date.parse(expiresAt) <= at
      ? { outcome: 'failed', reason: 'Its end has come, and it can still log in.' }
      : { outcome: 'passed', reason: 'Its end has not come.' };
  };
}

/** What the checks say of the list as a whole. */
export function judgeList(list: PrincipalList, intent: AccessIntent, administratorRoles: readonly string[]): Finding[] {
  return [
    completeness(list),
    administrators(list, intent, administratorRoles),
    ...(list.principals.some(({ kind }) => kind === 'invitation') ? [] : [noInvitations(list)]),
  ];
}

function completeness({ complete, reportedTotal, unseen, principals }: PrincipalList): Finding {
  const about = { check: 'list-is-complete', subject: 'list' } as const;
  const hidden = unseen.filter((what) => !fields.has(what));
  if (hidden.length > 0)
    return { ...about, outcome: 'inconclusive', reason: `These credentials may not see ${hidden.join(', ')}.` };
  if (principals.length === 0) return { ...about, outcome: 'inconclusive', reason: 'The list is empty.' };
  if (reportedTotal === null)
    return { ...about, outcome: 'inconclusive', reason: 'The system does not say how many entries there are.' };
  if (principals.length !== reportedTotal)
    return {
      ...about,
      outcome: 'inconclusive',
      reason: `${principals.length} entries were read, and the system says there are ${reportedTotal}.`,
    };
  if (!complete) return { ...about, outcome: 'inconclusive', reason: 'Not all of it could be read.' };
  return {
    ...about,
    outcome: 'passed',
    reason: `All ${reportedTotal} entries that the system says there are were read.`,
  };
}

/** What is a field of an entry, and no entry of its own. */
const fields: ReadonlySet<string> = new Set(['second factor', 'last activity', 'creation', 'expiry', 'roles']);

function administrators(
  { principals, unseen }: PrincipalList,
  { administrators: declared }: AccessIntent,
  systemRoles: readonly string[],
): Finding {
  const about = { check: 'administrators-as-declared', subject: 'administrators' } as const;
  if (declared === undefined)
    return { ...about, outcome: 'not-applicable', reason: 'How many there may be is not declared.' };
  const roles = declared.roles ?? systemRoles;
  if (roles.length === 0)
    return { ...about, outcome: 'inconclusive', reason: 'Which roles make an administrator is not declared.' };
  const found = principals.filter((principal) => principal.roles.some((role) => roles.includes(role))).length;
  const counted = `${found} ${found === 1 ? 'entry holds' : 'entries hold'} a role of an administrator; ${declared.atMost} may.`;
  if (found > declared.atMost) return { ...about, outcome: 'failed', reason: counted };
  if (unseen.includes('roles') || principals.length === 0)
    return { ...about, outcome: 'inconclusive', reason: 'Not all roles could be seen.' };
  // Every system has somebody who looks after it: where nobody is found, the declared words are not those of the system.
  return found === 0 && declared.atMost > 0
    ? { ...about, outcome: 'inconclusive', reason: 'Nobody holds a role that is declared to make an administrator.' }
    : { ...about, outcome: 'passed', reason: counted };
}

function noInvitations({ unseen, principals }: PrincipalList): Finding {
  const about = { check: 'no-invitation-lingers', subject: 'invitations' } as const;
  if (unseen.includes('invitations'))
    return { ...about, outcome: 'inconclusive', reason: 'These credentials may not see invitations.' };
  return principals.length === 0
    ? { ...about, outcome: 'inconclusive', reason: 'The list is empty.' }
    : { ...about, outcome: 'passed', reason: 'There are none.' };
}
