import type { Finding } from '../../../schemas/index.ts';
import { applicable } from '../policies.ts';
import type { Relation } from '../raw.ts';
import { about, type Case, listed, reaches, rolesWith, tenantTables, type Verdict } from './judge.ts';

const check = 'every-tenant-table-has-row-security';

/** Check 1: row security is enabled on each tenant table within a client’s reach, and forced where a client owns it. */
export function assessState(at: Case): Finding[] {
  return tenantTables(at).map(({ relation }) => about(check, relation, judge(at, relation)));
}

function judge(at: Case, relation: Relation): Verdict {
  const policies = at.policies.get(relation.oid) ?? [];
  // Who reads a child through its parent is asked the parent's policies, not the child's.
  if (!reaches(relation) && relation.parents.length > 0)
    return {
      outcome: 'not-applicable',
      reason: 'Clients reach it only through its parent, whose row security counts.',
    };
  if (!relation.rowSecurity) {
    const roles = listed(rolesWith(at, relation, /./)) || 'whoever is granted a right on it';
    const state = policies.length > 0 ? 'It has policies, but row security is disabled' : 'Row security is not enabled';
    return { outcome: 'failed', reason: `${state}: every row can be reached by ${roles}.` };
  }
  const owners = at.raw.acting
    .filter(({ name }) => !at.book.role(name)?.superuser && at.book.owns(name, relation))
    .map((role) => role.name);
  if (owners.length > 0 && !relation.forced)
    return {
      outcome: 'failed',
      reason: `${listed(owners)} has the owner’s rights and row security is not forced for the owner.`,
    };
  if (at.expect.mode === 'service-only') {
    const admitting = at.raw.acting.flatMap(({ name }) =>
      (['select', 'insert', 'update', 'delete'] as const).flatMap((command) =>
        applicable(policies, at.book.inherited(name), command).permissive.map(
          (policy) => `${policy.name} admits ${name}`,
        ),
      ),
    );
    if (admitting.length > 0)
      return { outcome: 'failed', reason: `Only service roles are meant to read it, yet policy ${listed(admitting)}.` };
    return { outcome: 'passed', reason: 'Row security is enabled and no policy admits a client role.' };
  }
  return { outcome: 'passed', reason: `Row security is enabled${relation.forced ? ' and forced' : ''}.` };
}
