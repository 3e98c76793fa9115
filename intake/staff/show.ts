import { type Kysely, sql } from 'kysely';
import { candorError, RequestForm } from '../../schemas/index.ts';
import type { LoggedTransition } from '../lifecycle/chain.ts';
import { historyOf, type Submission, submissionOf } from '../lifecycle/submission.ts';
import type { Tables } from '../store/tables.ts';
import { act } from './act.ts';
import { type Member, may } from './roles.ts';

/** What a member of staff wrote about a request. */
export type Note = { at: Date; actor: string; action: string; text: string };

/** A letter or event about a request that was given up. */
export type Undelivered = { channel: string; reason: string; failedAt: Date };

/**
 * All there is about one submission. `data` and `notes` are null for whoever may not read what is personal, `data` also once
 * it was deleted.
 */
export type Shown = Omit<Submission, 'data'> & {
  data: Record<string, unknown> | null;
  history: LoggedTransition[];
  notes: Note[] | null;
  undelivered: Undelivered[];
};

/** Shows a submission; reading what is personal is an action of its own in the log. Throws RequestUnknown, StaffNotAllowed. */
export async function show(db: Kysely<Tables>, member: Member, id: string, at: Date): Promise<Shown> {
  const reads = may(member, 'read');
  const found = await existing(db, id);
  return act(db, member, { action: reads ? 'read' : 'show', subject: found.id, at }, async () => {
    const [history, notes, undelivered] = await Promise.all([
      historyOf(db, id),
      reads ? notesOn(db, [id]) : null,
      undeliveredAbout(db, id),
    ]);
    return { ...found, data: reads ? found.data : null, history, notes, undelivered };
  });
}

/** A submission of any kind but a report of a weakness, which has a desk of its own. Throws RequestUnknown. */
export async function existing(db: Kysely<Tables>, id: string): Promise<Submission> {
  const found = await submissionOf(db, id);
  if (found === undefined || found.kind === 'vulnerability-report') throw candorError('RequestUnknown', { id });
  return found;
}

/**
 * A request with what was filled in. With `seen` it must be as it was when it had that head. Throws RequestUnknown,
 * RequestEmptied, RequestChanged.
 */
export async function requestOf(
  db: Kysely<Tables>,
  { id, seen }: { id: string; seen?: string | undefined },
): Promise<{ request: Submission; form: RequestForm }> {
  const request = await existing(db, id);
  if (seen !== undefined && seen !== request.head) throw candorError('RequestChanged', { id, state: request.state });
  if (request.kind !== 'dpa-request') throw candorError('RequestUnknown', { id });
  if (request.data === null) throw candorError('RequestEmptied', { id });
  return { request, form: RequestForm.parse(request.data) };
}

/** What was written about submissions, oldest first. */
export async function notesOn(db: Kysely<Tables>, ids: readonly string[]): Promise<Note[]> {
  return (
    db
      .selectFrom('staffNote')
      .innerJoin('staffLog', 'staffLog.position', 'staffNote.entry')
      .select(['staffLog.at', 'staffLog.actor', 'staffLog.action', 'staffNote.text'])
      .where('staffNote.submission', 'in', [...ids, ''])
      // What was to be done and failed was said to nobody.
      .where(
        sql<boolean>`not exists (select from staff_log outcome where outcome.subject = staff_log.subject
        and outcome.facts -> 'of' = to_jsonb(staff_log.position) and outcome.facts ? 'failed')`,
      )
      .orderBy('staffNote.entry')
      .execute()
  );
}

async function undeliveredAbout(db: Kysely<Tables>, submission: string): Promise<Undelivered[]> {
  const rows = await db
    .selectFrom('outbox')
    .select(['channel', 'failure', 'settledAt'])
    .where('submission', '=', submission)
    .where('state', '=', 'failed')
    .where('failure', '!=', 'withdrawn')
    .orderBy('settledAt')
    .execute();
  return rows.flatMap(({ channel, failure: reason, settledAt: failedAt }) =>
    reason === null || failedAt === null ? [] : [{ channel, reason, failedAt }],
  );
}
