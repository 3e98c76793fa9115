import { define } from './error-definition.ts';

/** The errors of advisories and thanks, and of what signs them. */
export const advisoryErrors = {
  AdvisoryRangeReversed: define<{ introduced: string; fixed: string }>({
    exit: 2,
    why: 'Versions are affected from the first one on, up to the one that is fixed; turned round, no scanner finds any.',
    example: { introduced: '2.3.2', fixed: '1.0.0' },
    text: ({ introduced, fixed }) => ({
      what: `the fixed version ${fixed} is not after ${introduced}, from which on versions are affected.`,
      hint: 'swap them, or correct one; `fixed` is the first version that is not affected any more.',
    }),
  }),
  AdvisoryVersionsMixed: define<{ introduced: string; fixed: string }>({
    exit: 2,
    why: 'Whether a version is affected can only be told when all versions are of one kind.',
    example: { introduced: '2.3.0', fixed: '2026-06-09' },
    text: ({ introduced, fixed }) => ({
      what: `${introduced} and ${fixed} cannot be put in order: one is a date, the other is not.`,
      hint: 'write both as dates, or both as numbers.',
    }),
  }),
  AdvisoryRangesOverlap: define<{ introduced: string; other: string }>({
    exit: 2,
    why: 'A version is affected or it is not; where ranges of a product overlap, programs read them differently.',
    example: { introduced: '2.0.0', other: '1.0.0' },
    text: ({ introduced, other }) => ({
      what: `the versions from ${introduced} on and those from ${other} on overlap, or touch.`,
      hint: 'end each range with `fixed` before the next one begins, or make one range of them.',
    }),
  }),
  AdvisoryIdTaken: define<{ id: string; other: string }>({
    exit: 2,
    why: 'A CVE or GHSA id names one weakness; whoever looks it up must find one account of it.',
    example: { id: 'CVE-2026-12345', other: 'advisories/acme-2026-001.mdx:9:6' },
    text: ({ id, other }) => ({
      what: `another advisory names ${id} too: ${other}.`,
      hint: 'correct one of them, make one advisory of the two, or withdraw one.',
    }),
  }),
  AdvisoryOutOfOrder: define<{ field: string; value: string; before: string }>({
    exit: 2,
    why: 'What happened is told in the order in which it happened, and a later change has a later time.',
    example: { field: 'timeline.1.on', value: '2026-06-09', before: '2026-06-10' },
    text: ({ field, value, before }) => ({
      what: `\`${field}\` is ${value}, and what stands before it is of ${before}.`,
      hint: 'correct the time, or the order.',
    }),
  }),
  CreditNotAgreed: define<{ consentedOn: string; publishedOn: string }>({
    exit: 2,
    why: 'Nobody is named before they have agreed to it.',
    example: { consentedOn: '2026-07-01', publishedOn: '2026-06-17' },
    text: ({ consentedOn, publishedOn }) => ({
      what: `the person agreed on ${consentedOn}, after this was last changed on ${publishedOn}.`,
      hint: 'correct the day, or add a revision that says the name was added.',
    }),
  }),
  CreditNotOffered: define<Record<string, never>>({
    exit: 2,
    why: 'The policy is what people relied on when they reported.',
    example: {},
    text: () => ({
      what: 'somebody is named here, and the disclosure policy says that nobody is (`credit: none`).',
      hint: 'remove the name, or change `credit` in disclosure.yaml.',
    }),
  }),
  OpenpgpKeyInvalid: define<{ source: string; problem: string }>({
    exit: 2,
    why: 'Advisories are signed with a key that can sign, so that what is published can be checked.',
    example: { source: 'CANDOR_OPENPGP_KEY', problem: 'it is protected by a passphrase' },
    text: ({ source, problem }) => ({
      what: `the OpenPGP key in ${source} cannot be used: ${problem}.`,
      hint: 'give an armored private key without a passphrase; `gpg --export-secret-keys --armor ID` writes one.',
    }),
  }),
};
