import { assessAccess } from '../access/assess.ts';
import { accessChecks } from '../access/checks.ts';
import { type AccessFacts, type AccessRaw, accessIntent } from '../access/schema.ts';
import type { Assessment } from '../define.ts';
import type { Expect } from './schema.ts';
import { memberCountQuery } from './shapes.ts';

/** The checks that GitHub can answer: it tells nobody when somebody was last active. */
export const checks = {
  'list-is-complete': accessChecks['list-is-complete'],
  'reviewed-in-time': accessChecks['reviewed-in-time'],
  'decided-by-somebody-else': accessChecks['decided-by-somebody-else'],
  'revoked-access-is-gone': accessChecks['revoked-access-is-gone'],
  'changed-roles-were-changed': accessChecks['changed-roles-were-changed'],
  'every-person-uses-a-second-factor': accessChecks['every-person-uses-a-second-factor'],
  'no-invitation-lingers': accessChecks['no-invitation-lingers'],
  'administrators-as-declared': accessChecks['administrators-as-declared'],
};

/** What is asked for, in order. */
const queries = [
  '/orgs/{org}/members?role=admin',
  '/orgs/{org}/members?role=member',
  memberCountQuery,
  '/orgs/{org}/outside_collaborators',
  '/orgs/{org}/members?filter=2fa_disabled',
  '/orgs/{org}/outside_collaborators?filter=2fa_disabled',
  '/orgs/{org}/invitations',
  '/orgs/{org}/installations',
  '/orgs/{org}/teams/{slug}/members',
  '/repos/{owner}/{repo}/keys',
  '/repos/{owner}/{repo}/collaborators?affiliation=outside',
].join('\n');

/** Judges what was read; pure. */
export function assess(raw: AccessRaw, expect: Expect): Assessment<AccessFacts> {
  const inactiveAfter = accessIntent.inactiveAfter.parse(undefined);
  return assessAccess(
    raw,
    { ...expect, inactiveAfter },
    {
      description: 'Members, outside collaborators, invitations, apps and deploy keys of the GitHub organization.',
      queries,
      ownRoles: [
        'owner',
        'member',
        'outside collaborator',
        'all repositories',
        'selected repositories',
        'writes',
        'reads',
      ],
      administratorRoles: ['owner'],
      checks,
    },
  );
}
