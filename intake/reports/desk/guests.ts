import { sql } from 'kysely';
import { candorError } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { advance } from '../../lifecycle/submission.ts';
import { act, actorOf } from '../../staff/act.ts';
import type { Member } from '../../staff/roles.ts';
import { caseFor, type Meant } from './case.ts';

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
  const found = await db
    .selectFrom('staffAccount')
    .select('role')
    .where('id', '=', account)
    .where('removedAt', 'is', null)
    .executeTakeFirst();
  if (found === undefined) throw refused('there is no such account');
  if (found.role !== 'guest') throw refused(`its role is ${found.role}`);
  const before = await caseFor(db, member, meant);
  const at = now();
  await act(db, member, { action: 'share-report', subject: meant.id, at, facts: { guest: account } }, () => {
    const also = [
      sql`insert into report_guest (submission, account, added_at)
        select id, ${account}, ${at}::timestamptz from changed where id = ${meant.id} on conflict do nothing`,
    ];
    return advance(db, before, before.state, { at, actor: actorOf(member), facts: { guest: account }, also });
  });
}

/** Ends what `addGuest` began: from now on they see nothing of it here. Throws ReportUnknown, StaffNotAllowed. */
export async function removeGuest(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  account: string,
): Promise<void> {
  const before = await caseFor(db, member, meant);
  const at = now();
  await act(db, member, { action: 'share-report', subject: meant.id, at, facts: { noGuest: account } }, () => {
    const also = [
      sql`delete from report_guest using changed
        where changed.id = ${meant.id} and submission = changed.id and account = ${account}`,
    ];
    return advance(db, before, before.state, { at, actor: actorOf(member), facts: { noGuest: account }, also });
  });
}
