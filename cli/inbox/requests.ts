import type { Submission } from '../../intake/lifecycle/submission.ts';
import { failures } from '../../intake/outbox/failures.ts';
import { act } from '../../intake/staff/act.ts';
import { endAgreement, replaceAgreement } from '../../intake/staff/agreements.ts';
import { answer, approve, decline } from '../../intake/staff/decisions.ts';
import { grantDocument, revokeGrant } from '../../intake/staff/documents.ts';
import { list, type Wanted } from '../../intake/staff/list.ts';
import { resend, settle } from '../../intake/staff/notices.ts';
import { type Shown, show } from '../../intake/staff/show.ts';
import type { SettlementForm } from '../../schemas/index.ts';
import { type Answer, heading, minute, table } from './answer.ts';
import type { Inbox } from './open.ts';

/** What waits for a person, or what is in one state. */
export async function listed({ db, member, now }: Inbox, wanted: Wanted): Promise<Answer> {
  const page = await list(db, await member(), wanted, now());
  const rows = page.rows.map(({ id, state, openedAt, company, needs, reasons }) => [
    id,
    state,
    minute(openedAt),
    company ?? '',
    [needs.join(', '), reasons.join(', ')].filter((part) => part !== '').join(' · '),
  ]);
  const more = page.next === undefined ? '' : `\nMore: add --after ${page.next}\n`;
  return { json: page, text: rows.length === 0 ? 'Nothing waits.\n' : table(rows) + more };
}

/** All there is about one request, grant, subscription or objection. */
export async function shown({ db, member, now }: Inbox, id: string): Promise<Answer> {
  const found = await show(db, await member(), id, now());
  return { json: found, text: textOf(found) };
}

/** Letters and events that were given up. */
export async function undelivered({ db, member, now }: Inbox): Promise<Answer> {
  const rows = await act(db, await member(), { action: 'list', at: now() }, () => failures(db));
  const lines = rows.map(({ failedAt, channel, submission, reason }) => [
    minute(failedAt),
    channel,
    reason,
    submission ?? '',
  ]);
  return { json: { undelivered: rows }, text: rows.length === 0 ? 'Everything was delivered.\n' : table(lines) };
}

/** Offers the agreement. */
export async function approved(inbox: Inbox, id: string, reason: string | undefined): Promise<Answer> {
  return became(await approve(await inbox.desk(), await inbox.member(), { id }, reason));
}

/** Ends a request without an offer. */
export async function declined(inbox: Inbox, id: string, reason: string): Promise<Answer> {
  return became(await decline(await inbox.desk(), await inbox.member(), { id }, reason));
}

/** Writes to whoever made a request. */
export async function answered(inbox: Inbox, id: string, text: string): Promise<Answer> {
  return became(await answer(await inbox.desk(), await inbox.member(), { id }, text));
}

/** Grants a document. */
export async function granted(inbox: Inbox, id: string, document: string): Promise<Answer> {
  return became(await grantDocument(await inbox.desk(), await inbox.member(), { id }, document));
}

/** Ends a grant. */
export async function revoked(inbox: Inbox, id: string): Promise<Answer> {
  return became(await revokeGrant(inbox, await inbox.member(), id));
}

/** Ends an agreement in force. */
export async function ended(inbox: Inbox, id: string): Promise<Answer> {
  return became(await endAgreement(await inbox.desk(), await inbox.member(), { id }));
}

/** Ends an agreement whose place a newer one took. */
export async function replaced(inbox: Inbox, older: string, newer: string): Promise<Answer> {
  return became(await replaceAgreement(await inbox.desk(), await inbox.member(), older, newer));
}

/** Settles an objection. */
export async function settled(inbox: Inbox, id: string, form: SettlementForm): Promise<Answer> {
  await settle(await inbox.desk(), await inbox.member(), id, form);
  return became({ id, state: 'settled' });
}

/** Sends a notice again that could not be delivered. */
export async function sentAgain(inbox: Inbox, notice: string, to: string | undefined): Promise<Answer> {
  await resend(await inbox.desk(), await inbox.member(), notice, to);
  return became({ id: notice, state: 'on its way again' });
}

function became({ id, state }: Pick<Submission, 'id' | 'state'>): Answer {
  return { json: { id, state }, text: `${id} is ${state}. Letters leave through the running server.\n` };
}

function textOf({ id, kind, state, data, history, notes, undelivered: lost }: Shown): string {
  const filled = Object.entries(data ?? {}).map(([name, value]) => [`  ${name}`, plain(value)]);
  const happened = history.map(({ at, to, actor, facts }) => [
    `  ${minute(at)}`,
    to,
    actor,
    Object.keys(facts).length === 0 ? '' : JSON.stringify(facts),
  ]);
  const said = notes?.map(({ at, actor, action, text }) => `  ${minute(at)} ${actor} ${action}\n${indented(text)}\n`);
  const failed = lost.map(({ failedAt, channel, reason }) => [`  ${minute(failedAt)}`, channel, reason]);
  return [
    `${id}  ${kind}  ${state}\n`,
    ...(filled.length === 0 ? [] : [heading('What was filled in'), table(filled)]),
    heading('What happened'),
    table(happened),
    ...(said === undefined || said.length === 0 ? [] : [heading('What was written'), ...said]),
    ...(failed.length === 0 ? [] : [heading('What could not be delivered'), table(failed)]),
  ].join('');
}

function plain(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.includes('\n') ? `\n${indented(value)}` : value;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
