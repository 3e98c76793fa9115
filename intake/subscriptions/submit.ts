import { SubscriptionForm, Topic } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import { Refusal } from '../web/refusal.ts';
import { topicsOf, unsubscribe } from './end.ts';
import { subscribe } from './subscribe.ts';

/**
 * Takes in what a visitor sent to be told of changes: what is wrong with it by field, nothing when it was taken. The answer
 * is the same for every address. Throws Refusal too-many.
 */
export async function submitSubscription(desk: Desk, form: URLSearchParams): Promise<Record<string, string>> {
  const { takeIn, policy, head, limits, now } = desk;
  const parsed = SubscriptionForm.safeParse(fieldsOf(form, SubscriptionForm, ['topics']));
  if (!parsed.success) {
    const { topics, ...others } = problemsOf(parsed.error);
    return topics === undefined ? others : { topics: 'choose at least one', ...others };
  }
  limits.letter(parsed.data.email);
  await subscribe(takeIn, policy, head, parsed.data, now());
  return {};
}

/** What an address is told of. Throws Refusal unknown for a secret that opens nothing. */
export async function topicsAt({ db, now }: Pick<Desk, 'db' | 'now'>, secret: string): Promise<Topic[]> {
  const topics = await topicsOf(db, secret, now());
  if (topics === undefined) throw new Refusal('unknown');
  return topics;
}

/**
 * Ends what a visitor, or a mail program, asked to end: `topic` as often as it is there, every topic when it is `all`. A
 * mail program ends that of its letter alone: `ofLetter`, and all when it names none.
 */
export async function submitEnd(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  secret: string,
  form: URLSearchParams,
  ofLetter: string | null,
): Promise<void> {
  const isOneClick = form.get('List-Unsubscribe') === 'One-Click';
  const named = isOneClick ? [ofLetter ?? 'all'] : form.getAll('topic');
  const topics = Topic.options.filter((topic) => named.includes(topic) || named.includes('all'));
  await unsubscribe(db, secret, topics, now());
}
