import { z } from 'zod';
import type { Principal, PrincipalList } from '../../schemas/index.ts';
import type { Query } from '../clients/postgres.ts';
import type { Expect } from './schema.ts';

/**
 * The attributes of a role, the most powerful first; PostgreSQL’s own words. Two are ours: `may become superuser` is a
 * login in a role that is one, directly or through others, and `connect` has the right to this database.
 */
export const attributes = [
  'superuser',
  'may become superuser',
  'replication',
  'bypassrls',
  'createrole',
  'createdb',
  'login',
  'connect',
] as const;

/** Roles that come with the server, which nobody logs in as; a membership in one is shown by its name. */
export const predefinedRoles = [
  'pg_execute_server_program',
  'pg_write_server_files',
  'pg_read_server_files',
  'pg_write_all_data',
  'pg_read_all_data',
  'pg_create_subscription',
  'pg_signal_backend',
  'pg_monitor',
  'pg_maintain',
] as const;

const Row = z.object({
  id: z.string(),
  name: z.string(),
  superuser: z.boolean(),
  'may become superuser': z.boolean(),
  replication: z.boolean(),
  bypassrls: z.boolean(),
  createrole: z.boolean(),
  createdb: z.boolean(),
  login: z.boolean(),
  connect: z.boolean(),
  expires: z.string().nullable(),
  memberships: z.array(z.string()),
});

/** All roles but those that come with the server: a name alone hides nobody, for a superuser can write any into the catalog. */
const listed = `(r.rolname !~ '^pg_' or r.oid >= 16384 or r.rolcanlogin)`;

/**
 * The roles of the server, from catalogs that every login may read, and the server’s own count of them in the same
 * snapshot. An oid says who a role is only within one cluster, so its system identifier stands before it. Memberships
 * through other roles count like direct ones, for a session gets at both; what is in the server’s own roles is not
 * spelled out. An end of `-infinity` has come; one beyond the year 9999 never does.
 */
export const rolesSql = `
  with recursive reach(member, role) as (
    select member, roleid from pg_auth_members
    union select reach.member, m.roleid
      from reach join pg_roles r on r.oid = reach.role and ${listed} join pg_auth_members m on m.member = r.oid
  ), memberships as (
    select reach.member, 'in ' || g.rolname as word, g.rolsuper as superuser
      from reach join pg_roles g on g.oid = reach.role
    union select self.member, 'admin of ' || g.rolname, g.rolsuper
      from (select member, role from reach union select oid, oid from pg_roles) self
      join pg_auth_members m on m.member = self.role and m.admin_option join pg_roles g on g.oid = m.roleid
  )
  select (select system_identifier from pg_control_system()) || '/' || r.oid as id, r.rolname::text as name,
    r.rolsuper as superuser, r.rolcanlogin and not r.rolsuper and exists (
      select from memberships m where m.member = r.oid and m.superuser) as "may become superuser",
    r.rolreplication as replication, r.rolbypassrls as bypassrls,
    r.rolcreaterole as createrole, r.rolcreatedb as createdb, r.rolcanlogin as login,
    has_database_privilege(r.oid, current_database(), 'CONNECT') as connect,
    case when r.rolvaliduntil < '9999-01-01Z' then to_char(
      greatest(r.rolvaliduntil, '1970-01-01Z') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end as expires,
    array(select m.word from memberships m where m.member = r.oid order by 1) as memberships
  from pg_roles r where ${listed} order by r.oid`;

export const countSql = `select count(*)::int as total from pg_roles r where ${listed}`;

/** Reads all roles in one snapshot. */
export async function readRoles(query: Query, expect: Expect, now: string): Promise<PrincipalList> {
  const rows = await query(Row, rolesSql);
  const [counted] = await query(z.object({ total: z.int() }), countSql);
  return {
    asOf: now,
    reportedTotal: counted?.total ?? null,
    complete: true,
    namesAreUnique: true,
    unseen: [],
    principals: rows.map((row) => principalOf(row, expect)),
  };
}

function principalOf(row: z.infer<typeof Row>, { programs, withoutMemberships }: Expect): Principal {
  const own = attributes.filter((attribute) => row[attribute]);
  const isProgram = programs.some((pattern) =>
    pattern.endsWith('*') ? row.name.startsWith(pattern.slice(0, -1)) : row.name === pattern,
  );
  return {
    name: row.name,
    key: row.id,
    kind: row.login ? (isProgram ? 'bot' : 'person') : 'role',
    roles: [...own, ...(withoutMemberships ? [] : new Set(row.memberships))],
    outside: null,
    secondFactor: null,
    lastActiveAt: null,
    createdAt: null,
    expiresAt: row.expires,
    also: [],
  };
}
