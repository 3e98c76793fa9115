import type { Kysely } from 'kysely';
import { z } from 'zod';
import {
  candorError,
  Email,
  ObjectionForm,
  ObjectionOutcome,
  ObjectionState,
  type SettlementForm,
} from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { advance, submissionOf } from '../lifecycle/submission.ts';
import type { Tables } from '../store/tables.ts';
import { settledLetter } from './letters.ts';

/** An objection as staff sees it. `reason` is the customer’s text; null once it was deleted. */
export type Objection = {
  id: string;
  change: string;
  request: string;
  state: ObjectionState;
  receivedAt: Date;
  late: boolean;
  reason: string | null;
  /** Null before it is settled. */
  outcome: ObjectionOutcome | null;
};

const Facts = z.object({ late: z.boolean() });
const Settled = z.object({ outcome: ObjectionOutcome });
const Signed = z.object({ email: Email });

/** All objections, or those to one change: what waits first, then by the time at which they came. */
export async function objectionsOf(db: Kysely<Tables>, change?: string): Promise<Objection[]> {
  const rows = await db
    .selectFrom('notice')
    .innerJoin('submission', 'submission.id', 'notice.objection')
    .innerJoin('transition as first', (join) =>
      join.onRef('first.submission', '=', 'submission.id').on('first.position', '=', 1),
    )
    .innerJoin('transition as newest', (join) =>
      join.onRef('newest.submission', '=', 'submission.id').onRef('newest.position', '=', 'submission.length'),
    )
    .select([
      'submission.id',
      'notice.change',
      'notice.submission as request',
      'submission.state',
      'submission.openedAt as receivedAt',
      'submission.data',
      'first.facts as received',
      'newest.facts as newest',
    ])
    .$if(change !== undefined, (query) => query.where('notice.change', '=', change ?? ''))
    .orderBy('submission.state')
    .orderBy('submission.openedAt')
    .orderBy('submission.id')
    .execute();
  return rows.map(({ data, received, newest, state, ...row }) => ({
    ...row,
    state: ObjectionState.parse(state),
    late: Facts.parse(received).late,
    reason: data === null ? null : ObjectionForm.parse({ reason: data.reason }).reason,
    outcome: Settled.safeParse(newest).data?.outcome ?? null,
  }));
}

/** The address of whoever signed what an objection is about; undefined once it was deleted. */
export async function objectorOf(db: Kysely<Tables>, id: string): Promise<Email | undefined> {
  const found = await db
    .selectFrom('notice')
    .innerJoin('submission as signed', 'signed.id', 'notice.submission')
    .select('signed.data')
    .where('notice.objection', '=', id)
    .executeTakeFirst();
  return Signed.safeParse(found?.data).data?.email;
}

/**
 * Settles an objection and writes to the customer; by a member of staff. Nobody is written to once the customer’s data was
 * deleted. Throws ObjectionUnknown, and TransitionRefused when somebody has settled it already.
 */
export async function settleObjection(
  { db, head, now }: Pick<Desk, 'db' | 'head' | 'now'>,
  id: string,
  { outcome, answer }: SettlementForm,
  staff: string,
): Promise<void> {
  const found = await submissionOf(db, id);
  const about = await db
    .selectFrom('notice')
    .innerJoin('subprocessorChange as about', 'about.id', 'notice.change')
    .innerJoin('submission as signed', 'signed.id', 'notice.submission')
    .select(['about.id', 'about.name', 'about.change', 'signed.data'])
    .where('notice.objection', '=', id)
    .executeTakeFirst();
  if (found === undefined || about === undefined) throw candorError('ObjectionUnknown', { id });
  // A clock that jumped back does not settle before it was received.
  const at = new Date(Math.max(now().getTime(), found.openedAt.getTime()));
  const mail = about.data && settledLetter(head, Signed.parse(about.data).email, about, { id, outcome, answer });
  const event = { type: 'objection.settled', timestamp: at.toISOString(), data: { id, change: about.id, outcome } };
  await advance(
    db,
    found,
    'settled',
    {
      at,
      actor: staff,
      facts: { outcome },
      send: [{ channel: 'webhook', event }, ...(mail === null ? [] : [{ channel: 'mail' as const, mail }])],
    },
    found.data === null ? null : { ...found.data, answer },
  );
}
