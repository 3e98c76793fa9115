import type { Kysely } from 'kysely';
import type { SlaClock } from '../../../schemas/index.ts';
import { historyOf } from '../../lifecycle/submission.ts';
import type { Tables } from '../../store/tables.ts';
import { deadlinesOf, entriesOf } from '../desk/deadlines.ts';

/** A promise to the reporter that runs in a case, and until when. */
export type RunningPromise = { title: string; dueAt: Date };

/** The promises that run in a case, the next one first. */
export async function promisesIn(
  db: Kysely<Tables>,
  id: string,
  clocks: readonly SlaClock[],
): Promise<RunningPromise[]> {
  const history = entriesOf(await historyOf(db, id));
  return deadlinesOf(clocks, history).map(({ title, dueAt }) => ({ title, dueAt }));
}
