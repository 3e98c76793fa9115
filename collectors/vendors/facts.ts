import { CHARACTERS, packed, TEXTS, type VendorFacts } from '../../posture/vendor-facts.ts';
import type { ObservedVendor } from './observe.ts';

export { VendorFacts, vendorFacts, vendorsIn } from '../../posture/vendor-facts.ts';

/** What was seen, as facts. Nothing in them is more private than the map. */
export function factsOf(vendors: readonly ObservedVendor[]): VendorFacts {
  return {
    vendors: vendors.slice(0, TEXTS).map(textOf),
    furtherVendors: packed(vendors.slice(TEXTS).map(({ id }) => id)),
    vendorCount: vendors.length,
  };
}

function textOf({ id, told }: ObservedVendor): string {
  const all = told.map(({ kind, pattern }) => `${kind} ${pattern}`);
  for (let shown = all.length; shown > 0; shown -= 1) {
    const more = shown < all.length ? [`and ${all.length - shown} more`] : [];
    const text = `${id}: ${[...all.slice(0, shown), ...more].join(', ')}`;
    if (text.length <= CHARACTERS) return text;
  }
  return id;
}
