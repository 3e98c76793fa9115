import { notices } from '../../intake/staff/notices.ts';
import { type Answer, minute, table } from './answer.ts';
import type { Inbox } from './open.ts';

/** Whom notice was given of which change, and how each stands: delivery, clock, objection. */
export async function given({ db, member, now }: Inbox): Promise<Answer> {
  const rows = await notices(db, await member(), now());
  const lines = rows.map(({ id, change, request, delivery, clock, objection }) => [
    id,
    change,
    request,
    delivery.is === 'failed' ? `failed (${delivery.reason})` : delivery.is,
    'objectUntil' in clock ? `until ${clock.objectUntil}` : clock.is,
    objection === null
      ? ''
      : `${objection.id} ${objection.outcome ?? objection.state}, ${minute(objection.receivedAt)}${objection.late ? ', late' : ''}`,
  ]);
  return { json: { notices: rows }, text: lines.length === 0 ? 'Nobody was given notice.\n' : table(lines) };
}
