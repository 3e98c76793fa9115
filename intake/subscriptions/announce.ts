import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { Email, type Id, Topic } from '../../schemas/index.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { outboxRow } from '../outbox/message.ts';
import type { Tables } from '../store/tables.ts';
import { newsLetter } from './letters.ts';

/** Something to tell: an id of its own, by which nobody is told it twice. */
export type News = { id: Id; topic: Topic; subject: string; text: string };

const Subscriber = z.object({ email: Email, topics: z.array(Topic), unsubscribe: z.string().min(1) });
/** How many letters one statement writes. */
const BATCH = 500;

/**
 * Puts a letter to each active subscriber of a topic into the outbox. May be called again, by anybody and after a crash:
 * the id of a letter follows from the news and the subscription, so each is written once. Returns how many were new.
 */
export async function announce(db: Kysely<Tables>, head: Letterhead, news: News, at: Date): Promise<number> {
  let told = 0;
  for (let after = ''; ; ) {
    const found = await db
      .selectFrom('submission')
      .select(['id', 'data'])
      .where('kind', '=', 'subscription')
      .where('state', '=', 'active')
      .where('id', '>', after)
      .where(sql<boolean>`data -> 'topics' ? ${news.topic}`)
      .orderBy('id')
      .limit(BATCH)
      .execute();
    const letters = found.map(({ id, data }) => {
      const { email, unsubscribe } = Subscriber.parse(data);
      const row = outboxRow({ channel: 'mail', mail: newsLetter(head, email, news, unsubscribe) });
      return { ...row, id: letterId(news.id, id), submission: id };
    });
    const { numAffectedRows = 0n } = await sql`
      insert into outbox (id, channel, message, due_at, submission)
      select part.id, part.channel, part.message, ${at}::timestamptz, part.submission
      from jsonb_to_recordset(${JSON.stringify(letters)}::jsonb)
        as part(id text, channel text, message jsonb, submission text)
      on conflict (id) do nothing`.execute(db);
    told += Number(numAffectedRows);
    const last = found.at(-1);
    if (found.length < BATCH || last === undefined) return told;
    after = last.id;
  }
}

/** A UUID of version 8 (RFC 9562): bits of a hash of what the letter is. */
function letterId(news: Id, subscription: string): string {
  const digits = hash('sha256', `${news}\n${subscription}`).slice(0, 32);
  const [a, b, c, d, e] = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(13, 16),
    digits.slice(17, 20),
    digits.slice(20),
  ];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}
