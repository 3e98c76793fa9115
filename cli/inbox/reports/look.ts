import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listReports, type WantedReports } from '../../../intake/reports/desk/list.ts';
import { type ShownReport, showReport } from '../../../intake/reports/desk/show.ts';
import { watchReports } from '../../../intake/reports/desk/watch.ts';
import type { Member } from '../../../intake/staff/roles.ts';
import { codeOf } from '../../../ledger/files/error-code.ts';
import { candorError } from '../../../schemas/index.ts';
import { type Answer, minute, table } from '../answer.ts';
import type { Inbox } from '../open.ts';
import type { Opener } from './identity.ts';
import { caseText, left, messageText } from './print.ts';
import { type ReadMessage, readMessages } from './read.ts';

/** What is open, the next deadline first. */
export async function listed(inbox: Inbox, wanted: WantedReports): Promise<Answer> {
  const { db, now } = inbox;
  const [desk, member] = [await inbox.desk(), await inbox.member()];
  // Where no server runs, nobody else counts what is due.
  await watchReports(desk);
  const at = now();
  const page = await listReports(db, member, wanted, at);
  const rows = page.rows.map(({ id, state, severity, critical, assignee, dueAt, dueClock }) => [
    id,
    state,
    severity ?? (critical ? 'critical?' : ''),
    assignee ?? '',
    dueAt === null ? '' : `${minute(dueAt)} ${dueClock ?? ''} ${left(dueAt, at)}`,
  ]);
  const more = page.next === undefined ? '' : `\nMore: add --after ${page.next}\n`;
  return { json: page, text: rows.length === 0 ? 'Nothing is open.\n' : table(rows) + more };
}

/** All that is known of a case without reading it. */
export async function shown(inbox: Inbox, id: string): Promise<Answer> {
  const found = await shownReport(inbox, await inbox.member(), id);
  return { json: found, text: caseText(found, inbox.now()) };
}

/** A case, with the deadlines of today’s policy. */
export async function shownReport(inbox: Inbox, member: Member, id: string): Promise<ShownReport> {
  const { content } = await (await inbox.desk()).current();
  return showReport(inbox.db, member, id, content.disclosure?.clocks ?? [], inbox.now());
}

/** What was written in a case. With `folder` attachments are written there. Throws ReportNotReadable. */
export async function decrypted(inbox: Inbox, id: string, opener: Opener, folder: string | undefined): Promise<Answer> {
  const member = await inbox.member();
  const found = await shownReport(inbox, member, id);
  const texts: string[] = [];
  const read: object[] = [];
  const closed: number[] = [];
  for await (const message of readMessages(inbox, member, found, opener)) {
    const { position, isKept, opened, ...rest } = message;
    if (isKept && opened === undefined) closed.push(position);
    const files = folder === undefined ? [] : await written(folder, message);
    texts.push(messageText(message, files));
    read.push({ position, ...rest, isKept, ...contentOf(message), files });
  }
  if (closed.length > 0 && closed.length === found.messages.filter(({ isKept }) => isKept).length)
    throw candorError('ReportNotReadable', { id, positions: closed });
  return { json: { id, messages: read, unreadable: closed }, text: `${id}  ${found.state}\n${texts.join('')}` };
}

/** Writes what was written in a case into a new folder: `ID.txt`, and its attachments beside it. */
export async function exported(inbox: Inbox, id: string, opener: Opener, folder: string): Promise<Answer> {
  const { json, text } = await decrypted(inbox, id, opener, folder);
  const file = join(folder, `${id}.txt`);
  await create(file, text);
  return { json: { file, case: json }, text: `Wrote ${file}, which only you can read.\n` };
}

function contentOf({ opened }: ReadMessage) {
  if (opened === undefined) return { text: null };
  const attachments = opened.attachments.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength }));
  return { fields: opened.fields, text: opened.text, attachments };
}

/** Attachments as files that only the owner can read and nobody can run; none is opened, and none replaces another. */
async function written(folder: string, { position, opened }: ReadMessage): Promise<string[]> {
  const files: string[] = [];
  for (const [index, { name, bytes }] of (opened?.attachments ?? []).entries()) {
    const file = join(folder, `${position}-${index + 1}-${name}`);
    await create(file, bytes);
    files.push(file);
  }
  return files;
}

async function create(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw candorError('ReportNotWritten', { file, problem: code === 'EEXIST' ? 'it is there already' : code });
  }
}
