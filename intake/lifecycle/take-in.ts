import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { outboxRow } from '../outbox/message.ts';
import type { Tables } from '../store/tables.ts';
import { type Kind, machines } from './machines.ts';
import { type Cause, follow, type Submission } from './submission.ts';

/** Takes in something new. When it returns, the thing is durable, with its first transition and all that is to be sent. */
export type TakeIn = (kind: Kind, data: Record<string, unknown>, cause: Cause) => Promise<Submission>;

/** How many go into one statement at most. */
const MOST = 200;

type Entry = { submission: Submission; transition: ReturnType<typeof follow>; cause: Cause };
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
      const batch = queue.slice(0, MOST);
      queue = queue.slice(MOST);
      await settle(db, batch);
    }
    isWriting = false;
  };
  return async (kind, data, cause) => {
    const entry = opened(kind, data, cause);
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
    // Nothing of the batch was written: each alone, so that the one at fault is the only one to hear of it.
    if (batch.length === 1) for (const { failed } of batch) failed(reason);
    else for (const one of batch) await settle(db, [one]);
  }
}

function opened(kind: Kind, data: Record<string, unknown>, cause: Cause): Entry {
  const id = `${kind}-${randomName()}`;
  const transition = follow({ id, kind, state: null, length: 0, head: null }, machines[kind].first, cause);
  const { digest: head, to: state } = transition;
  return { submission: { id, kind, state, length: 1, head, openedAt: cause.at, data }, transition, cause };
}

/** All of it in one statement: every row of it is durable, or none. */
async function insert(db: Kysely<Tables>, entries: readonly Entry[]): Promise<void> {
  const taken = entries.map(({ submission: { openedAt: at, ...rest }, cause: { actor, facts = {} } }) => {
    return { ...rest, at, actor, facts };
  });
  const secrets = entries.flatMap(({ submission: { id: submission }, cause }) =>
    (cause.secrets ?? []).map(({ expiresAt, ...rest }) => ({ ...rest, submission, expires_at: expiresAt })),
  );
  const letters = entries.flatMap(({ submission: { id: submission }, cause: { at, send = [] } }) =>
    send.map((message) => ({ ...outboxRow(message), submission, due_at: at })),
  );
  await sql`
    with taken as (
      select * from jsonb_to_recordset(${JSON.stringify(taken)}::jsonb)
        as part(id text, kind text, state text, head text, at timestamptz, data jsonb, actor text, facts jsonb)
    ),
    opened as (
      insert into submission (id, kind, state, length, head, opened_at, data)
      select id, kind, state, 1, head, at, data from taken
    ),
    logged as (
      insert into transition (submission, position, "from", "to", at, actor, facts, previous, digest)
      select id, 1, null, state, at, actor, facts, null, head from taken
    ),
    keyed as (
      insert into secret (digest, submission, purpose, expires_at)
      select * from jsonb_to_recordset(${JSON.stringify(secrets)}::jsonb)
        as part(digest text, submission text, purpose text, expires_at timestamptz)
    )
    insert into outbox (id, channel, message, due_at, submission)
    select * from jsonb_to_recordset(${JSON.stringify(letters)}::jsonb)
      as part(id text, channel text, message jsonb, due_at timestamptz, submission text)`.execute(db);
}

/** 80 random bits in letters and digits that nobody mistakes for others. */
function randomName(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
}
