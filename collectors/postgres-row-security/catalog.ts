import { z } from 'zod';
import type { PostgresSession, Query } from '../clients/postgres.ts';
import { SourceUnreadable } from '../define.ts';
import * as sql from './catalog-sql.ts';
import type { Expect } from './expect.ts';
import { both, WORTH_TWO } from './lanes.ts';
import { parseVia } from './names.ts';
import { type ActingRole, Catalog, Membership, Role } from './raw.ts';
import { roleBook } from './roles.ts';

const Server = z.object({ version: z.int(), login: z.string(), path: z.string() });

/** What is known before anything is probed. */
export type Frame = {
  serverVersion: number;
  login: string;
  /** The search_path that a session begins with. */
  searchPath: string;
  acting: ActingRole[];
  catalog: Catalog;
  /** Settings that ALTER ROLE or ALTER DATABASE gives an acting role: dotted names and the search_path. */
  presets: Map<string, Record<string, string>>;
};

const anonymous = /^(web_?)?anon(ymous)?$/i;

/**
 * Reads roles and catalog, in one transaction; where there is much to read, `besides` takes a part of it in a session
 * of its own. Reads no table of the application.
 */
export async function readFrame(query: Query, expect: Expect, besides: () => Promise<PostgresSession>): Promise<Frame> {
  const [server] = await query(
    Server,
    `select current_setting('server_version_num')::int as version, session_user::text as login,
      (select reset_val from pg_settings where name = 'search_path') as path`,
  );
  if (!server) throw new SourceUnreadable('schema', 'The server did not say which version it is.');
  const roles = await query(
    Role,
    `select rolname as name, rolsuper as superuser, rolbypassrls as bypass, rolinherit as inherits, rolcanlogin as login,
      rolreplication as replication, rolcreaterole as "createsRoles" from pg_roles order by 1`,
  );
  const memberships = await query(Membership, membershipSql(server.version));
  const acting = actingRoles(server.login, { roles, memberships }, expect);
  const oids = await query(
    z.object({ name: z.string(), oid: z.string() }),
    `select rolname as name, oid::text from pg_roles where rolname = any ($1)`,
    [acting.map((role) => role.name)],
  );
  const oidOf = new Map(oids.map(({ name, oid }) => [name, oid]));
  const ids = `{${acting.map((role) => oidOf.get(role.name) ?? '0').join(',')}}`;
  const scope = expect.schemas ?? null;
  const keys = new Set([expect.tenantKey]);
  for (const { tenantKey, via } of Object.values(expect.tables)) {
    const path = via === undefined ? null : parseVia(via);
    for (const name of [tenantKey, path?.column, path?.targetColumn]) if (name !== undefined) keys.add(name);
  }
  const shape = Catalog.shape;
  const relations = await query(shape.relations.element, sql.relations, [ids, scope]);
  const columnsBy = (of: Query) => of(shape.columns.element, sql.columns, [ids, scope, [...keys]]);
  const policiesBy = (of: Query, parts: number, part: number) =>
    of(shape.policies.element, sql.policies, [parts, part]);
  const [policies, [more, columns]] =
    relations.length < WORTH_TWO
      ? [await policiesBy(query, 1, 0), [[], await columnsBy(query)] as const]
      : await both(
          policiesBy(query, 2, 0),
          (await besides()).read(async (of) => [await policiesBy(of, 2, 1), await columnsBy(of)] as const),
        );
  return {
    serverVersion: server.version,
    login: server.login,
    searchPath: server.path,
    acting,
    catalog: {
      roles,
      memberships,
      schemas: await query(shape.schemas.element, sql.schemas, [ids]),
      databases: await query(shape.databases.element, sql.databases, [ids]),
      relations,
      columns,
      foreignKeys: await query(shape.foreignKeys.element, sql.foreignKeys),
      uniques: await query(shape.uniques.element, sql.uniques),
      policies: [...policies, ...more],
      locked: (await query(z.object({ relation: z.number() }), sql.locked)).map(({ relation }) => relation),
      rewrites: await query(shape.rewrites.element, sql.rewrites),
      functions: await query(shape.functions.element, sql.functions, [ids]),
      triggers: await query(shape.triggers.element, sql.triggers),
      defaults: await query(shape.defaults.element, sql.defaults),
      publications: await query(shape.publications.element, sql.publications(server.version)),
      servers: await query(shape.servers.element, sql.servers, [ids]),
      largeObjects: await query(shape.largeObjects.element, sql.largeObjects, [ids]),
      powers: await query(shape.powers.element, sql.powers, [ids]),
    },
    presets: await readPresets(query, acting),
  };
}

