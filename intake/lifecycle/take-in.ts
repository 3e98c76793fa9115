import { hash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { CandorError } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { type Kind, machines } from './machines.ts';
import { follow, type Submission } from './submission.ts';
import { type Cause, type Written, write } from './write.ts';

/**
 * Takes in something new. When it returns, the thing is durable, with its first transition and all that is to be sent.
 * With a secret `seed` its id follows from it, and the second of two with the same one is not taken in again.
 */
export type TakeIn = (kind: Kind, data: Record<string, unknown>, cause: Cause, seed?: string) => Promise<Taken>;

/** What was taken in. `wasThere`: it was before, with the same seed; nothing of this cause was written then. */
type Taken = Submission & { wasThere?: true };

/** How many statements are under way at once: while the database works at one, the next is made. */
const AT_ONCE = 2;
/** How many go into one statement at most, and how much of what comes with them, in bytes. */
const MOST = 200;
const MOST_BYTES = 8 * 2 ** 20;

type Entry = Written & { submission: Submission };
type Waiting = { entry: Entry; taken: (isNew: boolean) => void; failed: (reason: unknown) => void };

/**
 * A way in that is shared by all who come at the same time: while statements are under way the next ones wait, and go
 * in together. Under load a statement and a commit are paid for once by many; alone nobody waits. One that the database
 * refuses takes nobody with it. An id is 80 random bits behind the kind: a number to name it by, which opens nothing.
 */
export function wayIn(db: Kysely<Tables>): TakeIn {
  let queue: Waiting[] = [];
  let underWay = 0;
  let isPlanned = false;
  const begin = () => {
    isPlanned = false;
    while (queue.length > 0 && underWay < AT_ONCE) {
      // Each leaves a share to those beside it: all in one would keep the database idle while the next is made.
      const batch = nextOf(queue, Math.ceil(queue.length / (AT_ONCE - underWay)));
      queue = queue.slice(batch.length);
      underWay += 1;
      void settle(db, batch).finally(() => {
        underWay -= 1;
        plan();
      });
    }
  };
  // In a moment, so that all who come together go in together.
  const plan = () => {
    if (isPlanned || queue.length === 0) return;
    isPlanned = true;
    setImmediate(begin);
  };
  return async (kind, data, cause, seed) => {
    const entry = opened(kind, data, cause, seed);
    const isNew = await new Promise<boolean>((taken, failed) => {
      queue.push({ entry, taken, failed });
      plan();
    });
    return isNew ? entry.submission : { ...entry.submission, wasThere: true };
  };
}

async function settle(db: Kysely<Tables>, batch: readonly Waiting[]): Promise<void> {
  // What was sent twice at once is one; in order, so that of two statements with the same ones none waits for the other.
  const entries = new Map(batch.map(({ entry }) => [entry.submission.id, entry]));
  try {
    const written = await insert(
      db,
      [...entries.keys()].sort().flatMap((id) => entries.get(id) ?? []),
    );
    for (const { entry, taken } of batch)
      taken(written.has(entry.submission.id) && entries.get(entry.submission.id) === entry);
  } catch (reason) {
    if (batch.length === 1 || !isAboutOne(reason)) for (const { failed } of batch) failed(reason);
    else {
      // Nothing of the batch was written: in halves again, so that the one at fault is the only one to hear of it.
      const half = Math.ceil(batch.length / 2);
      await settle(db, batch.slice(0, half));
      await settle(db, batch.slice(half));
    }
  }
}

/**
 * Whether it was refused for what one of a batch brought: by us, or by the database (SQLSTATE: cardinality, data,
 * constraint, rollback, limit, or what a trigger raised). One that does not answer is not asked once more for each.
 */
function isAboutOne(reason: unknown): boolean {
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : '';
  return reason instanceof CandorError || /^(?:21|22|23|40|54|P0)...$/.test(code);
}

/** The first ones of a queue: one at least, and as many more, up to `share`, as a statement may hold. */
function nextOf(queue: readonly Waiting[], share: number): readonly Waiting[] {
  const most = Math.min(share, MOST);
  let bytes = 0;
  const end = queue.slice(0, most).findIndex(({ entry: { cause } }, index) => {
    bytes += cause.bytes ?? 0;
    return index > 0 && bytes > MOST_BYTES;
  });
  return queue.slice(0, end === -1 ? most : end);
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

async function insert(db: Kysely<Tables>, entries: readonly Entry[]): Promise<ReadonlySet<string>> {
  const rows = entries.map(({ submission: { openedAt, ...rest } }) => ({ ...rest, opened_at: openedAt }));
  const opening = sql`insert into submission (id, kind, state, length, head, opened_at, data)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as part(id text, kind text, state text, length integer, head text, opened_at timestamptz, data jsonb)
    on conflict (id) do nothing`;
  return write(db, opening, entries);
}

/** 80 of these bits in letters and digits that nobody mistakes for others. */
function nameOf(bits: Buffer): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return [...bits.subarray(0, 16)].map((byte) => alphabet[byte % 32]).join('');
}
