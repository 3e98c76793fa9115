import type { Inventory } from '../../posture/inventory.ts';
import type { Entry, Subprocessor } from '../../schemas/index.ts';

const columns: readonly { name: string; of: (id: string, vendor: Subprocessor) => string | undefined }[] = [
  { name: 'id', of: (id) => id },
  { name: 'name', of: (_, vendor) => vendor.name },
  { name: 'legalName', of: (_, vendor) => vendor.legalName },
  { name: 'country', of: (_, vendor) => vendor.country },
  { name: 'address', of: (_, vendor) => vendor.address },
  { name: 'contact', of: (_, vendor) => vendor.contact },
  { name: 'purpose', of: (_, vendor) => vendor.purpose },
  { name: 'engagement', of: (_, vendor) => vendor.engagement },
  { name: 'optOut', of: (_, vendor) => vendor.optOut },
  { name: 'exposure', of: (_, vendor) => vendor.exposure },
  { name: 'dataItems', of: (_, vendor) => vendor.dataItems.join('; ') },
  { name: 'regions', of: (_, vendor) => vendor.regions.join('; ') },
  { name: 'transfer', of: (_, vendor) => vendor.transfer },
  { name: 'since', of: (_, vendor) => vendor.since },
  { name: 'until', of: (_, vendor) => vendor.until },
  { name: 'url', of: (_, vendor) => vendor.url },
];

const observed = ['standing', 'seenBy', 'lastSeenOn', 'unobservable', 'reason'];

/**
 * The list as CSV (RFC 4180): a header, lines that end in CR LF, quotes where a value needs them. `standing` is declared,
 * undeclared, or not-subprocessor; the last two have no more than a name, who saw them, and why.
 */
export function subprocessorsCsv(vendors: readonly Entry<Subprocessor>[], inventory: Inventory): string {
  const lines = vendors.map(({ id, data }) => {
    const { sightings = [], lastSeenOn = null } = inventory.declared.get(id) ?? {};
    const own = columns.map(({ of }) => of(id, data) ?? '');
    return [...own, 'declared', seen(sightings), lastSeenOn ?? '', data.unobservable ?? '', ''];
  });
  const others = [
    ...inventory.undeclared.map((vendor) => ({ ...vendor, standing: 'undeclared' })),
    ...inventory.excused.map((vendor) => ({ ...vendor, standing: 'not-subprocessor' })),
  ].map(({ name, reason, seenBy, standing }) => {
    const own = columns.map((column) => (column.name === 'name' ? name : ''));
    const last =
      seenBy
        .map(({ at }) => at.slice(0, 10))
        .sort()
        .at(-1) ?? '';
    return [...own, standing, seen(seenBy), last, '', reason];
  });
  const header = [...columns.map(({ name }) => name), ...observed];
  return [header, ...lines, ...others].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

function seen(by: readonly { source: string; collector: string }[]): string {
  return by.map(({ source, collector }) => `${source}/${collector}`).join('; ');
}

function cell(value: string): string {
  // A spreadsheet would run a cell that starts like a formula.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
