import type { ShownReport } from '../../../intake/reports/desk/show.ts';
import { heading, minute, table } from '../answer.ts';
import { forTerminal, type ReadMessage } from './read.ts';

/** All that is known of a case without reading it. */
export function caseText(shown: ShownReport, at: Date): string {
  const { id, state, via, critical, severity, cvss, cwe, duplicateOf, assignee, guests } = shown;
  const facts = [
    ['  came in', `${minute(shown.openedAt)}, ${via}${critical ? ', said to be critical' : ''}`],
    ...named('  severity', severity),
    ...named('  cvss', cvss),
    ...named('  cwe', cwe),
    ...named('  duplicate of', duplicateOf),
    ['  assignee', assignee ?? 'nobody'],
    ...(guests.length === 0 ? [] : [['  guests', guests.join(', ')]]),
    ['  answers', shown.replyTo === null ? 'cannot be sent: there is no key' : 'can be sent'],
  ];
  const due = shown.deadlines.map(({ title, dueAt }) => [`  ${minute(dueAt)}`, left(dueAt, at), title]);
  const duties = shown.duties.map(({ regime, event, step, dueAt, doneAt }) => [
    `  ${regime}`,
    step,
    doneAt !== undefined ? `done ${minute(doneAt)}` : dueAt === undefined ? 'not yet running' : `due ${minute(dueAt)}`,
    doneAt === undefined && dueAt !== undefined ? left(dueAt, at) : '',
    event,
  ]);
  const messages = shown.messages.map(({ position, at: writtenAt, author, audience, bytes, isKept }) => [
    `  ${position}`,
    minute(writtenAt),
    author,
    `to ${reader(author, audience)}`,
    isKept ? `${bytes} bytes` : 'deleted',
  ]);
  const happened = shown.history.map(({ at: then, to, actor, facts: rest }) => [
    `  ${minute(then)}`,
    to,
    actor,
    Object.keys(rest).length === 0 ? '' : JSON.stringify(rest),
  ]);
  return [
    `${id}  ${state}\n`,
    table(facts),
    ...part('What is due', due),
    ...part('What laws ask for', duties),
    ...part('Messages', messages),
    ...part('What happened', happened),
  ].join('');
}

/** A message that was decrypted. `files` says where its attachments are. */
export function messageText(message: ReadMessage, files: readonly string[]): string {
  const { position, at, author, audience, isKept, opened } = message;
  const title = heading(`${position}  ${minute(at)}  ${author} to ${reader(author, audience)}`);
  if (opened === undefined) return `${title}${isKept ? 'This identity does not open it.' : 'Its text was deleted.'}\n`;
  const fields = opened.fields.map(([label, value]) => `${label}: ${forTerminal(value).replaceAll('\n', ' ')}\n`);
  const attachments = opened.attachments.map(
    ({ name, bytes }, index) => `Attachment: ${files[index] ?? name}, ${bytes.byteLength} bytes\n`,
  );
  const body = opened.text === '' ? '' : `${forTerminal(opened.text)}\n`;
  return [title, fields.join(''), body, attachments.join('')].filter((each) => each !== '').join('\n');
}

/** How long it is until then, or how long ago it was. */
export function left(dueAt: Date, at: Date): string {
  const ms = dueAt.getTime() - at.getTime();
  const hours = Math.floor(Math.abs(ms) / 3_600_000);
  const time = hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
  return ms < 0 ? `overdue by ${time}` : `in ${time}`;
}

function reader(author: string, audience: string): string {
  return author === 'reporter' || audience === 'team' ? 'the team' : `the ${audience}`;
}

function part(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [heading(title), table(rows)];
}

function named(name: string, value: string | null | undefined): string[][] {
  return value === null || value === undefined ? [] : [[name, value]];
}
