import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { Email, type Topic } from '../../schemas/index.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { outboxRow } from '../outbox/message.ts';
import { withdraw } from '../outbox/withdraw.ts';
import type { Tables } from '../store/tables.ts';
import { newsLetter } from './letters.ts';

/** Something to tell: an id of its own, by which nobody is told it twice. */
export type News = { id: string; topic: Topic; subject: string; text: string };

const Subscriber = z.object({ email: Email, unsubscribe: z.string().min(1) });
/** How many letters one statement writes. */
const BATCH = 500;
/** For how long a letter may wait in the outbox: it has failed by then. */
const WAITING_MS = 14 * 86_400_000;

/**
 * Puts a letter to each address that is told of a topic into the outbox, one for an address that subscribed twice. May be
 * called again, by anybody and after a crash: the id of a letter follows from the news and the subscription, so each is
 * written once. Returns how many were new.
 */
export async function announce(db: Kysely<Tables>, head: Letterhead, news: News, at: Date): Promise<number> {
  let told = 0;
  for (let after = ''; ; ) {
    const { rows: found } = await sql<{ id: string; address: string; data: unknown }>`
      select distinct on (lower(data ->> 'email')) id, lower(data ->> 'email') as address, data
      from submission
      where kind = 'subscription' and state = 'active'
        and lower(data ->> 'email') > ${after} and data -> 'topics' ? ${news.topic}
      order by lower(data ->> 'email'), opened_at, id
      limit ${BATCH}::integer`.execute(db);
    const letters = found.map(({ id, data }) => {
      const { email, unsubscribe } = Subscriber.parse(data);
      const row = outboxRow({ channel: 'mail', mail: newsLetter(head, email, news, unsubscribe) });
      return { ...row, id: letterId(news.id, id), submission: id };
    });
    // Nobody who has ended it a moment ago is written to: whoever does so waits for this, and takes the letter back.
    const { numAffectedRows = 0n } = await sql`
      insert into outbox (id, channel, message, due_at, submission)
      select part.id, part.channel, part.message, ${at}::timestamptz, part.submission
      from jsonb_to_recordset(${JSON.stringify(letters)}::jsonb)
        as part(id text, channel text, message jsonb, submission text)
      join submission on submission.id = part.submission
      where submission.state = 'active' and submission.data -> 'topics' ? ${news.topic}
      for share of submission
      on conflict (id) do nothing`.execute(db);
    told += Number(numAffectedRows);
    const last = found.at(-1);
    if (found.length < BATCH || last === undefined) return told;
    after = last.address;
  }
}

/** Takes back the letters of some topics to one subscription that nobody has got yet. */
export async function withdrawNews(
  db: Kysely<Tables>,
  subscription: string,
  topics: readonly Topic[],
  at: Date,
): Promise<void> {
  const news = await db
    .selectFrom('announcement')
    .select('id')
    .where('topic', 'in', topics)
    .where((where) =>
      where.or([where('toldAt', 'is', null), where('toldAt', '>', new Date(at.getTime() - WAITING_MS))]),
    )
    .execute();
  if (news.length === 0) return;
  const ids = news.map(({ id }) => letterId(id, subscription));
  await withdraw(db, subscription, at, ids);
}

/** A UUID of version 8 (RFC 9562): bits of a hash of what the letter is. */
function letterId(news: string, subscription: string): string {
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
