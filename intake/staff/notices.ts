import type { Email, SettlementForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { settleObjection } from '../notices/objections.ts';
import { sendNoticeAgain } from '../notices/undelivered.ts';
import { act, actorOf } from './act.ts';
import type { Member } from './roles.ts';
import { existing } from './show.ts';

/** What is done about notices with. */
type Noticing = Pick<Desk, 'db' | 'head' | 'now'>;

/** Settles an objection and tells the customer. Throws RequestUnknown, and what `act` and `settleObjection` throw. */
export async function settle(desk: Noticing, member: Member, id: string, form: SettlementForm): Promise<void> {
  const { id: subject } = await existing(desk.db, id);
  const intent = { action: 'settle', subject, at: desk.now(), facts: { outcome: form.outcome } } as const;
  return act(desk.db, member, intent, () => settleObjection(desk, id, form, actorOf(member)));
}

/** Sends a notice again that could not be delivered, to another address if one is given. Throws what `act` and `sendNoticeAgain` throw. */
export async function resend(desk: Noticing, member: Member, notice: string, to: Email | undefined): Promise<void> {
  const intent = { action: 'resend', subject: notice, at: desk.now() } as const;
  return act(desk.db, member, intent, () => sendNoticeAgain(desk, notice, actorOf(member), to));
}
