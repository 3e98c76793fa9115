import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Message, outboxRow } from '../outbox/message.ts';
import type { SecretRow } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import type { LoggedTransition } from './chain.ts';

/** Who changes a state, when, what it rests on, what is sent when it has happened, and what opens it from then on. */
export type Cause = {
  at: Date;
  actor: string;
  facts?: Record<string, unknown>;
  send?: readonly Message[];
  secrets?: readonly SecretRow[];
  /** Statements on other tables, done with it. Each reads `changed`: the ids of what was changed, none if nothing was. */
  also?: readonly RawBuilder<unknown>[];
  /** How much those hold, where it is much. */
  bytes?: number;
};

/** A transition, and what comes with it. */
export type Written = { transition: LoggedTransition; cause: Cause };

/**
 * One statement: a change of submissions, and what comes with it for each row that it changed; so all of it is durable, or
 * none. What comes with a row that was not changed is not written. Returns the ids of what was changed.
 */
export async function write(
  db: Kysely<Tables>,
  change: RawBuilder<unknown>,
  written: readonly Written[],
): Promise<ReadonlySet<string>> {
  const transitions = written.map(({ transition }) => transition);
  const secrets = written.flatMap(({ transition: { submission }, cause: { secrets: rows = [] } }) =>
    rows.map(({ expiresAt, ...rest }) => ({ ...rest, submission, expires_at: expiresAt })),
  );
  const letters = written.flatMap(({ transition: { submission, at }, cause: { send = [] } }) =>
    send.map((message) => ({ ...outboxRow(message), submission, due_at: at })),
  );
  const also = written.flatMap(({ cause }) => cause.also ?? []);
  const parts = also.map((statement, index) => sql`, ${sql.raw(`also_${index}`)} as (${statement})`);
  const { rows } = await sql<{ id: string }>`
    with changed as (${change} returning id),
    logged as (
      insert into transition (submission, position, "from", "to", at, actor, facts, previous, digest)
      select part.* from jsonb_to_recordset(${JSON.stringify(transitions)}::jsonb) as part(submission text,
        position integer, "from" text, "to" text, at timestamptz, actor text, facts jsonb, previous text, digest text)
      join changed on changed.id = part.submission
    ),
    keyed as (
      insert into secret (digest, submission, purpose, expires_at)
      select part.* from jsonb_to_recordset(${JSON.stringify(secrets)}::jsonb)
        as part(digest text, submission text, purpose text, expires_at timestamptz)
      join changed on changed.id = part.submission
    ),
    told as (
      insert into outbox (id, channel, message, due_at, submission)
      select part.* from jsonb_to_recordset(${JSON.stringify(letters)}::jsonb)
        as part(id text, channel text, message jsonb, due_at timestamptz, submission text)
      join changed on changed.id = part.submission
    )
    ${sql.join(parts, sql``)}
    select id from changed`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
