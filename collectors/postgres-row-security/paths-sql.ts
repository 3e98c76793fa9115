import type { TenantPath } from './manifest.ts';
import { ident, literal, qualified } from './names.ts';
import type { Relation } from './raw.ts';

/** The FROM clause that joins a relation `t` to the one that names the tenant, and the column that does. */
export function tenantJoin(relation: Relation, path: TenantPath): { from: string; key: string } {
  let from = `${qualified(relation)} as t`;
  let alias = 't';
  let at = path;
  for (let depth = 1; at.kind === 'via'; depth++) {
    const next = `p${depth}`;
    from += ` join ${qualified(at.target)} as ${next} on ${next}.${ident(at.targetColumn)} = ${alias}.${ident(at.column)}`;
    alias = next;
    at = at.path;
  }
  return { from, key: `${alias}.${ident(at.column)}` };
}

/** The relation whose own column names the tenant at the end of a path, and that column. */
export function keyHome(relation: Relation, path: TenantPath): { relation: Relation; column: string } {
  return path.kind === 'key' ? { relation, column: path.column } : keyHome(path.target, path.path);
}

/** A tenant id as a value of the key's type. */
export function typed(value: string, type: string): string {
  return `${literal(value)}::${type}`;
}

/** Whether text is surely a value of a type, or of an enum with these labels, so that naming it cannot spoil a batch. */
export function fits(value: string, type: string, labels?: readonly string[]): boolean {
  if (labels) return labels.includes(value);
  if (type === 'uuid') return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value);
  if (type === 'smallint') return /^-?\d{1,4}$/.test(value);
  if (type === 'integer') return /^-?\d{1,9}$/.test(value);
  if (type === 'bigint') return /^-?\d{1,18}$/.test(value);
  if (/^numeric|^double|^real/.test(type)) return /^-?\d{1,18}$/.test(value);
  return type === 'text' || /^character varying$|citext$/.test(type) || sized(value, type);
}

function sized(value: string, type: string): boolean {
  const length = /^character(?: varying)?\((\d+)\)$/.exec(type)?.[1];
  return length !== undefined && value.length <= Number(length);
}
