import { define } from './error-definition.ts';

/** The errors of how vulnerabilities are reported. */
export const disclosureErrors = {
  SecurityTxtExpires: define<{ on: string; days: number }>({
    exit: 2,
    why: 'After its end nobody may rely on security.txt (RFC 9116, 2.5.5); one that ends within 30 days is renewed before anything is built.',
    example: { on: '2026-12-01', days: 9 },
    text: ({ on, days }) => ({
      what:
        days < 0
          ? `security.txt ended on ${on}.`
          : `security.txt ends on ${on}, in ${days} ${days === 1 ? 'day' : 'days'}.`,
      hint: 'read the policy through, and set expiresOn to a day less than a year ahead.',
    }),
  }),
  SecurityTxtTooLong: define<{ on: string; days: number }>({
    exit: 2,
    why: 'A file that is valid for years outlives those who answer (RFC 9116, 2.5.5, recommends less than a year).',
    example: { on: '2030-01-01', days: 1136 },
    text: ({ on, days }) => ({
      what: `security.txt would be valid until ${on}, for ${days} days.`,
      hint: 'set expiresOn to a day less than a year ahead.',
    }),
  }),
  ContactPlaceholder: define<{ value: string }>({
    exit: 2,
    why: 'Whoever found a weakness is sent there, and names that are reserved for examples and tests (RFC 2606, RFC 6761) are nobody’s.',
    example: { value: 'https://example.com/report' },
    text: ({ value }) => ({ what: `${value} belongs to nobody.`, hint: 'name an address that somebody reads.' }),
  }),
} as const;
