import type { Id } from '../../schemas/index.ts';
import { type Granting, grant, revoke } from '../grants/give.ts';
import type { Submission } from '../lifecycle/submission.ts';
import { act, actorOf } from './act.ts';
import type { Decided } from './decisions.ts';
import type { Member } from './roles.ts';
import { existing, requestOf } from './show.ts';

/** Grants a document to whoever made a request. Throws what `act`, `requestOf` and `grant` throw. */
export async function grantDocument(
  desk: Granting,
  member: Member,
  decided: Decided,
  document: Id,
): Promise<Submission> {
  const { request, form } = await requestOf(desk.db, decided);
  const facts = { document };
  const intent = { action: 'grant', subject: request.id, at: desk.now(), requester: form.email, facts } as const;
  return act(desk.db, member, intent, () => grant(desk, request, document, actorOf(member)));
}

/** Ends a grant at once. Throws what `act` and `revoke` throw, and RequestUnknown. */
export async function revokeGrant(desk: Pick<Granting, 'db' | 'now'>, member: Member, id: string): Promise<Submission> {
  const { id: subject } = await existing(desk.db, id);
  return act(desk.db, member, { action: 'revoke', subject, at: desk.now() }, () => revoke(desk, id, actorOf(member)));
}
