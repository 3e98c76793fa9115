import type { Topic } from '../../schemas/index.ts';
import { addressOf, type Letterhead } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';

const words: Record<Topic, string> = {
  updates: 'news of the trust center',
  subprocessors: 'changes of subprocessors',
  advisories: 'vulnerabilities',
};

/** Asks whether an address wants to be told. */
export function subscribeLetter(
  head: Letterhead,
  to: string,
  topics: readonly Topic[],
  link: string,
  keptFor: string,
): Mail {
  return {
    to,
    subject: `Please confirm: letters from ${head.company}`,
    text: [
      `Somebody, we hope it was you, asked ${head.company} to write to this address about: ${topics.map((topic) => words[topic]).join(', ')}.`,
      `To confirm it, open this page and press the button:\n${addressOf(head, `/subscriptions/confirm/${link}/`)}`,
      `If it was not you, do nothing: you will hear no more, and the address is deleted after ${keptFor}.`,
    ].join('\n\n'),
  };
}

/** News for one subscriber, with the way out. */
export function newsLetter(
  head: Letterhead,
  to: string,
  news: { subject: string; text: string },
  secret: string,
): Mail {
  const unsubscribe = addressOf(head, `/subscriptions/end/${secret}/`);
  return { to, subject: news.subject, text: `${news.text}\n\n-- \nTo hear no more: ${unsubscribe}`, unsubscribe };
}
