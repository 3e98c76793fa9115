import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';

/** A message that was given up. `bounced` is a letter whose recipient there is no way to. */
export type Failure = {
  id: string;
  channel: 'mail' | 'webhook' | 'delivery';
  /** Whose change it told of; null when it told of none. */
  submission: string | null;
  reason: string;
  failedAt: Date;
};

/** What was given up, newest first: a person has to look at each. */
export async function failures(db: Kysely<Tables>): Promise<Failure[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['id', 'channel', 'submission', 'failure', 'settledAt'])
    .where('state', '=', 'failed')
    .orderBy('settledAt', 'desc')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ failure: reason, settledAt: failedAt, ...row }) =>
    reason === null || failedAt === null ? [] : [{ ...row, reason, failedAt }],
  );
}
