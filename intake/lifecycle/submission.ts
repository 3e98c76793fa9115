import { type Kysely, type RawBuilder, sql } from 'kysely';
import { candorError, type Digest } from '../../schemas/index.ts';
import { type Message, outboxRow } from '../outbox/message.ts';
import type { SecretRow } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { type Transition, transitionDigest } from './chain.ts';
import { type Kind, machines, mayFollow } from './machines.ts';

/** A thing that somebody sent in, as it stands. `data` is null once it was deleted. */
export type Submission = {
  id: string;
  kind: Kind;
  state: string;
  length: number;
  head: Digest;
  openedAt: Date;
  data: Record<string, unknown> | null;
};

/** Who changes a state, when, what it rests on, what is sent when it has happened, and what opens it from then on. */
export type Cause = {
  at: Date;
  actor: string;
  facts?: Record<string, unknown>;
  send?: readonly Message[];
  secrets?: readonly SecretRow[];
};

/**
 * Moves a thing on, with what is to be sent: one statement, in which its head must still be the one that was read. With
 * `data` what is kept of it is replaced too; null deletes it. Throws TransitionRefused.
 */
export async function advance(
  db: Kysely<Tables>,
  before: Submission,
  to: string,
  cause: Cause,
  data?: Record<string, unknown> | null,
): Promise<Submission> {
  const transition = follow(before, to, cause);
  const { digest: head, position: length } = transition;
  const kept = data === undefined ? before.data : data;
  const moving = sql`update submission set state = ${to}, length = ${length}, head = ${head},
    data = ${kept === null ? null : JSON.stringify(kept)} where id = ${before.id} and head = ${before.head}`;
  const moved = await write(db, moving, transition, cause);
  if (!moved) throw candorError('TransitionRefused', { id: before.id, from: before.state, to });
  return { ...before, state: to, length, head, data: kept };
}

/** A thing by its id; undefined when there is none. */
export async function submissionOf(db: Kysely<Tables>, id: string): Promise<Submission | undefined> {
  const found = await db.selectFrom('submission').selectAll().where('id', '=', id).executeTakeFirst();
  return found === undefined || !isKind(found.kind) ? undefined : { ...found, kind: found.kind };
}

/** All that ever happened to a thing, oldest first. */
export async function historyOf(db: Kysely<Tables>, id: string): Promise<(Transition & { digest: Digest })[]> {
  return db.selectFrom('transition').selectAll().where('submission', '=', id).orderBy('position').execute();
}

/** The transition that follows, with its digest. Throws TransitionRefused. */
export function follow(
  before: { id: string; kind: Kind; state: string | null; length: number; head: Digest | null },
  to: string,
  { at, actor, facts = {} }: Cause,
): Transition & { digest: Digest } {
  const { id, kind, state: from, length, head: previous } = before;
  if (!mayFollow(kind, from, to)) throw candorError('TransitionRefused', { id, from: from ?? 'new', to });
  const transition = { submission: id, position: length + 1, from, to, at, actor, facts, previous };
  return { ...transition, digest: transitionDigest(transition) };
}

/**
 * One statement: the change, and what comes with it for the row that it changed. When it changed none, nothing is
 * written. Returns whether it did.
 */
async function write(
  db: Kysely<Tables>,
  change: RawBuilder<unknown>,
  { position, from, to, at, actor, facts, previous, digest }: Transition & { digest: Digest },
  { secrets = [], send = [] }: Cause,
): Promise<boolean> {
  const secretRows = JSON.stringify(secrets.map(({ expiresAt, ...rest }) => ({ ...rest, expires_at: expiresAt })));
  const letterRows = JSON.stringify(send.map(outboxRow));
  const { rows } = await sql`
    with changed as (${change} returning id),
    logged as (
      insert into transition (submission, position, "from", "to", at, actor, facts, previous, digest)
      select id, ${position}::integer, ${from}::text, ${to}::text, ${at}::timestamptz, ${actor}::text,
        ${JSON.stringify(facts)}::jsonb, ${previous}::text, ${digest}::text from changed
    ),
    keyed as (
      insert into secret (digest, submission, purpose, expires_at)
      select part.digest, changed.id, part.purpose, part.expires_at
      from changed, jsonb_to_recordset(${secretRows}::jsonb) as part(digest text, purpose text, expires_at timestamptz)
    ),
    told as (
      insert into outbox (id, channel, message, due_at, submission)
      select part.id, part.channel, part.message, ${at}::timestamptz, changed.id
      from changed, jsonb_to_recordset(${letterRows}::jsonb) as part(id text, channel text, message jsonb)
    )
    select id from changed`.execute(db);
  return rows.length > 0;
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(machines, kind);
}
