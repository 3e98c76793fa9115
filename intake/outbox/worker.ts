import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { troubleOf } from '../trouble.ts';
import { drain, type Lane, nextDue } from './drain.ts';

/** How long a lane sleeps at most: what another process puts into the outbox does not wake it. */
const LONGEST_SLEEP_MS = 1_000;
/** How long it waits after the database did not answer. */
const AFTER_FAILURE_MS = 2_000;

/** What a worker needs to know. `onFailure` hears that the database did not answer, by its code. */
export type WorkerOptions = { now: () => Date; signal: AbortSignal; onFailure?: (code: string) => void };

/**
 * Keeps sending what is due in these lanes, each for itself, so that a slow one holds up no other, and sleeps until the
 * next is due. Ends when `signal` aborts, once what was taken up is finished; a database that does not answer never
 * ends it.
 */
export async function runOutbox(db: Kysely<Tables>, lanes: readonly Lane[], options: WorkerOptions): Promise<void> {
  await Promise.all(lanes.map((lane) => keepDraining(db, lane, options)));
}

async function keepDraining(db: Kysely<Tables>, lane: Lane, { now, signal, onFailure }: WorkerOptions): Promise<void> {
  while (!signal.aborted) {
    let pause = AFTER_FAILURE_MS;
    try {
      await drain(db, lane, now, signal);
      const due = await nextDue(db, lane);
      pause = Math.min(LONGEST_SLEEP_MS, due === undefined ? Infinity : due.getTime() - now().getTime());
    } catch (error) {
      onFailure?.(troubleOf(error));
    }
    await sleep(Math.max(0, pause), undefined, { signal }).catch(() => undefined);
  }
}
