import { addressOf, type Letterhead } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';

/** To those who look after reports: that there is a new one. Nothing that was written is in it, for nothing of it can be read here. */
export function newReportLetter(head: Letterhead, to: string, id: string, critical: boolean): Mail {
  return {
    to,
    subject: `A vulnerability report${critical ? ', said to be critical' : ''}: ${id}`,
    text: [
      `A report of a vulnerability came in. Its number is ${id}.`,
      `It is encrypted. Look at it here, or with “candor inbox reports”:\n${addressOf(head, `/inbox/reports/${id}/`)}`,
    ].join('\n\n'),
  };
}
