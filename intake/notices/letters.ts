import type { DateOn, ObjectionOutcome } from '../../schemas/index.ts';
import { addressOf, type Letterhead } from '../mail/letterhead.ts';
import { type Mail, oneLine } from '../outbox/message.ts';
import { type Change, changeHeading } from './change.ts';

/** What a settlement means, for the customer. */
export const outcomeWords: Record<ObjectionOutcome, string> = {
  accommodated: 'another way was found for you',
  'change-dropped': 'the change is not made',
  'agreement-ends': 'the agreement ends in the part concerned',
  declined: 'the change stays',
  withdrawn: 'you took the objection back',
};

/** To whoever signed: what changes, until when they may object, and where. `url` is that of the trust page. */
export function noticeLetter(
  head: Letterhead,
  to: string,
  change: Omit<Change, 'id'>,
  { objectUntil, appliesFrom }: { objectUntil: DateOn; appliesFrom: DateOn },
  key: string,
): Mail {
  return {
    to,
    subject: oneLine(`Notice from ${head.company}: ${changeHeading(change)}`),
    text: [
      `Your data processing agreement with ${head.company} gives you a right to hear of each change of subprocessors. This is such a notice.`,
      `${changeHeading(change)}. ${change.summary}`,
      [
        `Announced on:       ${change.announcedOn}`,
        `Last day to object: ${objectUntil}, until it ends everywhere on earth`,
        `Applies to you:     not before ${appliesFrom}`,
      ].join('\n'),
      `To read it, and to object:\n${addressOf(head, `/objections/${key}/`)}`,
      'Whoever has this address can object for you, once. You get a letter when that happens.',
      'This notice belongs to your agreement, so there is no unsubscribing from it.',
    ].join('\n\n'),
  };
}

/** That an objection was received. It repeats nothing that was typed: others may hold the link. */
export function receiptLetter(
  head: Letterhead,
  to: string,
  change: Pick<Change, 'name' | 'change'>,
  receipt: { id: string; at: Date; lateSince: DateOn | undefined },
): Mail {
  const { id, at, lateSince } = receipt;
  const late = `The last day to object was ${lateSince}. It is kept as late, and a person looks at it all the same.`;
  return {
    to,
    subject: oneLine(`We have your objection: ${changeHeading(change)}`),
    text: [
      `${head.company} received an objection from you on ${at.toISOString().slice(0, 16).replace('T', ' at ')} UTC: ${changeHeading(change)}.`,
      `Its number is ${id}.`,
      ...(lateSince === undefined ? [] : [late]),
      'A person will answer you. If it was not you who objected, or to say more, answer this letter.',
    ].join('\n\n'),
  };
}

/** How an objection was settled, in the words of whoever did. */
export function settledLetter(
  head: Letterhead,
  to: string,
  change: Pick<Change, 'name' | 'change'>,
  settled: { id: string; outcome: ObjectionOutcome; answer: string },
): Mail {
  return {
    to,
    subject: oneLine(`Your objection: ${changeHeading(change)}`),
    text: [
      `${head.company} has looked at your objection ${settled.id}. The outcome: ${outcomeWords[settled.outcome]}.`,
      settled.answer,
      'To say more, answer this letter.',
    ].join('\n\n'),
  };
}
