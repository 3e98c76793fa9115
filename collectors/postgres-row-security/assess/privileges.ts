import type { Finding } from '../../../schemas/index.ts';
import { isTable } from '../manifest.ts';
import { shown } from '../names.ts';
import type { DatabaseFunction, Relation } from '../raw.ts';
import { about, type Case, finding, listed, rolesWith, tenantTables } from './judge.ts';
import { powersOf } from './roles.ts';

const check = 'no-excess-privilege';

const strongRoles = new Set([
  'pg_read_all_data',
  'pg_write_all_data',
  'pg_create_subscription',
  // They show the statements of others, values included.
  'pg_read_all_stats',
  'pg_monitor',
]);

/** Check 7: clients hold no right that works where policies are not asked. */
export function assessPrivileges(at: Case): Finding[] {
  return [
    ...tenantTables(at).map(({ relation }) => judgeTable(at, relation)),
    ...at.raw.acting.map((role) => judgeRole(at, role.name)),
    ...judgeDefaults(at),
    ...judgeSchemas(at),
    ...judgePublications(at),
    ...judgeOthers(at),
    ...judgeDatabase(at),
  ];
}

function judgeTable(at: Case, relation: Relation): Finding {
  const failed = (reason: string) => about(check, relation, { outcome: 'failed', reason });
  const truncating = at.raw.acting.flatMap(({ name }, i) =>
    relation.access[i]?.includes('D') && !at.book.owns(name, relation) ? [name] : [],
  );
  if (truncating.length > 0)
    return failed(`${listed(truncating)} may TRUNCATE it, which empties it for every tenant without asking a policy.`);
  const triggering = at.raw.acting.flatMap(({ name }, i) =>
    relation.access[i]?.includes('t') && !at.book.owns(name, relation) ? [name] : [],
  );
  if (triggering.length > 0)
    return failed(`${listed(triggering)} may put triggers on it, which run as whoever writes to it next.`);
  return about(check, relation, {
    outcome: 'passed',
    reason: 'No client role holds a right on it that works past policies.',
  });
}

function judgeRole(at: Case, name: string): Finding {
  const failed = (reason: string) => finding(check, shown(name), { outcome: 'failed', reason });
  const reachable = new Set([...at.book.inherited(name), ...at.book.settable(name)]);
  const strong = [...reachable].filter((each) => strongRoles.has(each));
  if (strong.length > 0 && !at.book.role(name)?.superuser) return failed(`It is a member of ${listed(strong)}.`);
  if (at.book.role(name)?.createsRoles) return failed('It has CREATEROLE: it can make logins that nobody looks at.');
  const powers = at.raw.catalog.powers.filter((power) => power.roles.includes(name)).map((power) => power.what);
  if (powers.length > 0 && !at.book.role(name)?.superuser)
    return failed(`It may use ${listed(powers)}, which reach files, other connections or statistics of all rows.`);
  return finding(check, shown(name), {
    outcome: 'passed',
    reason: 'It holds no right that reaches files, other connections or the statistics of all rows.',
  });
}

const kinds: Readonly<Record<string, string>> = { r: 'tables', L: 'large objects', n: 'schemas' };

function judgeDefaults(at: Case): Finding[] {
  const acting = new Set(at.raw.acting.flatMap(({ name }) => [...at.book.inherited(name)]));
  const wide = at.raw.catalog.defaults.filter(
    ({ kind, grantee }) => kind in kinds && (grantee === 'PUBLIC' || acting.has(grantee)),
  );
  const subjectOf = ({ owner, schema }: (typeof wide)[number]) =>
    `default privileges of ${shown(owner)}${schema === null ? '' : ` in ${shown(schema)}`}`;
  return [...Map.groupBy(wide, subjectOf)].map(([subject, grants]) => {
    const who = listed(grants.map(({ grantee }) => (grantee === 'PUBLIC' ? grantee : shown(grantee))));
    const what = listed(grants.map(({ kind }) => kinds[kind] ?? kind));
    return finding(check, subject, {
      outcome: 'failed',
      reason: `${who} gets rights on all its future ${what}, before row security is enabled on them.`,
    });
  });
}

/** A trigger on any table runs as whoever writes to it next, a service role for instance. */
function judgeOthers(at: Case): Finding[] {
  return at.placed.flatMap(({ relation, place }) => {
    if (!isTable(relation) || place.kind === 'tenant') return [];
    const triggering = at.raw.acting.flatMap(({ name }, i) =>
      relation.access[i]?.includes('t') && !at.book.owns(name, relation) ? [name] : [],
    );
    if (triggering.length === 0) return [];
    const reason = `${listed(triggering)} may put triggers on it, which run as whoever writes to it next.`;
    return [about(check, relation, { outcome: 'failed', reason })];
  });
}

/** A schema named like a role comes first where that role looks for tables. */
function judgeDatabase(at: Case): Finding[] {
  return at.raw.catalog.databases.flatMap(({ name: database, create }) => {
    const able = at.raw.acting.flatMap(({ name }, i) => (create[i] && powersOf(at, name) === null ? [name] : []));
    if (able.length === 0) return [];
    const reason = `${listed(able)} may CREATE schemas in it, one that is named like a role and comes first in its search_path too.`;
    return [finding(check, `database ${shown(database)}`, { outcome: 'failed', reason })];
  });
}

/** Where clients may create, they may put an object before one that others mean. */
function judgeSchemas(at: Case): Finding[] {
  const holding = new Set(tenantTables(at).map(({ relation }) => relation.schema));
  return at.raw.catalog.schemas.flatMap((schema) => {
    // Whoever is above row security anyway is judged as a role.
    const able = at.raw.acting
      .filter(({ name }, i) => schema.create[i] && powersOf(at, name) === null)
      .map(({ name }) => name);
    const searched = at.raw.catalog.functions.some(
      (each) => each.definer && each.extension === null && searchPath(each)?.includes(schema.name),
    );
    if (able.length === 0 || !(holding.has(schema.name) || searched)) return [];
    const reason = `${listed(able)} may CREATE in it, among tenants’ tables or where SECURITY DEFINER functions look for objects.`;
    return [finding(check, `schema ${shown(schema.name)}`, { outcome: 'failed', reason })];
  });
}

/** The search_path that a function sets for itself; undefined when it takes its caller’s. */
export function searchPath(each: DatabaseFunction): string[] | undefined {
  const path = each.config.find((entry) => entry.startsWith('search_path='))?.slice('search_path='.length);
  return path?.split(',').map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );
}

function judgePublications(at: Case): Finding[] {
  return at.raw.catalog.publications.map(({ name, what }) =>
    finding(check, `publication ${shown(name)}`, {
      outcome: 'failed',
      reason: `It carries ${what}, every tenant’s, to whoever subscribes, and policies are not asked.`,
    }),
  );
}

/** Roles that hold a right, re-exported for the facts. */
export const writersOf = (at: Case, relation: Relation) => rolesWith(at, relation, /[aAwWd]/);
