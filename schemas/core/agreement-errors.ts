import { define } from './error-definition.ts';

/** The errors of offers and agreements. */
export const agreementErrors = {
  OfferRefused: define<{ id: string; problem: string }>({
    exit: 1,
    why: 'An offer is a promise: it is made from the template and the evidence of now, and only where it can be sealed.',
    example: { id: 'dpa-request-4f1s9k2m', problem: 'content has no template of an agreement' },
    text: ({ id, problem }) => ({
      what: `\`${id}\` cannot be offered an agreement: ${problem}.`,
      hint: 'mend that and try again; or decline the request with a reason, or answer it by a letter.',
    }),
  }),
  SupersedeRefused: define<{ older: string; newer: string }>({
    exit: 1,
    why: 'An agreement ends by a newer one only when both are sealed and of the same company.',
    example: { older: 'dpa-request-4f1s9k2m', newer: 'dpa-request-9k2m4f1s' },
    text: ({ older, newer }) => ({
      what: `\`${older}\` cannot be superseded by \`${newer}\`.`,
      hint: 'both must be sealed, of the same domain, and the second one accepted later; else terminate the first.',
    }),
  }),
} as const;
