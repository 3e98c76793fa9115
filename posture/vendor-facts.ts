import { z } from 'zod';
import { type Evidence, type Id, SignalKind } from '../schemas/index.ts';

/** A fact holds at most so many texts of so many characters (schemas/evidence.ts). */
export const TEXTS = 50;
export const CHARACTERS = 200;

/**
 * The published form of what was seen, the same for every collector of vendors: spread into its `facts`. A text of
 * `vendors` is `stripe: npm stripe, variable STRIPE_*`; where there are more than 50 vendors, the ids of the others stand
 * in `furtherVendors`, with spaces between them. `vendorCount` is how many were seen in all.
 */
export const vendorFacts = {
  vendors: z.array(z.string().max(CHARACTERS)).max(TEXTS),
  furtherVendors: z.array(z.string().max(CHARACTERS)).max(TEXTS),
  vendorCount: z.int().nonnegative(),
};
export const VendorFacts = z.object(vendorFacts);
export type VendorFacts = z.infer<typeof VendorFacts>;

/** A vendor as published facts name it. `told` is empty where only the id was published. */
export type PublishedVendor = { id: Id; told: { kind: SignalKind; pattern: string }[] };

/**
 * Reads the facts of a record back. `complete` is false when more vendors were seen than are named. Undefined for facts
 * of another shape.
 */
export function vendorsIn(facts: unknown): { vendors: PublishedVendor[]; complete: boolean } | undefined {
  const parsed = VendorFacts.safeParse(facts);
  if (!parsed.success) return undefined;
  const further = parsed.data.furtherVendors.flatMap((text) => text.split(' '));
  const vendors = [...parsed.data.vendors.map(fromText), ...further.map((id) => ({ id, told: [] }))];
  return { vendors, complete: vendors.length === parsed.data.vendorCount };
}

function fromText(text: string): PublishedVendor {
  const [id = '', rest = ''] = text.split(/: (.*)/s);
  const told = rest.split(', ').flatMap((part) => {
    const [kind, pattern] = part.split(/ (.*)/s);
    const known = SignalKind.safeParse(kind);
    return known.success && pattern ? [{ kind: known.data, pattern }] : [];
  });
  return { id, told };
}

/** Whether the last look of an observer saw hosts that are in no map: one of them may be a vendor’s. */
export function sawUnknownHosts({ checks }: Pick<Evidence, 'checks'>): boolean {
  return checks.some(({ check, counts }) => check === 'every-third-party-host-is-known' && counts.failed > 0);
}

/** As many as fit into one fact: texts of words with spaces between them, such as ids. */
export function packed(words: readonly string[]): string[] {
  const texts: string[] = [];
  for (const word of words) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= CHARACTERS) texts[texts.length - 1] = `${last} ${word}`;
    else if (texts.length < TEXTS) texts.push(word);
  }
  return texts;
}
