import type { Finding } from '../../../schemas/index.ts';
import { shown } from '../names.ts';
import type { DatabaseFunction, Relation } from '../raw.ts';
import { about, type Case, finding, listed, rolesWith, tenantTables } from './judge.ts';
import { functionName } from './paths.ts';

const check = 'no-excess-privilege';

const serverRoles = new Set([
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_read_all_data',
  'pg_write_all_data',
  'pg_create_subscription',
]);

/** Check 7: clients hold no right that works where policies are not asked. */
export function assessPrivileges(at: Case): Finding[] {
  return [
    ...tenantTables(at).map(({ relation }) => judgeTable(at, relation)),
    ...at.raw.acting.map((role, i) => judgeRole(at, role.name, i)),
    ...judgeDefaults(at),
    ...at.raw.catalog.functions.flatMap((each) => judgeFunction(at, each)),
    ...judgeServers(at),
    ...judgeLargeObjects(at),
  ];
}

function judgeTable(at: Case, relation: Relation): Finding {
  const failed = (reason: string) => about(check, relation, { outcome: 'failed', reason });
  const truncating = at.raw.acting.flatMap(({ name }, i) =>
    relation.access[i]?.includes('D') && !at.book.owns(name, relation) ? [name] : [],
  );
  if (truncating.length > 0)
    return failed(`${listed(truncating)} may TRUNCATE it, which empties it for every tenant without asking a policy.`);
  const open = at.raw.acting.flatMap(({ name }, i) =>
    at.book.bypasses(name, relation) && !at.book.owns(name, relation)
      ? [{ name, rights: relation.access[i] ?? '' }]
      : [],
  );
  if (at.expect.mode !== 'application') {
    const byColumn = open.filter(({ rights }) => /[RAW]/.test(rights));
    if (byColumn.length > 0)
      return failed(
        `${listed(byColumn.map(({ name }) => name))} has rights on single columns, and no policy guards the rows.`,
      );
    const blind = open.filter(({ rights }) => /[aAwWd]/.test(rights) && !/[rR]/.test(rights));
    if (blind.length > 0)
      return failed(
        `${listed(blind.map(({ name }) => name))} may write it without reading it, and no policy guards the rows.`,
      );
  }
  return about(check, relation, {
    outcome: 'passed',
    reason: 'No client role holds a right on it that works past policies.',
  });
}

function judgeRole(at: Case, name: string, index: number): Finding {
  const failed = (reason: string) => finding(check, shown(name), { outcome: 'failed', reason });
  const every = [name, ...at.book.settable(name)];
  const role = every.find((each) => at.book.role(each)?.replication);
  if (role !== undefined && !at.book.role(name)?.superuser) {
    const all = at.raw.catalog.publicationsOfAll > 0 ? ', and a publication FOR ALL TABLES is there to be read' : '';
    return failed(
      `${role === name ? 'It' : `It may SET ROLE ${shown(role)}, which`} has REPLICATION: it can stream every tenant’s changes${all}.`,
    );
  }
  const reachable = new Set([...at.book.inherited(name), ...at.book.settable(name)]);
  const strong = [...reachable].filter((each) => serverRoles.has(each));
  if (strong.length > 0 && !at.book.role(name)?.superuser) return failed(`It is a member of ${listed(strong)}.`);
  if (at.book.role(name)?.createsRoles) return failed('It has CREATEROLE: it can make logins that nobody looks at.');
  const powers = at.raw.catalog.powers.filter((power) => power.roles.includes(name)).map((power) => power.what);
  if (powers.length > 0 && !at.book.role(name)?.superuser)
    return failed(`It may use ${listed(powers)}, which reach files, other connections or statistics of all rows.`);
  const creatable = at.raw.catalog.schemas.filter((schema) => schema.create[index]).map((schema) => shown(schema.name));
  const note =
    creatable.length > 0
      ? ` It may CREATE in ${listed(creatable)}; functions at risk from that are listed by themselves.`
      : '';
  return finding(check, shown(name), {
    outcome: 'passed',
    reason: `It holds no right that reaches files, replication, other connections or all rows’ statistics.${note}`,
  });
}

