import { formOf } from '../agreements/draft.ts';
import { type Ending, supersede, terminate } from '../agreements/ends.ts';
import type { Submission } from '../lifecycle/submission.ts';
import { act, actorOf } from './act.ts';
import type { Decided } from './decisions.ts';
import { isOwn, type Member } from './roles.ts';
import { existing, requestOf } from './show.ts';

/** Ends an agreement that is in force; both parties are told. Throws what `act`, `requestOf` and `terminate` throw. */
export async function endAgreement(desk: Ending, member: Member, decided: Decided): Promise<Submission> {
  const { request, form } = await requestOf(desk.db, decided);
  const intent = { action: 'terminate', subject: request.id, at: desk.now(), requester: form.email } as const;
  return act(desk.db, member, intent, () => terminate(desk, request, actorOf(member)));
}

/** Ends an agreement whose place a newer one of the same company took; neither may be one’s own. Throws what `act` and `supersede` throw. */
export async function replaceAgreement(
  desk: Ending,
  member: Member,
  older: string,
  newer: string,
): Promise<Submission> {
  const [{ request, form }, by] = await Promise.all([requestOf(desk.db, { id: older }), existing(desk.db, newer)]);
  const facts = { by: by.id };
  const newest = formOf(by)?.email;
  const requester = newest !== undefined && isOwn(member, newest) ? newest : form.email;
  const intent = { action: 'supersede', subject: older, at: desk.now(), requester, facts } as const;
  return act(desk.db, member, intent, () => supersede(desk, request, by, actorOf(member)));
}
