import { type Kysely, sql } from 'kysely';
import { ChangeTerms } from '../../schemas/index.ts';
import { digestOfSecret } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { type Clock, clockOf, type Delivery } from './clock.ts';

/** Somebody who signed, and how the notice of one change stands with them. Nothing personal: the request names them. */
export type Recipient = {
  /** The id of the notice. */
  id: string;
  change: string;
  request: string;
  /** How many letters there were. */
  letters: number;
  delivery: Delivery;
  clock: Clock;
  /** The id of what is objected, if anything is. */
  objection: string;
  /** Where the objection stands; null when there is none. */
  objectionState: string | null;
};

type Row = {
  id: string;
  change: string;
  request: string;
  letters: number;
  terms: unknown;
  objection: string;
  objectionState: string | null;
  objectionDeadline: string;
  effectiveOn: string;
  sentAt: Date | null;
  waiting: boolean;
  failedAt: Date | null;
  failure: string | null;
};

/** Who was given notice of a change, or of all, and how each stands: delivery, clocks, objection. By request. */
export async function recipientsOf(db: Kysely<Tables>, now: Date, change?: string): Promise<Recipient[]> {
  return standing(db, change === undefined ? sql`true` : sql`notice.change = ${change}`, now);
}

/** One notice by its id; undefined when there is none. */
export async function recipientOf(db: Kysely<Tables>, id: string, now: Date): Promise<Recipient | undefined> {
  const [found] = await standing(db, sql`notice.id = ${id}`, now);
  return found;
}

/** The notice that a secret opens; undefined when it opens none, and for a customer whose data was deleted. */
export async function noticeOpenedBy(db: Kysely<Tables>, secret: string, now: Date): Promise<Recipient | undefined> {
  const opened = sql`request.data is not null and notice.id in (
    select notice_letter.notice from notice_letter where notice_letter.key = ${digestOfSecret(secret)}
  )`;
  const [found] = await standing(db, opened, now);
  return found;
}

async function standing(db: Kysely<Tables>, which: ReturnType<typeof sql>, now: Date): Promise<Recipient[]> {
  const { rows } = await sql<Row>`
    select notice.id, notice.change, notice.submission as request, notice.letters, notice.terms, notice.objection,
      objection.state as objection_state, change.objection_deadline, change.effective_on,
      -- No clock starts before its letter was written, whatever a clock that jumped back says.
      became.sent_at, became.waiting, became.failed_at, became.failure
    from notice
    join subprocessor_change change on change.id = notice.change
    join submission request on request.id = notice.submission
    left join submission objection on objection.id = notice.objection
    cross join lateral (
      select
        min(greatest(outbox.settled_at, notice_letter.written_at)) filter (where outbox.state = 'sent') as sent_at,
        bool_or(outbox.state = 'waiting') as waiting,
        max(outbox.settled_at) filter (where outbox.state = 'failed') as failed_at,
        (array_agg(outbox.failure order by notice_letter.written_at desc, notice_letter.letter))[1] as failure
      from notice_letter join outbox on outbox.id = notice_letter.letter
      where notice_letter.notice = notice.id
    ) became
    where ${which}
    order by notice.change, notice.submission`.execute(db);
  return rows.map(({ terms, objectionDeadline, effectiveOn, sentAt, waiting, failedAt, failure, ...row }) => {
    const delivery = deliveryOf({ sentAt, waiting, failedAt, failure });
    const clock = clockOf({ objectionDeadline, effectiveOn }, ChangeTerms.parse(terms), delivery, now);
    return { ...row, delivery, clock };
  });
}

/** One letter that arrived is enough; while one waits, nothing has failed yet. */
function deliveryOf({ sentAt, waiting, failedAt, failure }: Pick<Row, 'sentAt' | 'waiting' | 'failedAt' | 'failure'>) {
  const delivery: Delivery =
    sentAt !== null
      ? { is: 'sent', at: sentAt }
      : waiting || failedAt === null
        ? { is: 'waiting' }
        : { is: 'failed', at: failedAt, reason: failure ?? 'unknown' };
  return delivery;
}
