import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Email } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { advance, type Submission, submissionOf } from '../../lifecycle/submission.ts';
import type { Mail } from '../../outbox/message.ts';
import { Refusal } from '../../web/refusal.ts';
import { newAnswerLetter } from './letters.ts';

/** How many messages of its reporter a case takes in how many ms: they cost no proof of work, and a letter each. */
const ANSWERS = { most: 12, window: 3_600_000 };

/** What a reporter sends: an age message, and a random value of the form by which the second of two is known. */
export type Answer = { ciphertext: Uint8Array; once: string };

/**
 * Keeps a message of the reporter in a case, and writes to `contacts` that there is one. Sent twice it is kept once. A case
 * that moves on meanwhile is no reason to refuse it; one that was closed is: then it is false. Throws Refusal too-many-answers.
 */
export async function answerCase(
  { db, head, now }: Pick<Desk, 'db' | 'head' | 'now'>,
  contacts: readonly Email[],
  id: string,
  { ciphertext, once }: Answer,
): Promise<boolean> {
  const message = `${id}-${hash('sha256', `answer:${id}:${once}`).slice(0, 24)}`;
  const letters = contacts.map((to) => newAnswerLetter(head, to, id));
  for (;;) {
    const before = await submissionOf(db, id);
    if (before === undefined || before.data === null || before.state === 'closed') return false;
    if (await isKept(db, message)) return true;
    const at = now();
    if ((await answersSince(db, id, new Date(at.getTime() - ANSWERS.window))) >= ANSWERS.most)
      throw new Refusal('too-many-answers');
    try {
      await keep(db, before, { message, ciphertext, letters, at });
      return true;
    } catch (error) {
      // Somebody else moved it on a moment ago, perhaps the same message.
      if ((await submissionOf(db, id))?.head === before.head) throw error;
    }
  }
}

type Kept = { message: string; ciphertext: Uint8Array; letters: readonly Mail[]; at: Date };

async function keep(db: Desk['db'], before: Submission, { message, ciphertext, letters, at }: Kept): Promise<void> {
  const also = [
    sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
      select ${message}, id,
        (select coalesce(max(position), 0) + 1 from report_message where submission = ${before.id}),
        'reporter', 'reporter', ${at}::timestamptz, ${ciphertext}::bytea, ${hash('sha256', ciphertext)},
        ${ciphertext.byteLength}::integer
      from changed where id = ${before.id}`,
  ];
  const send = letters.map((mail) => ({ channel: 'mail' as const, mail }));
  await advance(db, before, before.state, { at, actor: 'visitor', facts: { message }, send, also });
}

async function isKept(db: Desk['db'], message: string): Promise<boolean> {
  const found = await db.selectFrom('reportMessage').select('id').where('id', '=', message).executeTakeFirst();
  return found !== undefined;
}

async function answersSince(db: Desk['db'], id: string, since: Date): Promise<number> {
  const { count } = await db
    .selectFrom('reportMessage')
    .select((each) => each.fn.countAll().as('count'))
    .where('submission', '=', id)
    .where('author', '=', 'reporter')
    .where('position', '>', 1)
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}
