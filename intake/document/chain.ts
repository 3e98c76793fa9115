import type { ChainLink, Content, Instant } from '../../schemas/index.ts';

/**
 * The whole chain for the moment `at`, as EDPB Opinion 22/2024 asks for it: all that are in use, and those that are
 * announced, with the day on which they begin. By id.
 */
export function chainOf(content: Content, at: Instant): ChainLink[] {
  const today = at.slice(0, 10);
  const titles = new Map(content.dataItems.map(({ id, data }) => [id, data.title]));
  return content.subprocessors
    .filter(({ data }) => data.until === undefined || data.until >= today)
    .map(({ id, data }) => ({
      id,
      name: data.name,
      legalName: data.legalName,
      address: data.address ?? null,
      contact: data.contact ?? null,
      country: data.country,
      purpose: data.purpose,
      engagement: data.engagement,
      regions: data.regions,
      dataItems: data.dataItems.map((item) => titles.get(item) ?? item),
      transfer: data.transfer,
      subprocessorsUrl: data.subprocessorsUrl ?? null,
      since: data.since,
      until: data.until ?? null,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
