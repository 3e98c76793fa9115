import type { Topic } from '../../schemas/index.ts';
import { addressOf, type Letterhead } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';

/** What one is told of, in words. */
export const topicWords: Record<Topic, string> = {
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
      `Somebody, we hope it was you, asked ${head.company} to write to this address about: ${topics.map((topic) => topicWords[topic]).join(', ')}.`,
      `To confirm it, open this page and press the button:\n${addressOf(head, `/subscriptions/confirm/${link}/`)}`,
      `If it was not you, do nothing: you will hear no more, and the address is deleted after ${keptFor}.`,
    ].join('\n\n'),
  };
}

/** News for one subscriber, with the way out: of its topic by one click, of any on the page. */
export function newsLetter(
  head: Letterhead,
  to: string,
  { topic, subject, text }: { topic: Topic; subject: string; text: string },
  secret: string,
): Mail {
  const unsubscribe = `${addressOf(head, `/subscriptions/end/${secret}/`)}?topic=${topic}`;
  return {
    to,
    subject,
    text: `${text}\n\n-- \nYou get this because you asked for ${topicWords[topic]}. To hear no more:\n${unsubscribe}`,
    unsubscribe,
  };
}
