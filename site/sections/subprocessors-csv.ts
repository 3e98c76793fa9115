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

/** The list as CSV (RFC 4180): a header, lines that end in CR LF, quotes where a value needs them. */
export function subprocessorsCsv(vendors: readonly Entry<Subprocessor>[]): string {
  const lines = vendors.map(({ id, data }) => columns.map(({ of }) => cell(of(id, data) ?? '')));
  return [columns.map(({ name }) => name), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function cell(value: string): string {
  // A spreadsheet would run a cell that starts like a formula.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
