import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';

/** A message that was given up. `bounced`: its recipient cannot be written to. */
export type Failure = {
  id: string;
  channel: 'mail' | 'webhook' | 'delivery';
  /** Whose change it told of; null when it told of none. */
  submission: string | null;
  reason: string;
  failedAt: Date;
};

/** What was given up, newest first: a person has to look at each. What was withdrawn is not among them. */
export async function failures(db: Kysely<Tables>): Promise<Failure[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['id', 'channel', 'submission', 'failure', 'settledAt'])
    .where('state', '=', 'failed')
    .where('failure', '!=', 'withdrawn')
    .orderBy('settledAt', 'desc')
    .orderBy('id')
    .execute();
  return rows.flatMap(({ failure: reason, settledAt: failedAt, ...row }) =>
    reason === null || failedAt === null ? [] : [{ ...row, reason, failedAt }],
  );
}
