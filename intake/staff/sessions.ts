import { hash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Digest, StaffRole } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { actorOf } from './act.ts';
import { append } from './log.ts';
import type { Member } from './roles.ts';

/** A session ends when nothing was done in it for so long, and in any case after the working day. */
const IDLE_MS = 30 * 60_000;
const WHOLE_MS = 10 * 3_600_000;

/**
 * The cookie of a session. `__Host-` binds it to this host over TLS; strict, so that no other site can have a browser send
 * it. `own` is the address of the forms; only on this machine itself does it go without TLS: elsewhere browsers drop it then.
 */
export function sessionCookie(own: string) {
  const { protocol, hostname } = new URL(own);
  const secure = protocol !== 'http:' || !/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  return { name: secure ? '__Host-staff' : 'staff', options };
}

/** A session to be kept: 256 random bits for the cookie, of which the database has the digest alone. */
export function newSession(at: Date): { secret: string; digest: Digest; expiresAt: Date } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, digest: digestOfSession(secret), expiresAt: new Date(at.getTime() + WHOLE_MS) };
}

/** Whose session it is, with the role of now; undefined once it has ended. Being asked for keeps it from growing idle. */
export async function memberOf(db: Kysely<Tables>, secret: string | undefined, at: Date): Promise<Member | undefined> {
  const idle = new Date(at.getTime() - IDLE_MS);
  const { rows } = await sql<{ id: string; role: StaffRole; email: string }>`
    update staff_session set seen_at = greatest(seen_at, ${at}::timestamptz)
    from staff_account
    where staff_session.digest = ${digestOfSession(secret ?? '')} and staff_account.id = account
      and expires_at > ${at}::timestamptz and seen_at > ${idle}::timestamptz and removed_at is null
    returning id, role, email`.execute(db);
  return rows[0] === undefined ? undefined : { ...rows[0], via: 'web' };
}

/** Ends a session at once. One that has ended is no error. */
export async function signOut(db: Kysely<Tables>, secret: string | undefined, at: Date): Promise<void> {
  const member = await memberOf(db, secret, at);
  await db
    .deleteFrom('staffSession')
    .where((where) => where.or([where('digest', '=', digestOfSession(secret ?? '')), where('expiresAt', '<=', at)]))
    .execute();
  if (member !== undefined) await append(db, { at, actor: actorOf(member), action: 'sign-out', subject: member.id });
}

/** Ends all sessions of an account. */
export function endingSessions(account: string) {
  return sql`delete from staff_session where account = ${account}`;
}

function digestOfSession(secret: string): Digest {
  return hash('sha256', `staff-session:${secret}`);
}