const kinds: Readonly<Record<string, string>> = { r: 'tables', L: 'large objects', n: 'schemas' };

function judgeDefaults(at: Case): Finding[] {
  const acting = new Set(at.raw.acting.flatMap(({ name }) => [...at.book.inherited(name)]));
  const wide = at.raw.catalog.defaults.filter(
    ({ kind, grantee }) => kind in kinds && (grantee === 'PUBLIC' || acting.has(grantee)),
  );
  const grouped = Map.groupBy(wide, (each) => each.grantee);
  return [...grouped].map(([grantee, grants]) => {
    const where = listed(
      grants.map(
        ({ owner, schema, kind }) =>
          `${kinds[kind]} that ${shown(owner)} makes${schema === null ? '' : ` in ${shown(schema)}`}`,
      ),
    );
    return finding(check, `default privileges of ${grantee === 'PUBLIC' ? grantee : shown(grantee)}`, {
      outcome: 'failed',
      reason: `It gets rights on all future ${where}, before row security is enabled on them.`,
    });
  });
}

function judgeFunction(at: Case, each: DatabaseFunction): Finding[] {
  if (each.extension !== null) return [];
  const callers = at.raw.acting.filter((_, i) => each.executable[i]).map(({ name }) => name);
  if (callers.length === 0) return [];
  const failed = (reason: string) => [finding(check, functionName(each), { outcome: 'failed', reason })];
  if (each.leakproof)
    return failed(
      'It is LEAKPROOF, so PostgreSQL may run it on rows before policies have hidden them, and a client may call it.',
    );
  if (!each.definer) return [];
  const path = each.config.find((entry) => entry.startsWith('search_path='))?.slice('search_path='.length);
  const pinned = path?.split(',').map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );
  const risky = at.raw.catalog.schemas.flatMap((schema) => {
    const able = at.raw.acting.filter((_, i) => schema.create[i]).map(({ name }) => name);
    return able.length > 0 && (pinned === undefined || pinned.includes(schema.name))
      ? [{ schema: schema.name, able }]
      : [];
  });
  const [first] = risky;
  if (first) {
    const why = pinned === undefined ? 'sets no search_path' : `searches schema ${shown(first.schema)}`;
    return failed(
      `It runs as ${shown(each.owner)} and ${why}, while ${listed(first.able)} may CREATE in schema ${shown(first.schema)}.`,
    );
  }
  return [
    finding(check, functionName(each), {
      outcome: 'passed',
      reason: 'No client role may create an object that it would take for another.',
    }),
  ];
}

function judgeServers(at: Case): Finding[] {
  return at.raw.catalog.servers.map((server) => {
    const users = at.raw.acting.filter(({ name }, i) => {
      const mapped = [...at.book.inherited(name)].some((role) => server.mapped.includes(role));
      return server.usage[i] && (mapped || server.mapped.includes('PUBLIC'));
    });
    return finding(
      check,
      `foreign server ${shown(server.name)}`,
      users.length > 0
        ? {
            outcome: 'failed',
            reason: `${listed(users.map(({ name }) => name))} may use it with stored credentials, so may ask whatever that login may.`,
          }
        : { outcome: 'passed', reason: 'No client role may use it with stored credentials.' },
    );
  });
}

function judgeLargeObjects(at: Case): Finding[] {
  const open = at.raw.catalog.largeObjects.filter(({ owner, grantees }) =>
    [owner, ...grantees].some(
      (who) => who === 'PUBLIC' || at.raw.acting.some(({ name }) => at.book.inherited(name).has(who)),
    ),
  );
  const count = open.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return [];
  return [
    finding(check, 'large objects', {
      outcome: 'failed',
      reason: `${count} large objects, on which no policy can be put, are open to every tenant.`,
    }),
  ];
}

/** Roles that hold a right, re-exported for the facts. */
export const writersOf = (at: Case, relation: Relation) => rolesWith(at, relation, /[aAwWd]/);
