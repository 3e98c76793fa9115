import { type Kysely, sql } from 'kysely';
import { moveOn, submissionOf } from '../lifecycle/submission.ts';
import type { Tables } from '../store/tables.ts';

/** How many are looked at in one turn. */
const BATCH = 100;

/** Ends the grants whose time is over. Any number of replicas may do it at once. Returns how many there were. */
export async function expireGrants(db: Kysely<Tables>, at: Date): Promise<number> {
  for (let expired = 0; ; ) {
    const found = await db
      .selectFrom('submission')
      .innerJoin('transition', (join) => join.onRef('transition.submission', '=', 'id').on('position', '=', 1))
      .select('id')
      .where('kind', '=', 'grant')
      .where('state', 'in', ['granted', 'agreed'])
      .where(sql<boolean>`(facts ->> 'validUntil')::timestamptz <= ${at}`)
      .limit(BATCH)
      .execute();
    for (const { id } of found) {
      const before = await submissionOf(db, id);
      if (before?.state !== 'granted' && before?.state !== 'agreed') continue;
      const after = await moveOn(db, before, 'expired', { at, actor: 'clock' });
      if (after.state === 'expired') expired += 1;
    }
    if (found.length < BATCH) return expired;
  }
}
