import type { Letterhead } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';
import { statusAddress } from '../requests/letters.ts';

/** What was asked is answered. */
export function answerLetter(head: Letterhead, to: string, text: string, status: string): Mail {
  return {
    to,
    subject: `An answer from ${head.company}`,
    text: [text, `Your request: ${statusAddress(head, status)}`].join('\n\n'),
  };
}

/** Nothing will be offered, and why. */
export function declineLetter(head: Letterhead, to: string, reason: string, status: string): Mail {
  return {
    to,
    subject: `Your request to ${head.company} was declined`,
    text: [
      `${head.company} does not go on with your request. The reason that was given:`,
      reason,
      `Your request: ${statusAddress(head, status)}`,
    ].join('\n\n'),
  };
}
