import { hash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { type Kind, machines } from './machines.ts';
import { follow, type Submission } from './submission.ts';
import { type Cause, type Written, write } from './write.ts';

/**
 * Takes in something new. When it returns, the thing is durable, with its first transition and all that is to be sent.
 * With a secret `seed` its id follows from it, and the second of two with the same one is not taken in again.
 */
export type TakeIn = (kind: Kind, data: Record<string, unknown>, cause: Cause, seed?: string) => Promise<Submission>;

/** How many go into one statement at most, and how much of what comes with them, in bytes. */
const MOST = 200;
const MOST_BYTES = 8 * 2 ** 20;

type Entry = Written & { submission: Submission };
type Waiting = { entry: Entry; taken: () => void; failed: (reason: unknown) => void };

/**
 * A way in that is shared by all who come at the same time: while one statement is under way the next ones wait, and go
 * in together. Under load a statement and a commit are paid for once by many; alone nobody waits. One that the database
 * refuses takes nobody with it. An id is 80 random bits behind the kind: a number to name it by, which opens nothing.
 */
export function wayIn(db: Kysely<Tables>): TakeIn {
  let queue: Waiting[] = [];
  let isWriting = false;
  const flush = async () => {
    isWriting = true;
    while (queue.length > 0) {
      const batch = nextOf(queue);
      queue = queue.slice(batch.length);
      await settle(db, batch);
    }
    isWriting = false;
  };
  return async (kind, data, cause, seed) => {
    const entry = opened(kind, data, cause, seed);
    await new Promise<void>((taken, failed) => {
      queue.push({ entry, taken, failed });
      if (!isWriting) void flush();
    });
    return entry.submission;
  };
}

async function settle(db: Kysely<Tables>, batch: readonly Waiting[]): Promise<void> {
  try {
    await insert(
      db,
      batch.map(({ entry }) => entry),
    );
    for (const { taken } of batch) taken();
  } catch (reason) {
    // Nothing of the batch was written: in halves again, so that the one at fault is the only one to hear of it.
    if (batch.length === 1) for (const { failed } of batch) failed(reason);
    else {
      const half = Math.ceil(batch.length / 2);
      await settle(db, batch.slice(0, half));
      await settle(db, batch.slice(half));
    }
  }
}

/** The first ones of a queue: one at least, and as many more as a statement may hold. */
function nextOf(queue: readonly Waiting[]): readonly Waiting[] {
  let bytes = 0;
  const end = queue.slice(0, MOST).findIndex(({ entry: { cause } }, index) => {
    bytes += cause.bytes ?? 0;
    return index > 0 && bytes > MOST_BYTES;
  });
  return queue.slice(0, end === -1 ? MOST : end);
}

/** The id that follows from a secret seed. */
export function idFrom(kind: Kind, seed: string): string {
  return `${kind}-${nameOf(hash('sha256', `id:${seed}`, 'buffer'))}`;
}

function opened(kind: Kind, data: Record<string, unknown>, cause: Cause, seed: string | undefined): Entry {
  const id = seed === undefined ? `${kind}-${nameOf(randomBytes(16))}` : idFrom(kind, seed);
  const transition = follow({ id, kind, state: null, length: 0, head: null }, machines[kind].first, cause);
  const { digest: head, to: state } = transition;
  return { submission: { id, kind, state, length: 1, head, openedAt: cause.at, data }, transition, cause };
}

async function insert(db: Kysely<Tables>, entries: readonly Entry[]): Promise<void> {
  const rows = entries.map(({ submission: { openedAt, ...rest } }) => ({ ...rest, opened_at: openedAt }));
  const opening = sql`insert into submission (id, kind, state, length, head, opened_at, data)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as part(id text, kind text, state text, length integer, head text, opened_at timestamptz, data jsonb)
    on conflict (id) do nothing`;
  await write(db, opening, entries);
}

/** 80 of these bits in letters and digits that nobody mistakes for others. */
function nameOf(bits: Buffer): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return [...bits.subarray(0, 16)].map((byte) => alphabet[byte % 32]).join('');
}
