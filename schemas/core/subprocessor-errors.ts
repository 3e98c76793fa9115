import { define } from './error-definition.ts';

/** The errors of the gate that `build` and `release` have for the list of subprocessors. */
export const subprocessorErrors = {
  SubprocessorUndeclared: define<{ vendor: string; reason: string }>({
    exit: 1,
    why: 'Customers object to a vendor before it is used, so one that nobody declared must not be published over.',
    example: { vendor: 'Segment (Twilio)', reason: 'Seen by product-pages/browser-vendors, and not on the list.' },
    text: ({ vendor, reason }) => ({
      what: `the vendor ${vendor} is seen and not declared: ${reason}`,
      hint: 'declare it in content/subprocessors/ and give notice; or take it out, and collect again; or give a reason under `notSubprocessors` of the source that sees it.',
    }),
  }),
  SubprocessorNoticeShort: define<{ subject: string; reason: string }>({
    exit: 1,
    why: 'The time that customers were promised to object is theirs.',
    example: {
      subject: 'Oakvault, added on 2026-12-21',
      reason: 'It was announced 12 days before it takes effect; 30 days are promised.',
    },
    text: ({ subject, reason }) => ({
      what: `notice falls short for ${subject}: ${reason}`,
      hint: 'move `effectiveOn` or `since` to a day that keeps the promise; what cannot be mended needs an exception with an owner and an end.',
    }),
  }),
  SubprocessorsUnknown: define<{ subject: string; reason: string }>({
    exit: 1,
    why: 'A gate that cannot see must not open: what no observer has looked at may hide an undeclared vendor.',
    example: { subject: 'product-pages/browser-vendors', reason: 'It looked too long ago.' },
    text: ({ subject, reason }) => ({
      what: `whether every vendor is declared is not known: ${subject}: ${reason}`,
      hint: 'collect again; `candor doctor` tells what keeps an observer from looking, and which hosts it does not know.',
    }),
  }),
};
