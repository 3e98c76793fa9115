import type { Annexes } from '../../schemas/index.ts';

/** What a template can name between double braces, and where it comes from. Null shows as “not stated”. */
const variables = {
  'customer.name': ({ parties }) => parties.customer?.name ?? 'the customer',
  'customer.address': ({ parties }) => parties.customer?.address ?? null,
  'customer.country': ({ parties }) => parties.customer?.country ?? null,
  'customer.signatory': ({ parties }) => parties.customer?.signatory ?? null,
  'customer.signatoryRole': ({ parties }) => parties.customer?.signatoryRole ?? null,
  'company.name': ({ parties }) => parties.processor.name,
  'company.legalName': ({ parties }) => parties.processor.legalName,
  'company.product': ({ parties }) => parties.processor.product,
  'company.address': ({ parties }) => parties.processor.address,
  'company.country': ({ parties }) => parties.processor.country,
  'company.contact': ({ parties }) => parties.processor.contact,
  'agreement.version': ({ template }) => template.version,
  'agreement.date': ({ at }) => at.slice(0, 10),
  'annex.parties': ({ numbering }) => numbering.parties,
  'annex.measures': ({ numbering }) => numbering.measures,
  'annex.subprocessors': ({ numbering }) => numbering.subprocessors,
} as const satisfies Record<string, (annexes: Annexes) => string | null>;

/** The name of something that a template can hold. */
export type Variable = keyof typeof variables;

/** All of them, in the order of the reference. */
export const variableNames: readonly Variable[] = Object.keys(variables).filter(isVariable);

/** Whether a template may hold it. */
export function isVariable(name: string): name is Variable {
  return Object.hasOwn(variables, name);
}

/** What stands in place of each, for these annexes. */
export function valuesOf(annexes: Annexes): Record<string, string> {
  return Object.fromEntries(variableNames.map((name) => [name, variables[name](annexes) ?? 'not stated']));
}
