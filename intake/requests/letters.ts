import { dayText } from '../../schemas/index.ts';
import { addressOf, type Letterhead, sentence } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';

/** How long the page of a request opens by one secret; each letter about it brings a new one. What is sealed has no such end. */
export const STATUS_MS = 366 * 86_400_000;

/** The address at which a request is looked at and acted on. */
export function statusAddress(head: Letterhead, status: string): string {
  return addressOf(head, `/requests/${status}/`);
}

/** To whoever was named as asking: it confirms nothing by being opened, and names nothing that was typed. */
export function confirmLetter(head: Letterhead, to: string, link: string, code: string, keptFor: string): Mail {
  return {
    to,
    subject: `Please confirm your request to ${head.company}`,
    text: [
      `Somebody, we hope it was you, gave this address in a request to ${sentence(head.company)}`,
      `To confirm it, open this page and press the button:\n${addressOf(head, `/requests/confirm/${link}/`)}`,
      `Or type this code where you made the request: ${code.slice(0, 3)} ${code.slice(3)}`,
      `If it was not you, do nothing: without a confirmation everything is deleted after ${keptFor}.`,
    ].join('\n\n'),
  };
}

/** An offer was made; it is read and accepted at its address. */
export function offerLetter(head: Letterhead, to: string, status: string, validUntil: Date): Mail {
  return {
    to,
    subject: `Your agreement with ${head.company} is ready`,
    text: [
      `The agreement that you asked ${head.company} for is ready to be read and accepted:\n${statusAddress(head, status)}`,
      `It can be accepted until ${dayText(validUntil.toISOString())}. Whoever has this address can accept it; keep it to yourself.`,
    ].join('\n\n'),
  };
}

/** A person looks at it first. */
export function heldLetter(head: Letterhead, to: string, status: string, promise: string): Mail {
  return {
    to,
    subject: `Your request to ${head.company}`,
    text: [
      `Thank you. A person at ${head.company} will look at your request. What we promise: ${promise}.`,
      `Where it stands: ${statusAddress(head, status)}`,
    ].join('\n\n'),
  };
}
