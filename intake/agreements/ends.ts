import type { Kysely } from 'kysely';
import { candorError, type RequestForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { advance, moveOn, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { isOneCompany } from '../requests/rules.ts';
import type { Tables } from '../store/tables.ts';
import { formOf } from './draft.ts';
import { endedLetter } from './letters.ts';

/**
 * Ends a sealed agreement: by the customer (`visitor`), or by a member of staff. Both parties are written to. Of many who do
 * so at the same time one does. Throws TransitionRefused when it is not sealed.
 */
export async function terminate(
  { db, policy, head, now }: Pick<Desk, 'db' | 'policy' | 'head' | 'now'>,
  request: Submission,
  actor: string,
): Promise<Submission> {
  const parties = [formOf(request)?.email, policy.sender].filter((to) => to !== undefined);
  const send = parties.map((to) => ({
    channel: 'mail' as const,
    mail: endedLetter(head, to, request.id, actor === 'visitor'),
  }));
  return moveOn(db, request, 'terminated', { at: now(), actor, send });
}

/**
 * Ends an agreement because a member of staff knows that a newer one of the same company took its place. Throws
 * SupersedeRefused, TransitionRefused.
 */
export async function supersede(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  older: Submission,
  newer: Submission,
  actor: string,
): Promise<Submission> {
  const form = formOf(newer);
  const candidates = form === undefined || newer.state !== 'sealed' ? [] : await agreementsBefore(db, newer, form);
  if (!candidates.some(({ id }) => id === older.id))
    throw candorError('SupersedeRefused', { older: older.id, newer: newer.id });
  return advance(db, older, 'superseded', { at: now(), actor, facts: { by: newer.id } });
}

/**
 * Ends the agreements that the same person accepted before for the same company. Those that a colleague accepted stay in
 * force until a member of staff supersedes them: an address at a domain gives no power over the agreements of others.
 */
export async function supersedeOlder(
  db: Kysely<Tables>,
  newer: Submission,
  form: RequestForm,
  at: Date,
): Promise<void> {
  const own = form.email.toLowerCase();
  for (const older of await agreementsBefore(db, newer, form))
    if (formOf(older)?.email.toLowerCase() === own)
      await moveOn(db, older, 'superseded', { at, actor: 'visitor', facts: { by: newer.id } });
}

/** The sealed agreements of the same company that were accepted before this one, newest first. */
export async function agreementsBefore(
  db: Kysely<Tables>,
  newer: Submission,
  { website }: Pick<RequestForm, 'website'>,
): Promise<Submission[]> {
  const found = await db
    .selectFrom('submission')
    .innerJoin('transition as accepted', 'accepted.submission', 'submission.id')
    .innerJoin('transition as ours', (join) => join.on('ours.submission', '=', newer.id).on('ours.to', '=', 'accepted'))
    .select('submission.id')
    .where('submission.kind', '=', 'dpa-request')
    .where('submission.state', '=', 'sealed')
    .where('submission.id', '!=', newer.id)
    .where('accepted.to', '=', 'accepted')
    .whereRef('accepted.at', '<', 'ours.at')
    .orderBy('accepted.at', 'desc')
    .execute();
  const all = await Promise.all(found.map(({ id }) => submissionOf(db, id)));
  return all.flatMap((older) => {
    const form = older && formOf(older);
    return older !== undefined && form !== undefined && isOneCompany(form.website, website) ? [older] : [];
  });
}
