import { durationMs, type Finding } from '../../schemas/index.ts';
import { assessAccess } from '../access/assess.ts';
import { accessChecks } from '../access/checks.ts';
import type { AccessFacts, AccessRaw } from '../access/schema.ts';
import type { Assessment } from '../define.ts';
import type { Expect } from './schema.ts';

/** All checks: an export may hold anything. */
export const checks = accessChecks;

/** Judges what was read; pure. An export of unknown or too great an age is not the whole of what there is now. */
export function assess(raw: AccessRaw, expect: Expect): Assessment<AccessFacts> {
  const current = currency(raw, expect);
  const isCurrent = current.outcome === 'passed';
  const assessment = assessAccess(raw, expect, {
    description: 'The entries of an export of who can get into the system.',
    queries: JSON.stringify(expect.columns),
    ownRoles: [],
    administratorRoles: [],
    checks,
  });
  const { population, findings } = assessment;
  // Where no word of the export means an invitation, their absence says nothing.
  const hasInvitations = Object.values(expect.kinds).includes('invitation');
  const none: Finding[] = hasInvitations ? [] : [notMapped];
  return {
    ...assessment,
    population: { ...population, complete: population.complete && isCurrent },
    findings: [
      current,
      ...findings.filter(({ check }) => check !== 'no-invitation-lingers' || hasInvitations),
      ...none,
    ],
  };
}

function currency({ list, now }: AccessRaw, { exportedWithin }: Expect): Finding {
  const about = { check: 'list-is-current', subject: 'export' };
  if (list.asOf === null)
    return { ...about, outcome: 'inconclusive', reason: 'The export does not say when it was made.' };
  const age = Date.parse(now) - Date.parse(list.asOf);
  const day = list.asOf.slice(0, 10);
  if (age < 0) return { ...about, outcome: 'inconclusive', reason: `The export is dated in the future: ${day}.` };
  return age > durationMs(exportedWithin)
    ? { ...about, outcome: 'failed', reason: `The export of ${day} is older than ${exportedWithin}.` }
    : { ...about, outcome: 'passed', reason: `The export is of ${day}.` };
}

const notMapped: Finding = {
  check: 'no-invitation-lingers',
  subject: 'invitations',
  outcome: 'not-applicable',
  reason: 'The mapping names no kind of entry that is an invitation.',
};
