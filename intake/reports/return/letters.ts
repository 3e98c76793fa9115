import { addressOf, type Letterhead } from '../../mail/letterhead.ts';
import type { Mail } from '../../outbox/message.ts';

/** To those who look after reports: that a reporter wrote again. Nothing of it can be read here. */
export function newAnswerLetter(head: Letterhead, to: string, id: string): Mail {
  return {
    to,
    subject: `The reporter of ${id} wrote`,
    text: `There is a new message from the reporter of ${id}. It is encrypted. Look at it here, or with “candor inbox reports”:\n${addressOf(head, `/inbox/reports/${id}/`)}`,
  };
}
