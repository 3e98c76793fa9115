import { sql } from 'kysely';
import { candorError } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import type { Member } from '../../staff/roles.ts';
import type { Meant } from './case.ts';
import { change } from './change.ts';

/**
 * Shares a case with a guest: what is encrypted to them afterwards, and nothing of before. Throws ReportUnknown, GuestRefused,
 * StaffNotAllowed.
 */
export async function addGuest(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  account: string,
): Promise<void> {
  const refused = (problem: string) => candorError('GuestRefused', { account, problem });
  const facts = { guest: account };
  await change({ db, now }, member, meant, { action: 'share-report', facts }, async ({ id, state }) => {
    const found = await db
      .selectFrom('staffAccount')
      .select('role')
      .where('id', '=', account)
      .where('removedAt', 'is', null)
      .executeTakeFirst();
    if (found === undefined) throw refused('there is no such account');
    if (found.role !== 'guest') throw refused(`its role is ${found.role}`);
    const also = [
      sql`insert into report_guest (submission, account, added_at)
        select id, ${account}, ${now()}::timestamptz from changed where id = ${id} on conflict do nothing`,
    ];
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
