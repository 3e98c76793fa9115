import { type Kysely, sql } from 'kysely';
import { candorError, type Digest } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { type LoggedTransition, transitionDigest } from './chain.ts';
import { type Kind, machines, mayFollow } from './machines.ts';
import { type Cause, write } from './write.ts';

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
  // What is not replaced is not written: it may have been deleted since it was read.
  const replacing = data === undefined ? sql`` : sql`, data = ${data === null ? null : JSON.stringify(data)}`;
  const moving = sql`update submission set state = ${to}, length = ${length}, head = ${head}${replacing}
    where id = ${before.id} and head = ${before.head}`;
  const moved = await write(db, moving, [{ transition, cause }]);
  if (moved.size === 0) throw candorError('TransitionRefused', { id: before.id, from: before.state, to });
  return { ...before, state: to, length, head, data: data === undefined ? before.data : data };
}

/**
 * Moves a thing on unless somebody did a moment ago: of many who want the same at the same time one does, and all see how
 * it stands then. Throws TransitionRefused for what its plan does not know.
 */
export async function moveOn(...change: Parameters<typeof advance>): Promise<Submission> {
  const [db, before] = change;
  try {
    return await advance(...change);
  } catch (error) {
    const now = await submissionOf(db, before.id);
    if (now === undefined || now.head === before.head) throw error;
    return now;
  }
}

/** A thing by its id; undefined when there is none. */
export async function submissionOf(db: Kysely<Tables>, id: string): Promise<Submission | undefined> {
  const found = await db.selectFrom('submission').selectAll().where('id', '=', id).executeTakeFirst();
  return found === undefined || !isKind(found.kind) ? undefined : { ...found, kind: found.kind };
}

/** All that ever happened to a thing, oldest first. */
export async function historyOf(db: Kysely<Tables>, id: string): Promise<LoggedTransition[]> {
  return db.selectFrom('transition').selectAll().where('submission', '=', id).orderBy('position').execute();
}

/** The transition that follows, with its digest. Throws TransitionRefused. */
export function follow(
  before: { id: string; kind: Kind; state: string | null; length: number; head: Digest | null },
  to: string,
  { at, actor, facts = {} }: Cause,
): LoggedTransition {
  const { id, kind, state: from, length, head: previous } = before;
  if (!mayFollow(kind, from, to)) throw candorError('TransitionRefused', { id, from: from ?? 'new', to });
  const transition = { submission: id, position: length + 1, from, to, at, actor, facts, previous };
  return { ...transition, digest: transitionDigest(transition) };
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(machines, kind);
}
