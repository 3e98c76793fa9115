import { sql } from 'kysely';
import { z } from 'zod';
import { ChangeTerms, candorError, Email } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { letterRow } from './give.ts';
import { recipientOf } from './recipients.ts';

/**
 * Tells by an event of each notice that could not be delivered, once: a person has to find another way, because no clock of
 * that customer runs. Returns how many there were.
 */
export async function raiseUndelivered({ db, now }: Pick<Desk, 'db' | 'now'>): Promise<number> {
  const at = now();
  const { numAffectedRows = 0n } = await sql`
    with lost as (
      update notice_letter set raised_at = ${at}::timestamptz
      from outbox, notice
      where outbox.id = notice_letter.letter and notice.id = notice_letter.notice
        and outbox.state = 'failed' and outbox.failure <> 'withdrawn' and notice_letter.raised_at is null
      returning notice.id, notice.change, notice.submission, outbox.failure
    )
    insert into outbox (id, channel, message, due_at, submission)
    select gen_random_uuid()::text, 'webhook', jsonb_build_object(
        'type', 'notice.undelivered', 'timestamp', ${at.toISOString()}::text,
        'data', jsonb_build_object('id', id, 'change', change, 'request', submission, 'reason', failure),
        'text', 'A notice could not be delivered, and its clocks do not run: ' || id || ' (' || failure || ')'
      ), ${at}::timestamptz, submission
    from lost`.execute(db);
  return Number(numAffectedRows);
}

/** What a letter is sent to again: another address, or the one in the request. */
const Signed = z.object({ email: Email });

/**
 * Sends a notice again that could not be delivered, with a new secret; by a member of staff, to another address where the
 * one of the agreement is dead. Its clocks start when this one is sent. Throws NoticeRefused.
 */
export async function sendNoticeAgain(
  { db, head, now }: Pick<Desk, 'db' | 'head' | 'now'>,
  id: string,
  by: string,
  to?: Email,
): Promise<void> {
  const at = now();
  const found = await recipientOf(db, id, at);
  if (found === undefined) throw candorError('NoticeRefused', { id, problem: 'there is none of this name' });
  const { delivery, letters } = found;
  if (delivery.is !== 'failed') {
    const problem = delivery.is === 'sent' ? 'its letter was delivered' : 'its letter is on its way';
    throw candorError('NoticeRefused', { id, problem });
  }
  const [change, { data, terms }] = await Promise.all([
    db.selectFrom('subprocessorChange').selectAll().where('id', '=', found.change).executeTakeFirstOrThrow(),
    db
      .selectFrom('notice')
      .innerJoin('submission', 'submission.id', 'notice.submission')
      .select(['submission.data', 'notice.terms'])
      .where('notice.id', '=', id)
      .executeTakeFirstOrThrow(),
  ]);
  if (data === null) throw candorError('NoticeRefused', { id, problem: 'the data of the customer was deleted' });
  const { letter, message, key } = letterRow(
    head,
    to ?? Signed.parse(data).email,
    change,
    ChangeTerms.parse(terms),
    at,
  );
  // Of two who found it failed at the same time, one sends it again.
  const { numAffectedRows = 0n } = await sql`
    with free as (
      update notice set letters = letters + 1 where id = ${id} and letters = ${letters} returning id, submission
    ), sent as (
      insert into outbox (id, channel, message, due_at, submission)
      select ${letter}, 'mail', ${JSON.stringify(message)}::jsonb, ${at}::timestamptz, submission from free
    )
    insert into notice_letter (letter, notice, key, by, written_at)
    select ${letter}, id, ${key}, ${by}, ${at}::timestamptz from free`.execute(db);
  if (numAffectedRows === 0n) throw candorError('NoticeRefused', { id, problem: 'its letter is on its way' });
}
