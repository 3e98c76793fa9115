import { type Kysely, sql } from 'kysely';
import { durationMs, type IntakePolicy } from '../../schemas/index.ts';
import { moveOn, submissionOf } from '../lifecycle/submission.ts';
import { withdraw } from '../outbox/withdraw.ts';
import type { Tables } from '../store/tables.ts';
import { revoke } from './give.ts';
import { grantsFor } from './grant.ts';

/** How many are looked at in one turn. */
const BATCH = 100;

/**
 * What the clock does with grants: those whose time is over end, and those that ended long enough ago lose their data. Any
 * number of replicas may do it at once. Returns how many there were of each.
 */
export async function endGrants(
  db: Kysely<Tables>,
  { retention }: IntakePolicy,
  at: Date,
): Promise<{ expired: number; emptied: number }> {
  const live = db
    .selectFrom('submission')
    .innerJoin('transition', (join) => join.onRef('transition.submission', '=', 'id').on('position', '=', 1))
    .select('id')
    .where('kind', '=', 'grant')
    .where('state', 'in', ['granted', 'agreed'])
    .where(sql<boolean>`(facts ->> 'validUntil')::timestamptz <= ${at}`);
  const expired = await inBatches(live, async (id) => {
    const before = await submissionOf(db, id);
    if (before?.state !== 'granted' && before?.state !== 'agreed') return false;
    return (await moveOn(db, before, 'expired', { at, actor: 'clock' })).state === 'expired';
  });
  const old = db
    .selectFrom('submission')
    .innerJoin('transition', (join) =>
      join.onRef('transition.submission', '=', 'id').onRef('transition.position', '=', 'length'),
    )
    .select('id')
    .where('kind', '=', 'grant')
    .where('state', 'in', ['revoked', 'expired'])
    .where('data', 'is not', null)
    .where('transition.at', '<=', new Date(at.getTime() - durationMs(retention.ended)));
  const emptied = await inBatches(old, async (id) => {
    await empty(db, id, at);
    return true;
  });
  return { expired, emptied };
}

/**
 * Ends all grants that answered a request, and deletes what is personal in them: their logs stay, and name nobody. `actor` is a
 * member of staff, or `clock`.
 */
export async function forgetGrants(db: Kysely<Tables>, request: string, actor: string, at: Date): Promise<void> {
  for (const { submission } of await grantsFor(db, request)) {
    await revoke({ db, now: () => at }, submission.id, actor);
    await empty(db, submission.id, at);
  }
}

async function empty(db: Kysely<Tables>, id: string, at: Date): Promise<void> {
  await sql`with emptied as (update submission set data = null where id = ${id})
    delete from secret where submission = ${id}`.execute(db);
  await withdraw(db, id, at);
}

/** Does it with all that are found, a batch after the other. Returns of how many it said yes. */
async function inBatches(
  query: { limit: (count: number) => { execute: () => Promise<{ id: string }[]> } },
  work: (id: string) => Promise<boolean>,
): Promise<number> {
  for (let count = 0; ; ) {
    const found = await query.limit(BATCH).execute();
    for (const { id } of found) if (await work(id)) count += 1;
    if (found.length < BATCH) return count;
  }
}
