import type { Kysely } from 'kysely';
import type { SlaClock } from '../../../schemas/index.ts';
import { historyOf } from '../../lifecycle/submission.ts';
import type { Tables } from '../../store/tables.ts';
import { deadlinesOf, milestonesOf } from '../desk/deadlines.ts';

/** A promise to the reporter that runs in a case, and until when. */
export type RunningPromise = { title: string; dueAt: Date };

/** The promises that run in a case, the next one first. */
export async function promisesIn(
  db: Kysely<Tables>,
  id: string,
  clocks: readonly SlaClock[],
): Promise<RunningPromise[]> {
  const [report, history] = await Promise.all([
    db.selectFrom('report').select('severity').where('submission', '=', id).executeTakeFirstOrThrow(),
    historyOf(db, id),
  ]);
  return deadlinesOf(clocks, milestonesOf(history), report.severity).map(({ title, dueAt }) => ({ title, dueAt }));
}
