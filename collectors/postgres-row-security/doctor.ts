import { z } from 'zod';
import { openPostgres, type PostgresSession, PostgresUnreadable } from '../clients/postgres.ts';
import type { CollectContext, Diagnosis } from '../define.ts';
import { versionText } from './assess/server.ts';
import { actingRoles, membershipSql } from './catalog.ts';
import type { Expect } from './expect.ts';
import { shown } from './names.ts';
import { Membership, Role } from './raw.ts';

const Self = z.object({
  version: z.int(),
  login: z.string(),
  superuser: z.boolean(),
  bypass: z.boolean(),
  inherits: z.boolean(),
  owns: z.int(),
  granted: z.int(),
  writes: z.int(),
  readOnly: z.boolean(),
});

/** Rights given to the login by name; those of PUBLIC and of its roles do not count. */
const selfSql = `
  with me as (select * from pg_roles where rolname = session_user),
    ours as (select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f'))
  select current_setting('server_version_num')::int as version, me.rolname as login, me.rolsuper as superuser,
    me.rolbypassrls as bypass, me.rolinherit as inherits,
    (select count(*)::int from ours c where c.relowner = me.oid) as owns,
    (select count(*)::int from ours c, aclexplode(c.relacl) a where a.grantee = me.oid and c.relowner <> me.oid) as granted,
    (select count(*)::int from ours c where c.relkind in ('r', 'p')
      and (has_table_privilege(me.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))) as writes,
    (select coalesce(bool_or('default_transaction_read_only=on' = any (s.setconfig)), false)
      from pg_db_role_setting s where s.setrole = me.oid) as "readOnly"
  from me`;

/** Tries the connections: reachable, enough rights, and not too many. */
export async function doctor(context: CollectContext<Expect>): Promise<Diagnosis[]> {
  const { url, truthUrl } = context.connection;
  const lines: Diagnosis[] = [];
  const closed: Closed = new Map();
  const login = (session: PostgresSession) => examineLogin(session, context.expect);
  if (url) lines.push(...(await visit({ name: 'url', url }, context, closed, login)));
  else
    lines.push({
      level: 'missing',
      message: 'The source names no connection.',
      hint: 'Write `connection: { url: $DATABASE_URL }`.',
    });
  if (truthUrl) lines.push(...(await visit({ name: 'truthUrl', url: truthUrl }, context, closed, examineTruth)));
  else
    lines.push({
      level: 'missing',
      message: 'There is no truthUrl, so an empty answer cannot be told from an empty table.',
      hint: 'Make a read-only role with BYPASSRLS: `candor` prints the script.',
    });
  for (const [message, names] of closed) lines.push({ level: 'error', message: `${names.join(' and ')}: ${message}` });
  return lines;
}

/** What is wrong with connections that cannot be used, and which those are: what is wrong with both is said once. */
type Closed = Map<string, string[]>;

async function visit(
  { name, url }: { name: string; url: string },
  { expect, signal }: CollectContext<Expect>,
  closed: Closed,
  examine: (session: PostgresSession) => Promise<Diagnosis[]>,
): Promise<Diagnosis[]> {
  try {
    const session = await openPostgres({ url, limits: expect.limits, signal });
    try {
      return await examine(session);
    } finally {
      await session.close();
    }
  } catch (failure) {
    if (!(failure instanceof PostgresUnreadable)) throw failure;
    closed.set(failure.message, [...(closed.get(failure.message) ?? []), name]);
    return [];
  }
}

async function examineLogin(session: PostgresSession, expect: Expect): Promise<Diagnosis[]> {
  const { self, roles, memberships } = await session.read(async (query) => {
    const [self] = await query(Self, selfSql);
    const roles = await query(Role, rolesSql);
    return { self, roles, memberships: await query(Membership, membershipSql(self?.version ?? 0)) };
  });
  if (!self) return [{ level: 'error', message: 'The server did not say who the login is.' }];
  const name = shown(self.login);
  const lines: Diagnosis[] = [{ level: 'ok', message: `PostgreSQL ${versionText(self.version)} answers ${name}.` }];
  const tooMuch = (message: string, hint: string) => lines.push({ level: 'too-much', message, hint });
  if (self.superuser) tooMuch(`${name} is a superuser.`, 'Use a login of its own: `candor` prints the script.');
  else if (self.bypass) tooMuch(`${name} has BYPASSRLS.`, `alter role ${name} nobypassrls;`);
  else lines.push({ level: 'ok', message: `${name} is subject to row security.` });
  if (self.inherits && !self.superuser)
    tooMuch(`${name} inherits the rights of its roles.`, `alter role ${name} noinherit;`);
  if (self.owns > 0) tooMuch(`${name} owns ${self.owns} relations.`, 'Use a login that owns nothing.');
  if (self.granted > 0)
    tooMuch(`${name} has ${self.granted} grants of its own.`, 'Revoke them; it needs only its memberships.');
  const acting = actingRoles(self.login, { roles, memberships }, expect).filter((role) => role.kind !== 'reachable');
  if (acting.length === 0)
    lines.push({
      level: 'missing',
      message: 'No client role is known.',
      hint: 'Declare clientRoles in `expect`, or make the login a member of them.',
    });
  for (const role of acting) lines.push(await tryRole(session, role.name, self.login));
  return lines;
}

async function tryRole(session: PostgresSession, role: string, login: string): Promise<Diagnosis> {
  try {
    await session.read(async () => undefined, { role });
    return { level: 'ok', message: `${shown(login)} may act as ${shown(role)}.` };
  } catch (failure) {
    if (!(failure instanceof PostgresUnreadable) || failure.fatal) throw failure;
    return {
      level: 'missing',
      message: `${shown(login)} may not act as ${shown(role)}.`,
      hint: `grant ${shown(role)} to ${shown(login)};`,
    };
  }
}

async function examineTruth(session: PostgresSession): Promise<Diagnosis[]> {
  const [self] = await session.read((query) => query(Self, selfSql));
  if (!self) return [{ level: 'error', message: 'The server did not say who the truth login is.' }];
  const name = shown(self.login);
  const lines: Diagnosis[] = [];
  if (self.superuser)
    lines.push({
      level: 'too-much',
      message: `${name}, for truth, is a superuser.`,
      hint: 'Use BYPASSRLS and SELECT only.',
    });
  else if (!self.bypass)
    lines.push({
      level: 'missing',
      message: `${name}, for truth, has no BYPASSRLS.`,
      hint: `alter role ${name} bypassrls;`,
    });
  else lines.push({ level: 'ok', message: `${name}, for truth, sees all rows.` });
  if (self.writes > 0 && !self.superuser)
    lines.push({
      level: 'too-much',
      message: `${name}, for truth, may write ${self.writes} tables.`,
      hint: 'Grant it pg_read_all_data only.',
    });
  if (!self.readOnly)
    lines.push({
      level: 'too-much',
      message: `${name}, for truth, is not confined to reading.`,
      hint: `alter role ${name} set default_transaction_read_only = on;`,
    });
  return lines;
}

const rolesSql = `select rolname as name, rolsuper as superuser, rolbypassrls as bypass, rolinherit as inherits,
  rolcanlogin as login, rolreplication as replication, rolcreaterole as "createsRoles" from pg_roles order by 1`;
