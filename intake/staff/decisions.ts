import { candorError } from '../../schemas/index.ts';
import { draftFor } from '../agreements/draft.ts';
import { type Offering, offer } from '../agreements/offer.ts';
import type { Desk } from '../desk.ts';
import { advance, type Submission } from '../lifecycle/submission.ts';
import type { Mail } from '../outbox/message.ts';
import { STATUS_MS } from '../requests/letters.ts';
import { asksForAgreement } from '../requests/rules.ts';
import { newSecret } from '../secrets/secret.ts';
import { act, actorOf } from './act.ts';
import { answerLetter, declineLetter } from './letters.ts';
import type { Member } from './roles.ts';
import { requestOf } from './show.ts';

/** What a decision is made with. */
export type Deciding = Pick<Desk, 'db' | 'head' | 'now'>;

/** Which request is decided. `seen`: its head when it was looked at; without it, whatever it is now is decided. */
export type Decided = { id: string; seen?: string | undefined };

/** In which states a request waits for a person. */
const waiting: ReadonlySet<string> = new Set(['verified', 'held']);

/**
 * Offers the agreement to a request that waits for a person. When measures of it do not hold just now, a reason is needed,
 * and kept. Throws RequestUnknown, RequestEmptied, RequestChanged, MeasuresFail, StaffNotAllowed, StaffOwnRequest, and what `offer` throws.
 */
export async function approve(
  desk: Offering,
  member: Member,
  decided: Decided,
  reason: string | undefined,
): Promise<Submission> {
  const { request, form } = await requestOf(desk.db, decided);
  const intent = {
    action: 'approve',
    subject: decided.id,
    at: desk.now(),
    requester: form.email,
    ...noteOf(reason),
  } as const;
  return act(desk.db, member, intent, async () => {
    if (!waiting.has(request.state))
      throw candorError('TransitionRefused', { id: request.id, from: request.state, to: 'offered' });
    const draft = await draftFor(desk, form);
    const claims = typeof draft === 'object' ? draft.hindrances.map(({ claim }) => claim) : [];
    if (claims.length > 0 && reason === undefined) throw candorError('MeasuresFail', { claims });
    return offer(desk, request, actorOf(member));
  });
}

/** Ends a request without an offer; its reason goes to the requester. Throws what `act` and `advance` throw. */
export async function decline(desk: Deciding, member: Member, decided: Decided, reason: string): Promise<Submission> {
  const { request, form } = await requestOf(desk.db, decided);
  const intent = {
    action: 'decline',
    subject: decided.id,
    at: desk.now(),
    requester: form.email,
    note: reason,
  } as const;
  return act(desk.db, member, intent, () =>
    tell(desk, member, request, 'declined', (status) => declineLetter(desk.head, form.email, reason, status)),
  );
}

/**
 * Answers a request by a letter. That is its end when no agreement was asked for; else it goes on waiting for one. Throws
 * what `act` and `advance` throw.
 */
export async function answer(desk: Deciding, member: Member, decided: Decided, text: string): Promise<Submission> {
  const { request, form } = await requestOf(desk.db, decided);
  const intent = { action: 'answer', subject: decided.id, at: desk.now(), requester: form.email, note: text } as const;
  const to = asksForAgreement(form) ? 'held' : 'answered';
  return act(desk.db, member, intent, () =>
    tell(desk, member, request, to, (status) => answerLetter(desk.head, form.email, text, status)),
  );
}

/** Moves a request on with a letter to whoever made it; a new secret in it opens its page. */
async function tell(
  { db, now }: Deciding,
  member: Member,
  request: Submission,
  to: 'declined' | 'answered' | 'held',
  letter: (status: string) => Mail,
): Promise<Submission> {
  const at = now();
  const { secret, row } = newSecret('status', new Date(at.getTime() + STATUS_MS));
  const send = [{ channel: 'mail' as const, mail: letter(secret) }];
  const facts = to === 'held' ? { answered: true } : {};
  return advance(db, request, to, { at, actor: actorOf(member), facts, send, secrets: [row] });
}

function noteOf(reason: string | undefined): { note?: string } {
  return reason === undefined ? {} : { note: reason };
}
