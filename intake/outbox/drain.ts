import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { ATTEMPTS, nextAttempt, type Outcome, type Send } from './outcome.ts';

/** How one kind of message leaves. */
export type Lane = {
  channel: 'mail' | 'delivery';
  send: Send<unknown>;
  /** How many are sent at once by one process. */
  width: number;
  /** Done before each look for what is due. */
  prepare?: (at: Date) => Promise<void>;
};

/** After this an attempt is given up. */
const ATTEMPT_MS = 60_000;
/**
 * For so long a row belongs to whoever took it up; if nobody said by then what became of it, another attempt is made. It
 * is longer than an attempt by more than the clocks of two servers differ.
 */
export const LEASE_MS = 3 * ATTEMPT_MS;
/** How long a free place is kept from looking again while other attempts are under way. */
const LOOK_MS = 500;

type Claim = { id: string; message: unknown; attempts: number };

/**
 * Sends what is due, until nothing is, or until `signal` aborts: then what was taken up is still finished. Any number of
 * processes may do so at once. A row is taken up by one statement and settled by another, and no transaction is open while
 * it is sent; when a process dies in between, the row is due again after its lease, and is sent with the same id.
 * Returns the number of attempts. Throws when the database does not answer.
 */
export async function drain(db: Kysely<Tables>, lane: Lane, now: () => Date, signal?: AbortSignal): Promise<number> {
  const running = new Set<Promise<void>>();
  const problems: unknown[] = [];
  let attempts = 0;
  try {
    while (signal?.aborted !== true && problems.length === 0) {
      await lane.prepare?.(now());
      const claims = running.size < lane.width ? await claim(db, lane, now(), lane.width - running.size) : [];
      attempts += claims.length;
      for (const row of claims) {
        const attempt: Promise<void> = settleAttempt(db, lane, row, now)
          .catch((problem: unknown) => void problems.push(problem))
          .finally(() => running.delete(attempt));
        running.add(attempt);
      }
      if (running.size === 0) break;
      await someOf(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (problems.length > 0) throw problems[0];
  return attempts;
}

/** When the next message of a lane is due; undefined when none waits. */
export async function nextDue(db: Kysely<Tables>, { channel }: Pick<Lane, 'channel'>): Promise<Date | undefined> {
  const next = await db
    .selectFrom('outbox')
    .select('dueAt')
    .where('state', '=', 'waiting')
    .where('channel', '=', channel)
    .orderBy('dueAt')
    .limit(1)
    .executeTakeFirst();
  return next?.dueAt;
}

/** Takes up rows that nobody else has. The number of the attempt tells later whose the row is. */
async function claim(db: Kysely<Tables>, { channel }: Pick<Lane, 'channel'>, at: Date, limit: number) {
  const { rows } = await sql<Claim>`
    with due as materialized (
      select id from outbox
      where state = 'waiting' and channel = ${channel} and due_at <= ${at}::timestamptz
      order by due_at limit ${limit}::integer
      for update skip locked
    )
    update outbox set attempts = attempts + 1, due_at = ${new Date(at.getTime() + LEASE_MS)}::timestamptz
    from due where outbox.id = due.id
    returning outbox.id, outbox.message, outbox.attempts`.execute(db);
  return rows;
}

async function settleAttempt(db: Kysely<Tables>, lane: Lane, row: Claim, now: () => Date): Promise<void> {
  const outcome = await attempted(lane, row);
  const at = now();
  const again = outcome.is === 'postponed' && row.attempts < ATTEMPTS;
  const change = again
    ? { failure: outcome.reason, dueAt: nextAttempt(row.attempts, at, Math.random(), outcome.notBefore) }
    : outcome.is === 'sent'
      ? { state: 'sent' as const, failure: null, settledAt: at, message: '{}' }
      : { state: 'failed' as const, failure: outcome.reason, settledAt: at, message: '{}' };
  await db
    .updateTable('outbox')
    .set(change)
    .where('id', '=', row.id)
    // Whoever is later than its lease says nothing about the attempt that was made since.
    .where('attempts', '=', row.attempts)
    .execute();
}

async function attempted(lane: Lane, row: Claim): Promise<Outcome> {
  // Whoever took it up before did not live to tell.
  if (row.attempts > ATTEMPTS) return { is: 'failed', reason: 'given-up' };
  try {
    return await lane.send(row.id, row.message, AbortSignal.timeout(ATTEMPT_MS));
  } catch {
    return { is: 'postponed', reason: 'unexpected' };
  }
}

/** Waits until one of these has ended, or for a moment. */
async function someOf(running: ReadonlySet<Promise<void>>): Promise<void> {
  const over = new AbortController();
  const moment = sleep(LOOK_MS, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([...running, moment]);
  over.abort();
}
