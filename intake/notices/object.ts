import type { Kysely } from 'kysely';
import { z } from 'zod';
import { Email, type ObjectionForm, ObjectionOutcome } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { type Submission, submissionOf } from '../lifecycle/submission.ts';
import { takeInFor } from '../lifecycle/take-in-for.ts';
import type { SubprocessorChangeTable, Tables } from '../store/tables.ts';
import { receiptLetter } from './letters.ts';
import { noticeOpenedBy, type Recipient } from './recipients.ts';

/** What the link of a notice shows. Nothing personal: links are forwarded. */
export type NoticeView = Pick<Recipient, 'id' | 'clock'> & {
  change: Pick<
    SubprocessorChangeTable,
    'vendor' | 'name' | 'change' | 'summary' | 'announcedOn' | 'objectionDeadline' | 'effectiveOn'
  >;
  objection: { id: string; state: string; receivedAt: Date; outcome: ObjectionOutcome | undefined } | undefined;
};

/** What a secret opens, for looking at; undefined when it opens nothing. Changes nothing. */
export async function viewNotice(db: Kysely<Tables>, secret: string, now: Date): Promise<NoticeView | undefined> {
  const found = await noticeOpenedBy(db, secret, now);
  if (found === undefined) return undefined;
  const [change, objection] = await Promise.all([changeOf(db, found.change), submissionOf(db, found.objection)]);
  return {
    id: found.id,
    clock: found.clock,
    change,
    objection:
      objection === undefined
        ? undefined
        : {
            id: objection.id,
            state: objection.state,
            receivedAt: objection.openedAt,
            outcome: await outcomeOf(db, objection),
          },
  };
}

/**
 * Records an objection, once: the first one counts, whoever sends another with the same link. One that comes late is kept as
 * late. What was typed lies in its data alone. Returns whether the secret opens anything.
 */
export async function object(
  { db, head, now }: Pick<Desk, 'db' | 'head' | 'now'>,
  secret: string,
  { reason }: ObjectionForm,
): Promise<boolean> {
  const at = now();
  const found = await noticeOpenedBy(db, secret, at);
  if (found === undefined) return false;
  if (found.objectionState !== null) return true;
  const { id: notice, change, request, objection: id, clock } = found;
  const [about, signed] = await Promise.all([changeOf(db, change), submissionOf(db, request)]);
  if (signed === undefined || signed.data === null) return false;
  const lateSince = clock.is === 'ended' ? clock.objectUntil : undefined;
  const late = lateSince !== undefined;
  const mail = receiptLetter(head, Signed.parse(signed.data).email, about, { id, at, lateSince });
  const event = {
    type: 'objection.received',
    timestamp: at.toISOString(),
    data: { id, change, request, late },
    text: `An objection was received${late ? ', late' : ''}: ${id}`,
  };
  const objectUntil = 'objectUntil' in clock ? clock.objectUntil : null;
  const cause = {
    at,
    actor: 'visitor',
    facts: { notice, change, request, late, objectUntil },
    send: [
      { channel: 'mail' as const, mail },
      { channel: 'webhook' as const, event },
    ],
  };
  await takeInFor(db, { id, kind: 'objection', owner: request }, { reason }, cause);
  return true;
}

const Signed = z.object({ email: Email });

async function outcomeOf(db: Kysely<Tables>, { id, length, state }: Submission): Promise<ObjectionOutcome | undefined> {
  if (state !== 'settled') return undefined;
  const { facts } = await db
    .selectFrom('transition')
    .select('facts')
    .where('submission', '=', id)
    .where('position', '=', length)
    .executeTakeFirstOrThrow();
  return ObjectionOutcome.safeParse(facts.outcome).data;
}

async function changeOf(db: Kysely<Tables>, id: string) {
  return db.selectFrom('subprocessorChange').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}
