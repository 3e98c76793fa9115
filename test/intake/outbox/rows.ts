import type { Kysely } from 'kysely';
import { type Message, outboxRow } from '../../../intake/outbox/message.ts';
import type { Tables } from '../../../intake/store/tables.ts';

/** Puts messages into the outbox without anything that they tell of. Returns their ids. */
export async function enqueue(db: Kysely<Tables>, dueAt: Date, messages: readonly Message[]): Promise<string[]> {
  const rows = messages.map(outboxRow);
  await db
    .insertInto('outbox')
    .values(rows.map((row) => ({ ...row, message: JSON.stringify(row.message), dueAt })))
    .execute();
  return rows.map(({ id }) => id);
}

/** `count` letters, each to somebody else. */
export function lettersTo(count: number): Message[] {
  return Array.from({ length: count }, (_, index) => ({
    channel: 'mail',
    mail: { to: `person${index}@quill.example`, subject: 'Your request', text: `Letter ${index}.` },
  }));
}

/** All rows, oldest first. */
export function outboxOf(db: Kysely<Tables>) {
  return db
    .selectFrom('outbox')
    .select(['id', 'channel', 'state', 'attempts', 'failure', 'dueAt', 'settledAt', 'message'])
    .orderBy('dueAt')
    .orderBy('id')
    .execute();
}
