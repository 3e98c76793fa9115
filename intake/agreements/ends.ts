import type { Kysely } from 'kysely';
import { candorError, type IntakePolicy, type RequestForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { advance, moveOn, type Submission } from '../lifecycle/submission.ts';
import { isOneCompany } from '../requests/rules.ts';
import type { Tables } from '../store/tables.ts';
import { formOf } from './draft.ts';
import { endedLetter, replacedLetter } from './letters.ts';

/** What agreements are ended with. */
export type Ending = Pick<Desk, 'db' | 'policy' | 'head' | 'now'>;

/**
 * Ends a sealed agreement: by the customer (`visitor`), or by a member of staff. Both parties are written to. Of many who do
 * so at the same time one does. Throws TransitionRefused when it is not sealed.
 */
export async function terminate(
  { db, policy, head, now }: Ending,
  request: Submission,
  actor: string,
): Promise<Submission> {
  const send = partiesOf(policy, request).map((to) => ({
    channel: 'mail' as const,
    mail: endedLetter(head, to, request.id, actor === 'visitor'),
  }));
  return moveOn(db, request, 'terminated', { at: now(), actor, send });
}

/**
 * Ends an agreement because a member of staff knows that a newer one of the same company took its place. Both parties are
 * written to. Throws SupersedeRefused, TransitionRefused.
 */
export async function supersede(
  { db, policy, head, now }: Ending,
  older: Submission,
  newer: Submission,
  actor: string,
): Promise<Submission> {
  const form = formOf(newer);
  const candidates = form === undefined || newer.state !== 'sealed' ? [] : await agreementsBefore(db, newer, form);
  if (!candidates.some(({ id }) => id === older.id))
    throw candorError('SupersedeRefused', { older: older.id, newer: newer.id });
  return advance(db, older, 'superseded', replacing({ policy, head }, older, newer, { at: now(), actor }));
}

/**
 * Ends the agreements that the same person accepted before for the same company, and writes to both parties. Those that a
 * colleague accepted stay in force until a member of staff supersedes them: an address at a domain gives no power over the
 * agreements of others. So do those of another company at the same site: whoever signs for a group signs for one after another.
 */
export async function supersedeOlder(
  { db, policy, head }: Omit<Ending, 'now'>,
  newer: Submission,
  form: RequestForm,
  at: Date,
): Promise<void> {
  const own = signedFor(form);
  for (const older of await agreementsBefore(db, newer, form)) {
    const signed = formOf(older);
    if (signed !== undefined && signedFor(signed) === own)
      await moveOn(db, older, 'superseded', replacing({ policy, head }, older, newer, { at, actor: 'visitor' }));
  }
}

/** What a change to `superseded` comes with. */
function replacing(
  { policy, head }: Pick<Ending, 'policy' | 'head'>,
  older: Submission,
  newer: Submission,
  { at, actor }: { at: Date; actor: string },
) {
  const send = partiesOf(policy, older).map((to) => ({
    channel: 'mail' as const,
    mail: replacedLetter(head, to, older.id, newer.id),
  }));
  return { at, actor, facts: { by: newer.id }, send };
}

/** Who signed, and for which company; neither capitals nor spaces make another one. */
function signedFor({ email, company, jurisdiction }: RequestForm): string {
  const name = company.normalize('NFKC').replace(/\s+/g, ' ').trim();
  return [email, name, jurisdiction].join('\n').toLowerCase();
}

/** The addresses of both parties; ours alone once the customer's was deleted. */
function partiesOf({ sender }: IntakePolicy, request: Submission): string[] {
  return [formOf(request)?.email, sender].filter((to) => to !== undefined);
}

/** The sealed agreements of the same site that were accepted before this one, newest first. */
async function agreementsBefore(
  db: Kysely<Tables>,
  newer: Submission,
  { website }: Pick<RequestForm, 'website'>,
): Promise<Submission[]> {
  const found = await db
    .selectFrom('submission')
    .innerJoin('transition as accepted', 'accepted.submission', 'submission.id')
    .innerJoin('transition as ours', (join) => join.on('ours.submission', '=', newer.id).on('ours.to', '=', 'accepted'))
    .selectAll('submission')
    .where('submission.kind', '=', 'dpa-request')
    .where('submission.state', '=', 'sealed')
    .where('submission.id', '!=', newer.id)
    .where('accepted.to', '=', 'accepted')
    .whereRef('accepted.at', '<', 'ours.at')
    .orderBy('accepted.at', 'desc')
    .execute();
  return found.flatMap((row): Submission[] => {
    const older: Submission = { ...row, kind: 'dpa-request' };
    const form = formOf(older);
    return form !== undefined && isOneCompany(form.website, website) ? [older] : [];
  });
}
