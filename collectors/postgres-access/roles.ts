import { z } from 'zod';
import type { Principal, PrincipalList } from '../../schemas/index.ts';
import type { Query } from '../clients/postgres.ts';
import type { Expect } from './schema.ts';

/** The attributes of a role, the most powerful first; PostgreSQL’s own words. `connect` is the right to this database. */
export const attributes = [
  'superuser',
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
  replication: z.boolean(),
  bypassrls: z.boolean(),
  createrole: z.boolean(),
  createdb: z.boolean(),
  login: z.boolean(),
  connect: z.boolean(),
  expires: z.string().nullable(),
  memberships: z.array(z.string()),
});

/**
 * The roles of the server, from catalogs that every login may read, and the server’s own count of them in the same
 * snapshot. An oid says who a role is only within one cluster, so its system identifier stands before it.
 */
export const rolesSql = `
  select (select system_identifier from pg_control_system()) || '/' || r.oid as id, r.rolname::text as name,
    r.rolsuper as superuser, r.rolreplication as replication, r.rolbypassrls as bypassrls,
    r.rolcreaterole as createrole, r.rolcreatedb as createdb, r.rolcanlogin as login,
    has_database_privilege(r.oid, current_database(), 'CONNECT') as connect,
    case when isfinite(r.rolvaliduntil)
      then to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end as expires,
    array(select case when m.admin_option then 'admin of ' else 'in ' end || g.rolname
      from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid order by 1) as memberships
  from pg_roles r where r.rolname !~ '^pg_' order by r.oid`;

export const countSql = `select count(*)::int as total from pg_roles where rolname !~ '^pg_'`;

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
    outside: false,
    secondFactor: null,
    lastActiveAt: null,
    createdAt: null,
    expiresAt: row.expires,
    also: [],
  };
}
