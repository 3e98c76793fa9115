import { shown, shownName } from '../names.ts';
import { applicable } from '../policies.ts';
import type { Relation } from '../raw.ts';
import { type Case, roleName, type Verdict } from './judge.ts';

const name = String.raw`"?([\w$]+)"?`;
// As PostgreSQL prints them: a column and what a subquery returns, and two columns that are compared.
const returned = new RegExp(
  String.raw`\b${name}(?:\)?::\w+)?\)? (?:=|IN) (?:ANY )?\(+\s*SELECT\s+(?:DISTINCT\s+)?(?:${name}\.)?${name}\s+FROM\b`,
  'g',
);
const compared = new RegExp(String.raw`\b${name}\.${name} = ${name}\.${name}`, 'g');

/**
 * Whether a policy takes the tenant whose rows it shows from a column of another tenant's table that the client may
 * write: a tenant that names another there would see what that one has. Null where none does.
 */
export function borrowedTenant(at: Case, relation: Relation, key: string, role: number): Verdict | null {
  const inherited = at.book.inherited(roleName(at, role));
  for (const policy of applicable(at.policies.get(relation.oid) ?? [], inherited, 'select').permissive) {
    const text = policy.using ?? '';
    if (policy.relations.length === 0) continue;
    const taken = new Set([
      ...[...text.matchAll(returned)].flatMap(([, to, , column]) => (to === key ? (column ?? []) : [])),
      ...[...text.matchAll(compared)].flatMap(([, left, a, right, b]) =>
        a === key && left === relation.name ? (b ?? []) : b === key && right === relation.name ? (a ?? []) : [],
      ),
    ]);
    for (const oid of policy.relations) {
      const from = at.manifest.byOid.get(oid);
      const place = from && at.manifest.place(from);
      if (!from || from === relation || place?.kind !== 'tenant') continue;
      const column = [...taken].find((each) => each !== place.path.column && mayWrite(at, from, each, role));
      if (column === undefined) continue;
      return {
        outcome: 'inconclusive',
        reason: `Policy ${shown(policy.name)} takes a tenant from ${shown(column)} of ${shownName(from)}, where ${roleName(at, role)} may write it: revoke that right, or let the policy ask who wrote it.`,
      };
    }
  }
  return null;
}

function mayWrite(at: Case, relation: Relation, name: string, role: number): boolean {
  const column = at.manifest.column(relation.oid, name);
  const rights = `${relation.access[role] ?? ''}${column?.access?.[role] ?? ''}`;
  const inherited = at.book.inherited(roleName(at, role));
  const policies = at.policies.get(relation.oid) ?? [];
  const may = (letter: string, command: 'insert' | 'update') =>
    rights.includes(letter) && applicable(policies, inherited, command).permissive.length > 0;
  return column !== undefined && (may('w', 'update') || may('a', 'insert'));
}
