import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';

/**
 * Takes back the letters about a submission that nobody has got yet, and empties them: whoever is deleted must not be
 * written to. One that is being sent at this moment still arrives. With `letters` only those. Returns how many there were.
 */
export async function withdraw(
  db: Kysely<Tables>,
  submission: string,
  at: Date,
  letters?: readonly string[],
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({
      state: 'failed',
      failure: 'withdrawn',
      settledAt: at,
      message: '{}',
      // An attempt under way is no longer the newest one, so that it changes nothing.
      attempts: sql`attempts + 1`,
    })
    .where('submission', '=', submission)
    .where('channel', '=', 'mail')
    .where('state', '=', 'waiting')
    .$if(letters !== undefined, (query) => query.where('id', 'in', letters ?? []))
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
