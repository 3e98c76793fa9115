import type { Instant, Principal, PrincipalKind, PrincipalList, Unseen } from '../../schemas/index.ts';
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
  const note = (what: 'total' | 'exportedAt') => textsOf(table[what], 'The file', what).join(' ');
  const reportedTotal = expect.total === undefined ? null : totalOf(note('total'));
  return {
    asOf: expect.exportedAt === undefined ? null : instantOf(note('exportedAt'), expect, 'The file', 'exportedAt'),
    reportedTotal,
    complete: reportedTotal === principals.length,
    namesAreUnique: false,
    unseen: unseenBy.filter(([what]) => columns[what] === undefined).map(([, unseen]) => unseen),
    principals,
  };
}

function principalOf(line: Line, expect: Expect): Principal {
  const { columns } = expect;
  const texts = (column: string, what: string) => textsOf(line.cell(column), line.place, what);
  const text = (what: Exclude<keyof Expect['columns'], 'also'>) => {
    const [first = '', ...more] = columns[what] === undefined ? [] : texts(columns[what], what);
    if (more.length > 0) throw notText(line.place, what);
    return first;
  };
  const date = (what: 'lastActiveAt' | 'createdAt' | 'expiresAt') => instantOf(text(what), expect, line.place, what);
  const key = text('key');
  if (key === '') throw new SourceUnreadable('schema', `${line.place} has no key.`);
  return {
    name: text('name') || key,
    key,
    kind: kindOf(text('kind'), expect),
    roles: columns.roles === undefined ? [] : rolesOf(texts(columns.roles, 'roles'), expect.rolesSeparatedBy),
    outside: yesOrNo(text('outside'), expect),
    secondFactor: yesOrNo(text('secondFactor'), expect),
    lastActiveAt: date('lastActiveAt'),
    createdAt: date('createdAt'),
    expiresAt: date('expiresAt'),
    also: columns.also.flatMap((column) => texts(column, 'also')).filter((name) => !isNothing(name, expect)),
  };
}

function kindOf(word: string, { kinds }: Expect): PrincipalKind {
  return (Object.hasOwn(kinds, word) ? kinds[word] : undefined) ?? 'person';
}

/** The texts of one cell: in JSON it may be a list. What is neither is refused, for an empty list of roles would say more than is known. */
function textsOf(value: unknown, place: string, what: string): string[] {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.map((part) => {
    if (typeof part === 'object' && part !== null) throw notText(place, what);
    // Half a character, which JSON can spell, has no place in a file.
    return part === undefined || part === null ? '' : String(part).toWellFormed().trim().slice(0, 300);
  });
}

function notText(place: string, what: string): SourceUnreadable {
  const wanted = what === 'roles' || what === 'also' ? 'text, nor a list of texts' : 'text';
  return new SourceUnreadable('schema', `${place}: \`${what}\` is not ${wanted}.`);
}

function rolesOf(cell: readonly string[], separator: string): string[] {
  const [only = ''] = cell;
  const parts = cell.length === 1 ? only.split(separator).map((part) => part.trim()) : cell;
  return [...new Set(parts.filter((role) => role !== ''))];
}

function isNothing(text: string, { empty }: Expect): boolean {
  return text === '' || empty.some((word) => word.toLowerCase() === text.toLowerCase());
}

function yesOrNo(word: string, { yes, no }: Expect): boolean | null {
  const is = (known: readonly string[]) => known.some((each) => each.toLowerCase() === word.toLowerCase());
  return is(yes) ? true : is(no) ? false : null;
}

/** RFC 3339, a date alone, or both with a space between; without a zone it is UTC. Null for nothing. */
function instantOf(text: string, expect: Expect, place: string, what: string): Instant | null {
  if (isNothing(text, expect)) return null;
  const [, day, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z| ?UTC|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const offset = zone === undefined || /Z|UTC/.test(zone) ? 'Z' : zone.replace(/^(...):?/, '$1:');
  const at = new Date(`${day}T${time ?? '00:00'}${offset}`);
  const isReal = !Number.isNaN(at.getTime()) && new Date(`${day}T00:00Z`).toISOString().startsWith(day ?? '-');
  if (!isReal) throw new SourceUnreadable('schema', `${place}: \`${what}\` is not a date such as 2026-11-03.`);
  return at.toISOString();
}

function totalOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new SourceUnreadable('schema', 'The file gives no number where `total` says.');
  return Number(text);
}
