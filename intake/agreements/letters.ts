import { addressOf, type Letterhead, sentence } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';
import { statusAddress } from '../requests/letters.ts';

/** The copy for whoever accepted, and what can be done from now on. */
export function sealedLetter(head: Letterhead, to: string, request: string, status: string): Mail {
  return {
    to,
    subject: `Your agreement with ${head.company}`,
    text: [
      `Your agreement with ${head.company} is sealed. It is attached; keep it.`,
      `What has changed since, the file itself, and how to end the agreement:\n${statusAddress(head, status)}`,
      `How to check the seal, without us: ${addressOf(head, '/dpa/')}`,
    ].join('\n\n'),
    attach: { agreement: request },
  };
}

/** The company's own copy. */
export function copyLetter(to: string, request: string, customer: string): Mail {
  return {
    to,
    subject: `Agreement ${request} is sealed`,
    text: `The agreement with ${customer} is sealed. Its file is attached.`,
    attach: { agreement: request },
  };
}

/** To one of the parties: an agreement has ended. */
export function endedLetter(head: Letterhead, to: string, request: string, byCustomer: boolean): Mail {
  return {
    to,
    subject: `Agreement ${request} has ended`,
    text: [
      `The data processing agreement ${request} with ${head.company} was ended by ${sentence(byCustomer ? 'the customer' : head.company)}`,
      'What it says about the time after its end applies from now on.',
    ].join('\n\n'),
  };
}

/** To one of the parties: a newer agreement took the place of an older one. */
export function replacedLetter(head: Letterhead, to: string, older: string, newer: string): Mail {
  return {
    to,
    subject: `Agreement ${older} was replaced`,
    text: [
      `The data processing agreement ${older} with ${head.company} has ended: agreement ${newer}, which was accepted later for the same customer, took its place.`,
      'If that is not what was meant, answer this letter.',
    ].join('\n\n'),
  };
}
