import { visibleText } from '../../../intake/document/visible.ts';
import { type Opened, unpackReport } from '../../../intake/envelope/report.ts';
import { ciphertextFor, type MessageLine, type ShownReport } from '../../../intake/reports/desk/show.ts';
import type { Member } from '../../../intake/staff/roles.ts';
import type { Inbox } from '../open.ts';
import type { Opener } from './identity.ts';

/** A message with what is in it; undefined where its text was deleted, or where the identity does not open it. */
export type ReadMessage = MessageLine & { opened: Opened | undefined };

/** Decrypts the messages of a case one after the other, so that only one is in memory that the caller does not keep. */
export async function* readMessages(
  { db, now }: Inbox,
  member: Member,
  { id, messages }: Pick<ShownReport, 'id' | 'messages'>,
  opener: Opener,
): AsyncGenerator<ReadMessage> {
  for (const line of messages) {
    const plain = line.isKept ? await plainOf({ db, now }, member, id, line.position, opener) : undefined;
    yield { ...line, opened: plain === undefined ? undefined : unpackReport(plain) };
  }
}

/** What is in one message as it was encrypted; undefined where it is not there, or where the identity does not open it. */
export async function plainOf(
  { db, now }: Pick<Inbox, 'db' | 'now'>,
  member: Member,
  id: string,
  position: number,
  opener: Opener,
): Promise<Uint8Array | undefined> {
  const ciphertext = await ciphertextFor(db, member, id, position, now());
  return ciphertext === undefined ? undefined : opener(ciphertext);
}

/** What a stranger wrote, for a terminal: what would move its cursor, colour it or turn its lines is shown by its code point. */
export function forTerminal(text: string): string {
  return visibleText(text.replaceAll('\r\n', '\n').replaceAll('\t', '    '));
}
