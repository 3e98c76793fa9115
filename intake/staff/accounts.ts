import { type Kysely, sql } from 'kysely';
import { candorError, type StaffForm, type StaffRole } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { act } from './act.ts';
import { type NewFactors, newFactors } from './factors.ts';
import { append } from './log.ts';
import type { Member } from './roles.ts';
import { endingSessions } from './sessions.ts';

/** An account as administrators see it. `email` is null once it was removed; `refused`: tries to sign in since the last that was right. */
export type Account = {
  id: string;
  role: StaffRole;
  email: string | null;
  refused: number;
  addedAt: Date;
  removedAt: Date | null;
};

/** What makes an account: who, unless it is the first one, and the name of the trust center that an app shows beside codes. */
export type Making = { by: Member | undefined; issuer: string; at: Date };

/**
 * Makes an account. What it gives is shown once and kept nowhere. Without an administrator nobody can be asked who acts:
 * then the first one is made by the machine. Throws StaffNotNamed, StaffTaken, StaffNotAllowed.
 */
export async function addAccount(db: Kysely<Tables>, form: StaffForm, { by, issuer, at }: Making): Promise<NewFactors> {
  const { id, role } = form;
  const { shown, kept } = newFactors(id, issuer);
  const facts = { role };
  const insert = async () => {
    const made = await db
      .insertInto('staffAccount')
      .values({ ...form, ...kept, triesSince: at, addedAt: at })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made === undefined) throw candorError('StaffTaken', { id });
    return shown;
  };
  if (by !== undefined) return act(db, by, { action: 'add', subject: id, facts, at }, insert);
  if (role !== 'administrator' || (await hasAdministrator(db))) throw candorError('StaffNotNamed', {});
  await append(db, { at, actor: 'cli', action: 'add', subject: id, facts });
  return insert();
}

/** Takes an account away, with all its sessions; its id stays taken. Throws StaffUnknown, StaffNotAllowed. */
export async function removeAccount(db: Kysely<Tables>, by: Member, id: string, at: Date): Promise<void> {
  const removing = sql`
    with ended as (${endingSessions(id)})
    update staff_account set removed_at = ${at}::timestamptz, email = null, key_digest = null, sealed_seed = null
    where id = ${id} and removed_at is null returning id`;
  await act(db, by, { action: 'remove', subject: id, at }, () => changed(db, id, removing));
}

/** Gives an account new factors, and ends all its sessions. Throws StaffUnknown, StaffNotAllowed. */
export async function resetAccount(
  db: Kysely<Tables>,
  id: string,
  { by, issuer, at }: Making & { by: Member },
): Promise<NewFactors> {
  const { shown, kept } = newFactors(id, issuer);
  const resetting = sql`
    with ended as (${endingSessions(id)})
    update staff_account set key_digest = ${kept.keyDigest}, sealed_seed = ${kept.sealedSeed},
      last_step = 0, tries = 0, refused = 0
    where id = ${id} and removed_at is null returning id`;
  await act(db, by, { action: 'reset', subject: id, at }, () => changed(db, id, resetting));
  return shown;
}

/** All accounts that there are or were. Throws StaffNotAllowed. */
export async function accounts(db: Kysely<Tables>, by: Member, at: Date): Promise<Account[]> {
  return act(db, by, { action: 'accounts', at }, () =>
    db
      .selectFrom('staffAccount')
      .select(['id', 'role', 'email', 'refused', 'addedAt', 'removedAt'])
      .orderBy('id')
      .execute(),
  );
}

/** A member who acts on the command line: whoever can open the database. Throws StaffUnknown. */
export async function memberOnMachine(db: Kysely<Tables>, id: string): Promise<Member> {
  const found = await db
    .selectFrom('staffAccount')
    .select(['id', 'role', 'email'])
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst();
  if (found === undefined || found.email === null) throw candorError('StaffUnknown', { id });
  return { ...found, email: found.email, via: 'cli' };
}

async function hasAdministrator(db: Kysely<Tables>): Promise<boolean> {
  const found = await db
    .selectFrom('staffAccount')
    .select('id')
    .where('role', '=', 'administrator')
    .where('removedAt', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

async function changed(db: Kysely<Tables>, id: string, change: ReturnType<typeof sql>): Promise<void> {
  const { rows } = await change.execute(db);
  if (rows.length === 0) throw candorError('StaffUnknown', { id });
  // Once more: who signed in with the old key while this waited is not in what the statement could see.
  await endingSessions(id).execute(db);
}
