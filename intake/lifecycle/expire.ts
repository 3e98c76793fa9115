import { type Kysely, sql } from 'kysely';
import { durationMs, type IntakePolicy } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { moveOn, submissionOf } from './submission.ts';

/** How many are looked at in one turn. */
const BATCH = 100;

/**
 * What the clock does: requests and subscriptions that nobody confirmed in time expire and lose their data at once; what
 * ended long enough ago loses its data; secrets that open nothing any more are deleted. Any number of replicas may do it at
 * once. Returns how many there were of each.
 */
export async function expire(
  db: Kysely<Tables>,
  { retention }: IntakePolicy,
  at: Date,
): Promise<{ expired: number; emptied: number }> {
  const before = (window: string) => new Date(at.getTime() - durationMs(window));
  let expired = 0;
  for (;;) {
    const found = await db
      .selectFrom('submission')
      .select('id')
      .where('state', 'in', ['received', 'pending'])
      .where('openedAt', '<=', before(retention.unconfirmed))
      .limit(BATCH)
      .execute();
    for (const { id } of found) {
      const before = await submissionOf(db, id);
      if (before?.state !== 'received' && before?.state !== 'pending') continue;
      const after = await moveOn(db, before, 'expired', { at, actor: 'clock' }, null);
      if (after.state === 'expired') expired += 1;
    }
    if (found.length < BATCH) break;
  }
  const emptied = await sql`
    update submission set data = null
    from transition newest
    where newest.submission = submission.id and newest.position = submission.length and data is not null
      and kind = 'dpa-request'
      and ((submission.state in ('answered', 'declined', 'expired') and newest.at <= ${before(retention.unsuccessful)})
        or (submission.state in ('superseded', 'terminated') and newest.at <= ${before(retention.ended)}))
  `.execute(db);
  await db.deleteFrom('secret').where('expiresAt', '<=', at).execute();
  return { expired, emptied: Number(emptied.numAffectedRows ?? 0n) };
}
