import type { Kysely } from 'kysely';
import { z } from 'zod';
import { durationMs, durationText, type IntakePolicy, type SubscriptionForm, Topic } from '../../schemas/index.ts';
import { moveOn, submissionOf } from '../lifecycle/submission.ts';
import type { TakeIn } from '../lifecycle/take-in.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { AS_LONG_AS_KEPT_MS, newSecret, openedBy } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { subscribeLetter } from './letters.ts';

/**
 * Asks an address whether it wants to be told. Nothing else is sent to it until it is confirmed, and the same happens for
 * every address, whether or not it is told already.
 */
export async function subscribe(
  takeIn: TakeIn,
  { retention }: IntakePolicy,
  head: Letterhead,
  { email, topics }: SubscriptionForm,
  at: Date,
): Promise<void> {
  const confirm = newSecret('link', new Date(at.getTime() + durationMs(retention.unconfirmed)));
  const unsubscribe = newSecret('unsubscribe', new Date(at.getTime() + AS_LONG_AS_KEPT_MS));
  const mail = subscribeLetter(head, email, topics, confirm.secret, durationText(retention.unconfirmed));
  // The secret is kept beside the address: every letter needs it, and both are deleted together.
  await takeIn(
    'subscription',
    { email, topics, unsubscribe: unsubscribe.secret },
    {
      at,
      actor: 'visitor',
      send: [{ channel: 'mail', mail }],
      secrets: [confirm.row, unsubscribe.row],
    },
  );
}

/** Confirms by the link that was sent. Only for POST; a second time is no error. Returns whether it is active now. */
export async function confirmSubscription(db: Kysely<Tables>, link: string, at: Date): Promise<boolean> {
  const id = await openedBy(db, link, 'link', at);
  const found = id === undefined ? undefined : await submissionOf(db, id);
  if (found?.kind !== 'subscription') return false;
  const now = found.state === 'pending' ? await moveOn(db, found, 'active', { at, actor: 'visitor' }) : found;
  return now.state === 'active';
}

/** What the link of a confirmation shows; undefined when it opens nothing, or what it began is over. Changes nothing. */
export async function viewConfirmation(
  db: Kysely<Tables>,
  link: string,
  at: Date,
): Promise<{ isActive: boolean; topics: Topic[] } | undefined> {
  const id = await openedBy(db, link, 'link', at);
  const found = id === undefined ? undefined : await submissionOf(db, id);
  if (found?.kind !== 'subscription' || found.data === null) return undefined;
  return { isActive: found.state === 'active', topics: Asked.parse(found.data).topics };
}

const Asked = z.object({ topics: z.array(Topic) });
