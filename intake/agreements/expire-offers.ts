import { type Kysely, sql } from 'kysely';
import { moveOn, submissionOf } from '../lifecycle/submission.ts';
import type { Tables } from '../store/tables.ts';

/** How many are looked at in one turn. */
const BATCH = 100;

/** Offers that nobody accepted in time expire. Any number of replicas may do it at once. Returns how many there were. */
export async function expireOffers(db: Kysely<Tables>, at: Date): Promise<number> {
  for (let expired = 0; ; ) {
    const { rows } = await sql<{ id: string }>`
      select submission.id from submission
      join agreement on agreement.submission = submission.id
      where submission.kind = 'dpa-request' and submission.state = 'offered' and agreement.valid_until <= ${at}
        and agreement.number = (select max(number) from agreement newest where newest.submission = submission.id)
      limit ${BATCH}`.execute(db);
    for (const { id } of rows) {
      const before = await submissionOf(db, id);
      if (before?.state !== 'offered') continue;
      const after = await moveOn(db, before, 'expired', { at, actor: 'clock' });
      if (after.state === 'expired') expired += 1;
    }
    if (rows.length < BATCH) return expired;
  }
}
