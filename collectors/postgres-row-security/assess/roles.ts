import type { Finding } from '../../../schemas/index.ts';
import { shown, shownName } from '../names.ts';
import { type Case, finding, listed } from './judge.ts';

const check = 'no-client-role-bypasses-row-security';

/** Check 5: no client role is above row security, nor can it turn into one that is. */
export function assessRoles(at: Case): Finding[] {
  const clients = at.raw.acting.filter((role) => role.kind !== 'reachable');
  if (clients.length === 0)
    return [
      finding(check, 'database', {
        outcome: 'inconclusive',
        reason: 'No client role is known: declare clientRoles, or make the login a member of them.',
      }),
    ];
  return clients.map(({ name }) => {
    const own = powersOf(at, name);
    if (own !== null) return finding(check, shown(name), { outcome: 'failed', reason: `It ${own}.` });
    for (const other of at.book.settable(name)) {
      const theirs = powersOf(at, other);
      if (theirs !== null)
        return finding(check, shown(name), {
          outcome: 'failed',
          reason: `It may SET ROLE ${shown(other)}, which ${theirs}.`,
        });
    }
    const reason =
      'It is no superuser, has no BYPASSRLS, owns no table that does not force row security, and cannot turn into such a role.';
    return finding(check, shown(name), { outcome: 'passed', reason });
  });
}

function powersOf(at: Case, name: string): string | null {
  const role = at.book.role(name);
  if (!role) return null;
  if (role.superuser) return 'is a superuser';
  if (role.bypass) return 'has BYPASSRLS';
  if (role.createsRoles && at.raw.serverVersion < 160_000)
    return 'has CREATEROLE, with which it may join any other role';
  const owned = at.raw.catalog.relations.filter(
    (relation) =>
      (relation.kind === 'r' || relation.kind === 'p') &&
      relation.rowSecurity &&
      !relation.forced &&
      at.book.owns(name, relation),
  );
  return owned.length > 0
    ? `has the owner’s rights on ${listed(owned.map(shownName))}, where row security is not forced`
    : null;
}
