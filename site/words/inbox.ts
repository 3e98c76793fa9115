import type { HoldReason } from '../../intake/requests/rules.ts';
import type { DpaRequestState, ObjectionOutcome } from '../../schemas/index.ts';

/** Why a person must look at a request. */
export const reasonWords: Record<HoldReason | 'answered', string> = {
  answered: 'The question is answered, the agreement still waits',
  'by-hand': 'Every request is looked at',
  'free-mail': 'An address that anybody can have',
  'other-domain': 'Address and website are of different domains',
  jurisdiction: 'A country to be looked at',
  'needs-a-person': 'It asks for something that a person answers',
  measures: 'Claims of the agreement do not hold just now',
  unprintable: 'No font can show what was typed',
  'no-template': 'There is no template of an agreement',
  'no-seal': 'This server has no key to seal with, or its certificate has ended',
  demonstration: 'The evidence is of a demonstration',
};

/** How a request stands, for whoever answers it. */
export const staffStateWords: Record<DpaRequestState, string> = {
  received: 'Not confirmed yet',
  verified: 'Confirmed, about to be looked at by the rules',
  held: 'Waits for a person',
  answered: 'Answered by a letter',
  offered: 'Agreement offered',
  accepted: 'Accepted, about to be sealed',
  sealed: 'In force',
  declined: 'Declined',
  expired: 'Expired',
  superseded: 'Replaced by a newer agreement',
  terminated: 'Ended',
};

/** How an objection is settled. */
export const outcomeWords: Record<ObjectionOutcome, string> = {
  accommodated: 'Another way was found for this customer',
  'change-dropped': 'The change is not made',
  'agreement-ends': 'The agreement ends in the part concerned',
  declined: 'The change stays',
  withdrawn: 'The customer took it back',
};

/** The labels of what was filled in, in the order of the page. */
export const dataWords = {
  needs: 'Asks for',
  message: 'Message',
  company: 'Company',
  website: 'Website',
  companyAddress: 'Address',
  jurisdiction: 'Country',
  signatory: 'Who signs',
  signatoryRole: 'Their role',
  email: 'E-mail',
  document: 'Document',
  topics: 'Wants to be told of',
  reason: 'Reason',
  answer: 'Our answer',
  name: 'Agreed to secrecy',
};
