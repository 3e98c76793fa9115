import { type Kysely, sql } from 'kysely';
import { type Kept, keptOf, statesKept, type Windows, windowsOf } from '../../posture/retention-windows.ts';
import { type Content, durationMs, type IntakePolicy } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { forget } from './forget.ts';
import { moveOn, submissionOf } from './submission.ts';

/** How many are looked at in one turn. */
const BATCH = 100;
/** What keeps its data for a while after its end. */
const endings = [
  ['dpa-request', 'unsuccessful'],
  ['dpa-request', 'ended'],
  ['grant', 'ended'],
  ['vulnerability-report', 'reports'],
] as const;

/**
 * What the clock does: requests and subscriptions that nobody confirmed in time expire and lose their data at once; what
 * ended long enough ago loses its data, and reports their text; secrets that open nothing any more are deleted. `content` is
 * null while it cannot be read. Any number of replicas may do it at once. Returns how many there were of each, and keeps in
 * the database that it ran, and how many there were so far.
 */
export async function expire(
  db: Kysely<Tables>,
  policy: IntakePolicy,
  at: Date,
  content: Pick<Partial<Content>, 'disclosure'> | null = {},
): Promise<{ expired: number; emptied: number }> {
  const windows = windowsOf(policy, content?.disclosure);
  const before = (window: keyof Windows) => new Date(at.getTime() - durationMs(windows[window]));
  let expired = 0;
  for (const kind of ['dpa-request', 'subscription'] as const)
    expired += await inBatches(idsOpened(db, kind, before('unconfirmed')), async (id) => {
      const now = await submissionOf(db, id);
      if (now === undefined || keptOf(kind, now.state) !== 'unconfirmed') return false;
      const after = await moveOn(db, now, 'expired', { at, actor: 'clock' }, null);
      await forget(db, id, at);
      return after.state === 'expired';
    });
  let emptied = 0;
  // How long reports are kept, nobody knows while the content cannot be read.
  const known = endings.filter(([kind]) => content !== null || kind !== 'vulnerability-report');
  for (const [kind, window] of known)
    emptied += await inBatches(idsEnded(db, kind, window, before(window)), async (id) => {
      await forget(db, id, at);
      return true;
    });
  await db.deleteFrom('secret').where('expiresAt', '<=', at).execute();
  await sql`
    insert into job_run (job, ran_at, expired, emptied) values ('expire', ${at}, ${expired}, ${emptied})
    on conflict (job) do update set ran_at = greatest(job_run.ran_at, excluded.ran_at),
      expired = job_run.expired + excluded.expired, emptied = job_run.emptied + excluded.emptied`.execute(db);
  return { expired, emptied };
}

/** Those of a kind that were sent in before a moment, and never confirmed. */
function idsOpened(db: Kysely<Tables>, kind: 'dpa-request' | 'subscription', openedBefore: Date) {
  const query = db
    .selectFrom('submission')
    .select('id')
    .where('kind', '=', kind)
    .where('state', 'in', statesKept(kind, 'unconfirmed'))
    .where('openedAt', '<=', openedBefore);
  return () => query.limit(BATCH).execute();
}

/** Those that came to their end before a moment, and still have data. */
function idsEnded(db: Kysely<Tables>, kind: (typeof endings)[number][0], window: Kept, endedBefore: Date) {
  const query = db
    .selectFrom('submission')
    .innerJoin('transition', (join) =>
      join.onRef('transition.submission', '=', 'id').onRef('transition.position', '=', 'length'),
    )
    .select('id')
    .where('kind', '=', kind)
    .where('state', 'in', statesKept(kind, window))
    .where('data', 'is not', null)
    .where('transition.at', '<=', endedBefore);
  return () => query.limit(BATCH).execute();
}

/** Does it with all that are found, a batch after the other. Returns of how many it said yes. */
async function inBatches(
  find: () => Promise<{ id: string }[]>,
  work: (id: string) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  for (;;) {
    const found = await find();
    for (const { id } of found) if (await work(id)) count += 1;
    if (found.length < BATCH) return count;
  }
}
