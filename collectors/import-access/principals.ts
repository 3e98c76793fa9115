import type { Instant, Principal, PrincipalList, Unseen } from '../../schemas/index.ts';
import { SourceUnreadable } from '../define.ts';
import type { Expect } from './schema.ts';
import type { Line, Table } from './table.ts';

/** Which column holds what may be unknown. */
const unseenBy: readonly [keyof Expect['columns'], Unseen][] = [
  ['roles', 'roles'],
  ['secondFactor', 'second factor'],
  ['lastActiveAt', 'last activity'],
  ['createdAt', 'creation'],
  ['expiresAt', 'expiry'],
];

/** The list that a table holds, by the declared mapping. Throws SourceUnreadable of kind `schema`, which quotes no cell. */
export function principalsOf(table: Table, expect: Expect): PrincipalList {
  const { columns } = expect;
  for (const [what, column] of Object.entries(columns))
    for (const name of typeof column === 'string' ? [column] : (column ?? []))
      if (!table.hasColumn(name))
        throw new SourceUnreadable('schema', `The file has no column of the name that \`columns.${what}\` gives.`);
  const principals = table.lines.map((line) => principalOf(line, expect));
  const places = new Map<string, string>();
  for (const [index, { key }] of principals.entries()) {
    const place = table.lines[index]?.place ?? '';
    const twin = places.get(key);
    if (twin !== undefined) throw new SourceUnreadable('schema', `${place} has the same key as ${twin.toLowerCase()}.`);
    places.set(key, place);
  }
  const reportedTotal = expect.total === undefined ? null : totalOf(table.total);
  return {
    asOf: expect.exportedAt === undefined ? null : instantOf(table.exportedAt, expect, 'The file', 'exportedAt'),
    reportedTotal,
    complete: reportedTotal === null || reportedTotal === principals.length,
    namesAreUnique: false,
    unseen: unseenBy.filter(([what]) => columns[what] === undefined).map(([, unseen]) => unseen),
    principals,
  };
}

function principalOf(line: Line, expect: Expect): Principal {
  const { columns } = expect;
  const text = (column: string | undefined) => (column === undefined ? '' : textOf(line.cell(column)));
  const date = (what: 'lastActiveAt' | 'createdAt' | 'expiresAt') =>
    columns[what] === undefined ? null : instantOf(line.cell(columns[what]), expect, line.place, what);
  const key = text(columns.key);
  if (key === '') throw new SourceUnreadable('schema', `${line.place} has no key.`);
  return {
    name: text(columns.name) || key,
    key,
    kind: expect.kinds[text(columns.kind)] ?? 'person',
    roles: columns.roles === undefined ? [] : rolesOf(line.cell(columns.roles), expect.rolesSeparatedBy),
    outside: yesOrNo(text(columns.outside), expect) ?? false,
    secondFactor: yesOrNo(text(columns.secondFactor), expect),
    lastActiveAt: date('lastActiveAt'),
    createdAt: date('createdAt'),
    expiresAt: date('expiresAt'),
    also: columns.also.map(text).filter((name) => name !== ''),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim().slice(0, 300)
    : '';
}

function rolesOf(value: unknown, separator: string): string[] {
  const parts: unknown[] = Array.isArray(value) ? value : textOf(value).split(separator);
  return [...new Set(parts.map(textOf).filter((role) => role !== ''))];
}

function yesOrNo(word: string, { yes, no }: Expect): boolean | null {
  const is = (known: readonly string[]) => known.some((each) => each.toLowerCase() === word.toLowerCase());
  return is(yes) ? true : is(no) ? false : null;
}

/** RFC 3339, a date alone, or both with a space between; without a zone it is UTC. Null for nothing. */
function instantOf(value: unknown, { empty }: Expect, place: string, what: string): Instant | null {
  const text = textOf(value);
  if (text === '' || empty.some((word) => word.toLowerCase() === text.toLowerCase())) return null;
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z| ?UTC|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const offset = zone === undefined || /Z|UTC/.test(zone) ? 'Z' : zone.replace(/^(...):?/, '$1:');
  const at = new Date(`${day}T${time ?? '00:00'}${offset}`);
  const isReal = !Number.isNaN(at.getTime()) && new Date(`${day}T00:00Z`).toISOString().startsWith(day ?? '-');
  if (!isReal) throw new SourceUnreadable('schema', `${place}: \`${what}\` is not a date such as 2026-11-03.`);
  return at.toISOString();
}

function totalOf(value: unknown): number {
  const text = textOf(value);
  if (!/^\d{1,9}$/.test(text)) throw new SourceUnreadable('schema', 'The file gives no number where `total` says.');
  return Number(text);
}
