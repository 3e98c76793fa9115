import type { Kysely } from 'kysely';
import type { Email, SettlementForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { type Objection, objectionsOf, objectorOf, settleObjection } from '../notices/objections.ts';
import { type Recipient, recipientsOf } from '../notices/recipients.ts';
import { sendNoticeAgain } from '../notices/undelivered.ts';
import type { Tables } from '../store/tables.ts';
import { act, actorOf } from './act.ts';
import type { Member } from './roles.ts';
import { existing } from './show.ts';

/** What is done about notices with. */
type Noticing = Pick<Desk, 'db' | 'head' | 'now'>;

/** A notice as it stands in the list: nothing personal. */
export type ListedNotice = Omit<Recipient, 'objection' | 'objectionState'> & {
  objection: Omit<Objection, 'reason'> | null;
};

/** Lists the notices of all changes, or of one, with what was objected. Throws StaffNotAllowed. */
export async function notices(db: Kysely<Tables>, member: Member, at: Date, change?: string): Promise<ListedNotice[]> {
  return act(db, member, { action: 'list', at }, async () => {
    const [recipients, objections] = await Promise.all([recipientsOf(db, at, change), objectionsOf(db, change)]);
    const byId = new Map(objections.map(({ reason: _, ...objection }) => [objection.id, objection]));
    return recipients.map(({ objection, objectionState: _, ...rest }) => ({
      ...rest,
      objection: byId.get(objection) ?? null,
    }));
  });
}

/** Settles an objection, which may not be one’s own, and tells the customer. Throws RequestUnknown, and what `act` and `settleObjection` throw. */
export async function settle(desk: Noticing, member: Member, id: string, form: SettlementForm): Promise<void> {
  const { id: subject } = await existing(desk.db, id);
  const requester = await objectorOf(desk.db, id);
  const facts = { outcome: form.outcome };
  const intent = { action: 'settle', subject, at: desk.now(), requester, facts } as const;
  return act(desk.db, member, intent, () => settleObjection(desk, id, form, actorOf(member)));
}

/** Sends a notice again that could not be delivered, to another address if one is given. Throws what `act` and `sendNoticeAgain` throw. */
export async function resend(desk: Noticing, member: Member, notice: string, to: Email | undefined): Promise<void> {
  const intent = { action: 'resend', subject: notice, at: desk.now() } as const;
  return act(desk.db, member, intent, () => sendNoticeAgain(desk, notice, actorOf(member), to));
}