/** Memberships with what they permit. Since 16 each says so itself. */
export function membershipSql(version: number): string {
  // Since 16 each membership says whether it inherits and whether it may be SET; ADMIN can grant itself both.
  const rights =
    version >= 160_000
      ? 'a.inherit_option as inherits, a.set_option or a.admin_option as settable, a.admin_option as admin'
      : 'm.rolinherit as inherits, true as settable, a.admin_option as admin';
  return `select m.rolname as member, r.rolname as role, ${rights} from pg_auth_members a
    join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid order by 1, 2`;
}

/**
 * The roles to act as: those declared, or the login's memberships; where it has none, the login itself, unless it
 * bypasses row security. Then every role that a client may turn into and that is judged by policies too.
 */
export function actingRoles(
  login: string,
  catalog: Pick<Catalog, 'roles' | 'memberships'>,
  expect: Pick<Expect, 'clientRoles' | 'anonymousRoles' | 'serviceRoles'>,
): ActingRole[] {
  const book = roleBook(catalog);
  const member = catalog.memberships
    .filter((membership) => membership.member === login && membership.settable && !membership.role.startsWith('pg_'))
    .map((membership) => membership.role)
    .filter((role) => !expect.serviceRoles.includes(role));
  const silent = expect.anonymousRoles ?? member.filter((role) => anonymous.test(role));
  const self = book.role(login);
  const derived = member.filter((role) => !silent.includes(role));
  const alone = derived.length === 0 && self && !self.superuser && !self.bypass ? [login] : derived;
  const clients = expect.clientRoles ?? alone;
  for (const role of [...clients, ...silent])
    if (!book.role(role))
      throw new SourceUnreadable(
        'configuration',
        'A client role that the source declares does not exist in the database.',
      );
  const acting = new Map<string, ActingRole>();
  for (const name of clients) acting.set(name, { name, kind: 'client' });
  for (const name of silent) if (!acting.has(name)) acting.set(name, { name, kind: 'anonymous' });
  for (const name of [...acting.keys()]) {
    if (book.role(name)?.superuser) continue;
    for (const other of book.settable(name)) {
      const role = book.role(other);
      if (!role || role.superuser || role.bypass || other.startsWith('pg_') || acting.has(other)) continue;
      acting.set(other, { name: other, kind: 'reachable' });
    }
  }
  return [...acting.values()];
}

async function readPresets(query: Query, acting: readonly ActingRole[]): Promise<Frame['presets']> {
  const rows = await query(
    z.object({ role: z.string().nullable(), config: z.array(z.string()) }),
    `select r.rolname as role, s.setconfig as config from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole
      where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
        and (r.rolname = any ($1)) order by s.setdatabase`,
    [acting.map((role) => role.name)],
  );
  const presets: Frame['presets'] = new Map();
  for (const { role, config } of rows) {
    if (role === null) continue;
    const known = presets.get(role) ?? {};
    for (const entry of config) {
      const at = entry.indexOf('=');
      const name = entry.slice(0, at);
      if (name.includes('.') || name === 'search_path') known[name] = entry.slice(at + 1);
    }
    presets.set(role, known);
  }
  return presets;
}
