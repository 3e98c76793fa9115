import { randomBytes } from 'node:crypto';
import { type Kysely, type QueryCreator, sql } from 'kysely';
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
 * Takes in something new, with its first transition and what is to be sent: one statement, so that all of it is durable
 * or none. Its id is 80 random bits behind the kind: a number to name it by, which opens nothing.
 */
export async function takeIn(
  db: Kysely<Tables>,
  kind: Kind,
  data: Record<string, unknown>,
  cause: Cause,
): Promise<Submission> {
  const id = `${kind}-${randomName()}`;
  const transition = follow({ id, kind, state: null, length: 0, head: null }, machines[kind].first, cause);
  const { digest: head, to: state } = transition;
  const submission = { id, kind, state, length: 1, head, openedAt: cause.at, data };
  await db
    .with('opened', (cte) =>
      cte
        .insertInto('submission')
        .values({ ...submission, data: JSON.stringify(data) })
        .returning('id'),
    )
    .with('logged', (cte) => cte.insertInto('transition').values(row(transition)).returning('submission'))
    .with('keyed', (cte) => keyed(cte, cause, sql`opened`))
    .insertInto('outbox')
    .columns(['id', 'channel', 'message', 'dueAt', 'submission'])
    .expression(sent(cause, sql`opened`))
    .execute();
  return submission;
}

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
  const moved = await db
    .with('moved', (cte) =>
      cte
        .updateTable('submission')
        .set({ state: to, length, head, data: kept === null ? null : JSON.stringify(kept) })
        .where('id', '=', before.id)
        .where('head', '=', before.head)
        .returning('id'),
    )
    .with('logged', (cte) =>
      cte
        .insertInto('transition')
        .columns(['submission', 'position', 'from', 'to', 'at', 'actor', 'facts', 'previous', 'digest'])
        .expression(
          sql`select id, ${length}::integer, ${before.state}::text, ${to}::text, ${cause.at}::timestamptz,
            ${cause.actor}::text, ${JSON.stringify(cause.facts ?? {})}::jsonb, ${before.head}::text, ${head}::text
            from moved`,
        )
        .returning('submission'),
    )
    .with('keyed', (cte) => keyed(cte, cause, sql`moved`))
    .with('told', (cte) =>
      cte
        .insertInto('outbox')
        .columns(['id', 'channel', 'message', 'dueAt', 'submission'])
        .expression(sent(cause, sql`moved`))
        .returning('id'),
    )
    .selectFrom('moved')
    .select('id')
    .execute();
  if (moved.length === 0) throw candorError('TransitionRefused', { id: before.id, from: before.state, to });
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

function follow(
  before: { id: string; kind: Kind; state: string | null; length: number; head: Digest | null },
  to: string,
  { at, actor, facts = {} }: Cause,
): Transition & { digest: Digest } {
  const { id, kind, state: from, length, head: previous } = before;
  if (!mayFollow(kind, from, to)) throw candorError('TransitionRefused', { id, from: from ?? 'new', to });
  const transition = { submission: id, position: length + 1, from, to, at, actor, facts, previous };
  return { ...transition, digest: transitionDigest(transition) };
}

function row({ facts, ...transition }: Transition & { digest: Digest }) {
  return { ...transition, facts: JSON.stringify(facts) };
}

/** The rows of the outbox, of which there are none unless the part named `after` has a row. */
function sent({ at, send = [] }: Cause, after: ReturnType<typeof sql>) {
  const rows = JSON.stringify(send.map(outboxRow));
  return sql<Record<string, unknown>>`select part.id, part.channel, part.message, ${at}::timestamptz, ${after}.id
    from jsonb_to_recordset(${rows}::jsonb) as part(id text, channel text, message jsonb), ${after}`;
}

/** The rows of secrets, of which there are none unless the part named `after` has a row. */
function keyed(cte: QueryCreator<Tables>, { secrets = [] }: Cause, after: ReturnType<typeof sql>) {
  const rows = JSON.stringify(secrets.map(({ expiresAt, ...rest }) => ({ ...rest, expires_at: expiresAt })));
  return cte
    .insertInto('secret')
    .columns(['digest', 'submission', 'purpose', 'expiresAt'])
    .expression(
      sql<Record<string, unknown>>`select part.digest, ${after}.id, part.purpose, part.expires_at
        from jsonb_to_recordset(${rows}::jsonb) as part(digest text, purpose text, expires_at timestamptz), ${after}`,
    )
    .returning('digest');
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(machines, kind);
}

/** 80 random bits in letters and digits that nobody mistakes for others. */
function randomName(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
}
