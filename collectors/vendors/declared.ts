import { z } from 'zod';
import { type Content, DateOn, type Entry, Id, type Instant, type Subprocessor } from '../../schemas/index.ts';
import type { Vendor } from './catalogue.ts';

/** What the company declares about one subprocessor, as far as it is compared with what is seen. */
export const DeclaredVendor = z.strictObject({
  subprocessor: Id,
  /** What it is in the map. */
  vendors: z.array(Id).min(1),
  since: DateOn,
  until: DateOn.optional(),
  notices: z.array(z.strictObject({ change: z.enum(['added', 'removed', 'changed']), effectiveOn: DateOn })),
});
export type DeclaredVendor = z.infer<typeof DeclaredVendor>;

/** The list of subprocessors, as it goes into a Raw. */
export function declaredVendors(
  { subprocessors }: Pick<Content, 'subprocessors'>,
  vendors: readonly Vendor[],
): DeclaredVendor[] {
  return subprocessors.map((entry) => ({
    subprocessor: entry.id,
    vendors: vendorIdsOf(entry, vendors),
    since: entry.data.since,
    ...(entry.data.until === undefined ? {} : { until: entry.data.until }),
    notices: entry.data.notices.map(({ change, effectiveOn }) => ({ change, effectiveOn })),
  }));
}

/**
 * What a subprocessor is in the map: what it says itself (`vendors`), or the vendor of its id, or the one whose website
 * its address is at or below. One that the map does not have is a vendor of its own, under its own id.
 */
export function vendorIdsOf({ id, data }: Entry<Subprocessor>, vendors: readonly Vendor[]): Id[] {
  if (data.vendors !== undefined) return data.vendors;
  if (vendors.some((vendor) => vendor.id === id)) return [id];
  const address = addressOf(data.url);
  const at = vendors
    .filter(({ website }) => isAtOrBelow(address, addressOf(website)))
    .toSorted((a, b) => b.website.length - a.website.length)[0];
  return [at?.id ?? id];
}

/** The day of an instant, in UTC, as dates of the list are compared with it. */
export function dayOf(now: Instant): string {
  return now.slice(0, 10);
}

/** The host of an address without `www.`. */
export function hostOf(address: string): string {
  const host = URL.canParse(address) ? new URL(address).hostname : address;
  return host
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '');
}

function addressOf(url: string): { host: string; path: string } {
  return { host: hostOf(url), path: new URL(url).pathname.replace(/\/$/, '') };
}

function isAtOrBelow(address: { host: string; path: string }, website: { host: string; path: string }): boolean {
  const host = address.host === website.host || address.host.endsWith(`.${website.host}`);
  const path = website.path === '' || `${address.path}/`.startsWith(`${website.path}/`);
  return host && path;
}
