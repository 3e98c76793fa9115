import { type Kysely, sql } from 'kysely';
import { withdraw } from '../outbox/withdraw.ts';
import type { Tables } from '../store/tables.ts';

/**
 * Deletes what is personal in a submission, wherever it lies: what was typed, the texts and the sealed file of its
 * agreement, what was written in its case and where answers went, letters that nobody has got yet, and all secrets that open it. Its history stays and still proves itself. A
 * second time is no error.
 */
export async function forget(db: Kysely<Tables>, submission: string, at: Date): Promise<void> {
  await sql`
    with emptied as (update submission set data = null where id = ${submission}),
    closed as (delete from secret where submission = ${submission}),
    silenced as (update report set reply_to = null where submission = ${submission}),
    unwritten as (update report_message set ciphertext = null where submission = ${submission})
    update agreement set offer = null, annexes = null, acceptance = null, pdf = null, seal_due_at = null
    where submission = ${submission}`.execute(db);
  await withdraw(db, submission, at);
}
