import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { CandorError, Email, Topic } from '../../schemas/index.ts';
import { advance, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { withdraw } from '../outbox/withdraw.ts';
import { openedBy } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { withdrawNews } from './announce.ts';

const Kept = z.looseObject({ email: Email, topics: z.array(Topic) });
type Kept = z.infer<typeof Kept>;
type Subscription = { submission: Submission; kept: Kept };

/** How often it is tried against others who change the same subscriptions at the same moment. */
const TURNS = 10;

/**
 * What an address is told of, by the secret of any letter to it: all its topics, whichever subscription they belong to; none
 * when it has ended. Undefined when the secret opens nothing. Changes nothing.
 */
export async function topicsOf(db: Kysely<Tables>, secret: string, at: Date): Promise<Topic[] | undefined> {
  const id = await openedBy(db, secret, 'unsubscribe', at);
  return id === undefined ? undefined : topicsIn(await ofTheSameAddress(db, id));
}

/**
 * Ends topics of an address at once, by the secret of any letter to it: RFC 8058, by POST, without a cookie, a question or a
 * redirect. Letters about them that wait are taken back, and with its last topic the address is deleted. A second time, and
 * a secret that nobody was given, are no errors: the answer tells nobody anything.
 */
export async function unsubscribe(
  db: Kysely<Tables>,
  secret: string,
  ended: readonly Topic[],
  at: Date,
): Promise<void> {
  const id = await openedBy(db, secret, 'unsubscribe', at);
  if (id === undefined) return;
  for (let turn = 1; ; turn += 1) {
    const all = await ofTheSameAddress(db, id);
    try {
      await endIn(db, all, ended, at);
      return;
    } catch (error) {
      if (turn === TURNS || !(error instanceof CandorError) || error.name !== 'TransitionRefused') throw error;
    }
  }
}

async function endIn(
  db: Kysely<Tables>,
  all: readonly Subscription[],
  ended: readonly Topic[],
  at: Date,
): Promise<void> {
  const isLast = topicsIn(all).every((topic) => ended.includes(topic));
  for (const { submission, kept } of all) {
    const { id } = submission;
    if (isLast) {
      await advance(db, submission, 'ended', { at, actor: 'visitor' }, null);
      await withdraw(db, id, at);
      continue;
    }
    const topics = kept.topics.filter((topic) => !ended.includes(topic));
    if (topics.length === kept.topics.length) continue;
    // One without topics stays while its address has others: its letters still open them.
    const facts = { ended: kept.topics.filter((topic) => ended.includes(topic)) };
    await advance(db, submission, 'active', { at, actor: 'visitor', facts }, { ...kept, topics });
    await withdrawNews(db, id, ended, at);
  }
}

/** All active subscriptions of the address of one; none when that one has ended. Case does not make another address. */
async function ofTheSameAddress(db: Kysely<Tables>, id: string): Promise<Subscription[]> {
  const own = await submissionOf(db, id);
  if (own?.kind !== 'subscription' || own.state !== 'active' || own.data === null) return [];
  const { email } = Kept.parse(own.data);
  const found = await db
    .selectFrom('submission')
    .selectAll()
    .where('kind', '=', 'subscription')
    .where('state', '=', 'active')
    .where(sql<boolean>`lower(data ->> 'email') = lower(${email})`)
    .orderBy('id')
    .execute();
  return found.map((row) => ({ submission: { ...row, kind: 'subscription' }, kept: Kept.parse(row.data) }));
}

function topicsIn(all: readonly Subscription[]): Topic[] {
  return Topic.options.filter((topic) => all.some(({ kept }) => kept.topics.includes(topic)));
}
