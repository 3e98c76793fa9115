import { styleText } from 'node:util';

/** What an action gives: as JSON and as text; `holds`: false where it asked whether something is so, and it is not. */
export type Answer = { json: unknown; text: string; holds?: boolean };

/** Rows of a table for a terminal: columns as wide as their widest cell, two spaces apart, the last one as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** A moment as it stands in a list. */
export function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}

/** A heading between parts. */
export function heading(text: string): string {
  return `\n${styleText('bold', text)}\n`;
}
