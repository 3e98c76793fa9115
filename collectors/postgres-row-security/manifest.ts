import type { Expect } from './expect.ts';
import { type Name, parseName, parseVia, shownName } from './names.ts';
import type { Catalog, Column, ForeignKey, Relation } from './raw.ts';

/** How a relation's rows lead to their tenant: by a column of its own, or by one that points at such a relation. */
export type TenantPath =
  | { kind: 'key'; column: string }
  | { kind: 'via'; column: string; target: Relation; targetColumn: string; path: TenantPath };

/** Where a relation stands, and how we know. */
export type Place =
  | { kind: 'tenant'; path: TenantPath; derived: boolean; shared: string | null }
  | { kind: 'reference' }
  | { kind: 'shared'; reason: string }
  | { kind: 'extension' }
  | { kind: 'contradiction'; why: string }
  | { kind: 'undeclared'; why: string };

/** The catalog placed by the manifest. Pure: the same catalog and intent give the same manifest. */
export type Manifest = {
  place: (relation: Relation) => Place;
  column: (relation: number, name: string) => Column | undefined;
  byOid: ReadonlyMap<number, Relation>;
  /** Partitions and inheritance children. */
  childrenOf: (relation: Relation) => readonly Relation[];
  /** Declared relations that do not exist or are out of scope. */
  missing: string[];
};

/** Places every relation: by declaration, by the tenant column, else by foreign keys to a relation that is placed. */
export function buildManifest(catalog: Catalog, expect: Expect): Manifest {
  const byOid = new Map(catalog.relations.map((relation) => [relation.oid, relation]));
  const byName = new Map(catalog.relations.map((relation) => [nameKey(relation), relation]));
  const columns = new Map<number, Map<string, Column>>();
  for (const column of catalog.columns) {
    const own = columns.get(column.relation);
    if (own) own.set(column.name, column);
    else columns.set(column.relation, new Map([[column.name, column]]));
  }
  const foreignKeys = Map.groupBy(catalog.foreignKeys, (key) => key.relation);
  const declared = new Map<string, Expect['tables'][string]>();
  const missing: string[] = [];
  for (const [text, placement] of Object.entries(expect.tables)) {
    const name = parseName(text);
    if (!name) continue;
    declared.set(nameKey(name), placement);
    if (!byName.has(nameKey(name))) missing.push(shownName(name));
  }
  const column = (relation: number, name: string) => columns.get(relation)?.get(name);
  // What tenant columns point at lists the tenants: there the referenced column is the tenant's id.
  const lists = new Map<number, string>();
  for (const key of catalog.foreignKeys)
    if (key.column === expect.tenantKey && column(key.target, expect.tenantKey) === undefined)
      lists.set(key.target, key.targetColumn);
  const placed = new Map<number, Place>();
  const underway = new Set<number>();

  function place(relation: Relation): Place {
    const known = placed.get(relation.oid);
    if (known) return known;
    // Only a circle of foreign keys comes back here.
    if (underway.has(relation.oid)) return { kind: 'undeclared', why: 'its foreign keys only lead back to itself' };
    underway.add(relation.oid);
    const result = decide(relation);
    underway.delete(relation.oid);
    // What was decided inside a circle may be decided otherwise from outside it.
    if (underway.size === 0 || result.kind !== 'undeclared') placed.set(relation.oid, result);
    return result;
  }

  function decide(relation: Relation): Place {
    const placement = declared.get(nameKey(relation));
    const key = placement?.tenantKey ?? expect.tenantKey;
    const own = column(relation.oid, key);
    if (placement?.reference)
      return own
        ? { kind: 'contradiction', why: `declared as reference, yet it has the tenant column ${key}` }
        : { kind: 'reference' };
    const shared = placement?.shared ?? null;
    if (placement?.via !== undefined) return declaredPath(placement.via, relation, shared);
    if (own) return { kind: 'tenant', path: { kind: 'key', column: key }, derived: false, shared };
    if (placement?.tenantKey !== undefined)
      return { kind: 'contradiction', why: `declared with the tenant column ${key}, which it does not have` };
    const listed = lists.get(relation.oid);
    if (listed !== undefined) return { kind: 'tenant', path: { kind: 'key', column: listed }, derived: true, shared };
    const derived = relation.extension ? null : derivedPath(relation);
    if (derived) return { kind: 'tenant', path: derived, derived: true, shared };
    if (shared !== null) return { kind: 'shared', reason: shared };
    if (relation.extension) return { kind: 'extension' };
    return { kind: 'undeclared', why: 'it has no tenant column and no foreign key that leads to one' };
  }

  function declaredPath(via: string, relation: Relation, shared: string | null): Place {
    const parsed = parseVia(via);
    const target = parsed && byName.get(nameKey(parsed.target));
    if (!parsed || !target)
      return { kind: 'contradiction', why: 'its declared path leads to a relation that is not there' };
    if (!column(relation.oid, parsed.column) && (relation.kind === 'r' || relation.kind === 'p'))
      return {
        kind: 'contradiction',
        why: 'its declared path begins at a column that is not there',
      };
    const next = place(target);
    if (next.kind !== 'tenant') return { kind: 'contradiction', why: 'its declared path does not lead to a tenant' };
    const path: TenantPath = {
      kind: 'via',
      column: parsed.column,
      target,
      targetColumn: parsed.targetColumn,
      path: next.path,
    };
    return { kind: 'tenant', path, derived: false, shared };
  }

  function derivedPath(relation: Relation): TenantPath | null {
    const candidates = [...(foreignKeys.get(relation.oid) ?? [])].sort((a, b) => rank(b) - rank(a));
    for (const key of candidates) {
      const target = byOid.get(key.target);
      if (!target || target === relation) continue;
      const next = place(target);
      if (next.kind !== 'tenant') continue;
      return { kind: 'via', column: key.column, target, targetColumn: key.targetColumn, path: next.path };
    }
    return null;
  }

  // A child that cannot be without its parent, and goes with it, surely belongs to it.
  function rank(key: ForeignKey): number {
    return (column(key.relation, key.column)?.required ? 2 : 0) + (key.cascades ? 1 : 0);
  }

  const children = new Map<number, Relation[]>();
  for (const relation of catalog.relations)
    for (const parent of relation.parents) children.set(parent, [...(children.get(parent) ?? []), relation]);
  return { place, column, byOid, childrenOf: (relation) => children.get(relation.oid) ?? [], missing };
}

function nameKey(name: Name): string {
  return JSON.stringify([name.schema, name.name]);
}

/** Whether any of the acting roles holds a right on the relation in the given letters. */
export function reaches(relation: Relation, letters: RegExp = /./): boolean {
  return relation.access.some((rights) => letters.test(rights));
}

/** Whether a relation is one that row security can be enabled on. */
export function isTable(relation: Relation): boolean {
  return relation.kind === 'r' || relation.kind === 'p';
}
