import { assessAccess } from '../access/assess.ts';
import { accessChecks } from '../access/checks.ts';
import { type AccessFacts, type AccessRaw, accessIntent } from '../access/schema.ts';
import type { Assessment } from '../define.ts';
import { attributes, countSql, predefinedRoles, rolesSql } from './roles.ts';
import type { Expect } from './schema.ts';

/** The checks that a PostgreSQL server can answer: it knows neither second factors, nor invitations, nor a last login. */
export const checks = {
  'list-is-complete': accessChecks['list-is-complete'],
  'reviewed-in-time': accessChecks['reviewed-in-time'],
  'decided-by-somebody-else': accessChecks['decided-by-somebody-else'],
  'revoked-access-is-gone': accessChecks['revoked-access-is-gone'],
  'changed-roles-were-changed': accessChecks['changed-roles-were-changed'],
  'administrators-as-declared': accessChecks['administrators-as-declared'],
  'no-login-outlives-its-expiry': accessChecks['no-login-outlives-its-expiry'],
};

/** Judges what was read; pure. */
export function assess(raw: AccessRaw, expect: Expect): Assessment<AccessFacts> {
  const memberships = predefinedRoles.flatMap((role) => [`admin of ${role}`, `in ${role}`]);
  return assessAccess(
    raw,
    { ...defaults, ...expect },
    {
      description: 'The roles of the PostgreSQL server but those that come with it: logins and groups.',
      queries: `${rolesSql};${countSql}`,
      ownRoles: [
        ...attributes.filter((word) => word !== 'login' && word !== 'connect'),
        ...memberships,
        'login',
        'connect',
      ],
      administratorRoles: ['superuser', 'may become superuser'],
      checks,
    },
  );
}

/** What the server has no notion of is never judged. */
const defaults = {
  invitationsLapseAfter: accessIntent.invitationsLapseAfter.parse(undefined),
  inactiveAfter: accessIntent.inactiveAfter.parse(undefined),
};
