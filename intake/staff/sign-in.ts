import { type Kysely, sql } from 'kysely';
import type { SignInForm, StaffRole } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { actorOf } from './act.ts';
import { digestOfKey, newFactors, stepOf } from './factors.ts';
import { append } from './log.ts';
import type { Member } from './roles.ts';
import { newSession } from './sessions.ts';

/** How many codes may be tried with one key, and in which time. */
export const SIGN_IN_TRIES = 5;
const WINDOW_MS = 15 * 60_000;

/** What is opened in vain for a key that nobody has: as much work as for one that somebody has. */
const decoy = newFactors('nobody', 'nobody').kept.sealedSeed;

type Counted = { id: string; role: StaffRole; email: string; sealedSeed: string; refused: number };

/**
 * Opens a session with both factors. The key itself says whose account it is, so there is no name that could be guessed or
 * locked out by strangers. A try is counted before it is judged; a code, and any older one, is never accepted again.
 * Undefined alike for a wrong key, a wrong, used or late code, too many tries, and an account that was removed.
 */
export async function signIn(
  db: Kysely<Tables>,
  { key, code }: SignInForm,
  at: Date,
): Promise<{ secret: string; member: Member } | undefined> {
  const since = new Date(at.getTime() - WINDOW_MS);
  // A time that lies ahead was written before the clock was set right.
  const isOver = sql`not (tries_since > ${since}::timestamptz and tries_since <= ${at}::timestamptz)`;
  const { rows } = await sql<Counted>`
    update staff_account set
      tries = case when ${isOver} then 1 else tries + 1 end,
      tries_since = case when ${isOver} then ${at}::timestamptz else tries_since end,
      refused = refused + 1
    where key_digest = ${digestOfKey(key)} and (${isOver} or tries < ${SIGN_IN_TRIES}::integer)
    returning id, role, email, sealed_seed, refused`.execute(db);
  const account = rows[0];
  const step = stepOf(key, account?.sealedSeed ?? decoy, code, at);
  const { secret, digest, expiresAt } = newSession(at);
  const opened = await sql`
    with used as (
      update staff_account set last_step = ${step ?? 0}::bigint, tries = 0, refused = 0
      where id = ${account?.id ?? null} and key_digest = ${digestOfKey(key)} and last_step < ${step ?? 0}::bigint
      returning id
    )
    insert into staff_session (digest, account, seen_at, expires_at)
    select ${digest}, id, ${at}::timestamptz, ${expiresAt}::timestamptz from used
    returning account`.execute(db);
  if (account === undefined || opened.rows.length === 0) return undefined;
  const { id, role, email } = account;
  const member: Member = { id, role, email, via: 'web' };
  const facts = { refusedBefore: account.refused - 1 };
  await append(db, { at, actor: actorOf(member), action: 'sign-in', subject: id, facts });
  return { secret, member };
}
