import { type Kysely, sql } from 'kysely';
import { candorError } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { keysDigest } from '../../envelope/keys.ts';
import { takesMessages } from '../../envelope/seal.ts';
import type { Member } from '../../staff/roles.ts';
import type { Tables } from '../../store/tables.ts';
import type { Meant } from './case.ts';
import { change } from './change.ts';

/**
 * Shares a case with a guest: what is encrypted to them afterwards, and nothing of before. `recipients`: their age recipients,
 * which are kept with their account in the place of older ones; may be left out once they are known. Throws ReportUnknown,
 * GuestRefused, StaffNotAllowed.
 */
export async function addGuest(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  account: string,
  recipients: readonly string[] = [],
): Promise<void> {
  const refused = (problem: string) => candorError('GuestRefused', { account, problem });
  const takes = await Promise.all(recipients.map(takesMessages));
  if (takes.includes(false))
    throw refused('not all of its recipients are hybrid ones, age1pq1…, to which age encrypts');
  const isGiven = recipients.length > 0;
  const facts = { guest: account, ...(isGiven ? { keys: await keysDigest(recipients) } : {}) };
  await change({ db, now }, member, meant, { action: 'share-report', facts }, async ({ id, state }) => {
    const found = await db
      .selectFrom('staffAccount')
      .select(['role', 'recipients'])
      .where('id', '=', account)
      .where('removedAt', 'is', null)
      .executeTakeFirst();
    if (found === undefined) throw refused('there is no such account');
    if (found.role !== 'guest') throw refused(`its role is ${found.role}`);
    if (!isGiven && found.recipients === null)
      throw refused('no age recipient of it is known, so it could read nothing');
    const also = [
      sql`insert into report_guest (submission, account, added_at)
        select id, ${account}, ${now()}::timestamptz from changed where id = ${id} on conflict do nothing`,
    ];
    if (isGiven)
      also.push(sql`update staff_account set recipients = ${recipients.join('\n')}
        from changed where changed.id = ${id} and staff_account.id = ${account}`);
    return { to: state, facts, also };
  });
}

/** Ends what `addGuest` began: from now on they see nothing of it here. Throws ReportUnknown, StaffNotAllowed. */
export async function removeGuest(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  account: string,
): Promise<void> {
  const facts = { noGuest: account };
  await change({ db, now }, member, meant, { action: 'share-report', facts }, ({ id, state }) => {
    const also = [
      sql`delete from report_guest using changed
        where changed.id = ${id} and submission = changed.id and account = ${account}`,
    ];
    return { to: state, facts, also };
  });
}

/** To whom guests’ messages of a case are encrypted, besides the team: what is known of those with whom it is shared now. */
export async function guestRecipients(db: Kysely<Tables>, id: string): Promise<string[]> {
  const rows = await db
    .selectFrom('reportGuest')
    .innerJoin('staffAccount', 'staffAccount.id', 'reportGuest.account')
    .select('recipients')
    .where('submission', '=', id)
    .where('removedAt', 'is', null)
    .execute();
  return rows.flatMap(({ recipients }) => recipients?.split('\n') ?? []);
}
