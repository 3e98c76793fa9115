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
  const unmapped = notMapped(expect);
  const asked = findings.filter(({ check }) => unmapped.every((each) => each.check !== check));
  return {
    ...assessment,
    population: { ...population, complete: population.complete && isCurrent },
    findings: [current, ...asked, ...unmapped],
  };
}

/** What the mapping does not ask the export about. Its silence about that says nothing, so it never passes. */
function notMapped({ kinds, columns }: Expect): Finding[] {
  const about = { subject: 'export', outcome: 'not-applicable' } as const;
  const hasInvitations = Object.values(kinds).includes('invitation');
  return [
    ...(hasInvitations
      ? []
      : [
          {
            ...about,
            check: 'no-invitation-lingers',
            reason: 'The mapping names no kind of entry that is an invitation.',
          },
        ]),
    ...(columns.expiresAt !== undefined
      ? []
      : [
          {
            ...about,
            check: 'no-login-outlives-its-expiry',
            reason: 'The mapping names no column that says when access ends.',
          },
        ]),
  ];
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
