import type { Finding } from '../../../schemas/index.ts';
import { isTable } from '../manifest.ts';
import { shown, shownName } from '../names.ts';
import { type Case, finding, listed, tenantTables } from './judge.ts';

const check = 'no-client-role-bypasses-row-security';

// They step around tables altogether.
const serverRoles = new Set(['pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files']);

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
      'It is no superuser, has no BYPASSRLS, no replication and no owner’s rights over a protected table, and cannot turn into such a role.';
    return finding(check, shown(name), { outcome: 'passed', reason });
  });
}

/** What sets a role above row security, as the end of a sentence; null when nothing does. */
export function powersOf(at: Case, name: string): string | null {
  const role = at.book.role(name);
  if (!role) return null;
  if (role.superuser) return 'is a superuser';
  if (role.bypass) return 'has BYPASSRLS';
  if (role.createsRoles && at.raw.serverVersion < 160_000)
    return 'has CREATEROLE, with which it may join any other role';
  if (role.replication) return 'has REPLICATION, so can stream every tenant’s changes';
  const server = [...at.book.inherited(name), name].find((each) => serverRoles.has(each));
  if (server !== undefined) return `has the rights of ${server}, which reaches the server’s files`;
  const helper = replaceable(at, name);
  if (helper !== null)
    return `owns ${helper}, which policies, triggers or SECURITY DEFINER functions run, and may put another in its place`;
  const owned = at.raw.catalog.relations.filter(
    (relation) => isTable(relation) && relation.rowSecurity && at.book.owns(name, relation),
  );
  if (owned.length === 0) return null;
  const unforced = owned.some((relation) => !relation.forced) ? ', where it is not even forced' : '';
  return `has the owner’s rights on ${listed(owned.map(shownName))}, so may switch row security off${unforced}`;
}

/** A function that others run, of which a client is the owner in a schema where it may create; null when none. */
function replaceable(at: Case, name: string): string | null {
  const index = at.raw.acting.findIndex((role) => role.name === name);
  const mine = at.book.inherited(name);
  const able = new Set(at.raw.catalog.schemas.filter(({ create }) => create[index]).map((schema) => schema.name));
  const { functions, policies, triggers } = at.raw.catalog;
  const candidates = functions.filter((each) => able.has(each.schema) && mine.has(each.owner));
  if (candidates.length === 0) return null;
  const run = new Set(policies.flatMap((policy) => policy.functions));
  const held = new Set(tenantTables(at).map(({ relation }) => relation.oid));
  for (const trigger of triggers) if (held.has(trigger.relation)) run.add(trigger.function);
  for (const each of functions) {
    if (!each.definer || each.extension !== null || mine.has(each.owner)) continue;
    for (const { oid } of at.exposures.calledBy(each, each.owner)) run.add(oid);
  }
  const found = candidates.find(({ oid }) => run.has(oid));
  return found ? shownName(found) : null;
}
