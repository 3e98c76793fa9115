import type { DpaRequestState } from '../../schemas/index.ts';

/** How a request stands, for whoever made it: a heading, what it means, and what is written beside its date. */
export const requestStateWords: Record<DpaRequestState, { title: string; text: string; done: string }> = {
  received: {
    title: 'Please confirm your address',
    text: 'We have your request, and have written to the address in it. Nothing else happens before it is confirmed.',
    done: 'received',
  },
  verified: {
    title: 'Your address is confirmed',
    text: 'Your request is being looked at. Load this page again in a moment.',
    done: 'address confirmed',
  },
  held: {
    title: 'A person looks at your request',
    text: 'You hear from us by letter within the time that we promise.',
    done: 'given to a person',
  },
  answered: {
    title: 'Your request is answered',
    text: 'The answer was sent to you by letter.',
    done: 'answered',
  },
  offered: {
    title: 'Your agreement is ready',
    text: 'Read it, and accept it here. It is the text and the evidence of the moment at which it was offered.',
    done: 'offered',
  },
  accepted: {
    title: 'You accepted the agreement',
    text: 'It is being sealed. Load this page again in a moment; a copy goes to both of us.',
    done: 'accepted',
  },
  sealed: {
    title: 'The agreement is sealed',
    text: 'It is in force. Both of us have a copy, and you can download it here.',
    done: 'sealed',
  },
  declined: { title: 'Your request was declined', text: 'The reason was sent to you by letter.', done: 'declined' },
  expired: {
    title: 'This request has expired',
    text: 'Nobody confirmed or accepted it in time. Make a new one whenever you like.',
    done: 'expired',
  },
  superseded: {
    title: 'A newer agreement took its place',
    text: 'This one is kept for your records.',
    done: 'replaced by a newer one',
  },
  terminated: { title: 'The agreement has ended', text: 'It is kept for your records.', done: 'ended' },
};
