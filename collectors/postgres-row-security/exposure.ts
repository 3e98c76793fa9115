import { callsIn } from './bodies.ts';
import { isTable, type Manifest, reaches } from './manifest.ts';
import { applicable, expressionOf } from './policies.ts';
import type { ActingRole, Catalog, DatabaseFunction, Policy, Relation } from './raw.ts';
import type { RoleBook } from './roles.ts';

/** A relation with tenants’ rows that something reads with the rights of somebody else than the caller. */
export type Exposure = { relation: Relation; reader: string; writes?: boolean };

/** What can be told about a function’s body. */
export type Reach = { exposures: Exposure[]; unknown: string | null };

export type ExposureBook = {
  ofView: (relation: Relation) => Exposure[];
  ofFunction: (each: DatabaseFunction) => Reach;
  ofRule: (relation: Relation, events: readonly string[]) => Exposure[];
  /** What a body leads to when `user` runs it: functions that it calls and those in views and policies on its way. */
  calledBy: (each: DatabaseFunction, user: string | null) => DatabaseFunction[];
  /** Whether the reader sees rows that policies would hide, in a table the caller could not simply read anyway. */
  aroundPolicies: (exposure: Exposure) => boolean;
};

/** Follows views, rules and functions down to tables. Pure. */
export function exposureBook(
  catalog: Catalog,
  manifest: Manifest,
  book: RoleBook,
  acting: readonly ActingRole[],
): ExposureBook {
  const policies = Map.groupBy(catalog.policies, (policy) => policy.relation);
  const rewrites = Map.groupBy(catalog.rewrites, (rewrite) => rewrite.relation);
  const functions = new Map(catalog.functions.map((each) => [each.oid, each]));
  const byWord = new Map<string, Relation[]>();
  for (const relation of catalog.relations)
    byWord.set(relation.name.toLowerCase(), [...(byWord.get(relation.name.toLowerCase()) ?? []), relation]);
  const functionsByWord = Map.groupBy(catalog.functions, (each) => each.name.toLowerCase());

  function walkRelation(
    relation: Relation,
    reader: string | null,
    found: Map<string, Exposure>,
    seen: Set<string>,
    writes = false,
  ) {
    const mark = `r${relation.oid} ${reader} ${writes}`;
    if (seen.has(mark)) return;
    seen.add(mark);
    if (isTable(relation) || relation.kind === 'f') {
      const key = `${relation.oid} ${reader}`;
      if (reader !== null && holdsTenants(relation))
        found.set(key, { relation, reader, writes: writes || found.get(key)?.writes === true });
      return;
    }
    walkRewrites(relation, ['1'], readerOf(relation), found, seen);
  }

  function walkRewrites(
    relation: Relation,
    events: readonly string[],
    reader: string | null,
    found: Map<string, Exposure>,
    seen: Set<string>,
  ) {
    for (const rewrite of rewrites.get(relation.oid) ?? []) {
      if (!events.includes(rewrite.event)) continue;
      for (const oid of rewrite.relations) {
        const next = manifest.byOid.get(oid);
        if (next) walkRelation(next, reader, found, seen);
      }
      for (const oid of rewrite.functions) {
        const next = functions.get(oid);
        // A function in a view runs as the caller, unless it is a definer's.
        if (next?.definer && !isCompiled(next)) walkFunction(next, next.owner, found, seen);
      }
    }
  }

  function holdsTenants(relation: Relation): boolean {
    const place = manifest.place(relation);
    if (place.kind === 'tenant') return true;
    return manifest.childrenOf(relation).some((child) => manifest.place(child).kind === 'tenant');
  }

  function walkFunction(
    each: DatabaseFunction,
    reader: string,
    found: Map<string, Exposure>,
    seen: Set<string>,
  ): string | null {
    const mark = `f${each.oid} ${reader}`;
    if (seen.has(mark)) return null;
    seen.add(mark);
    let unknown = opaque(each);
    const writes = mayWrite(each);
    const words = wordsIn(each.body);
    for (const oid of each.relations) {
      const relation = manifest.byOid.get(oid);
      if (relation) walkRelation(relation, reader, found, seen, writes);
    }
    for (const [word, qualifiers] of words) {
      for (const relation of byWord.get(word) ?? [])
        if (qualifiers.has('') || qualifiers.has(relation.schema.toLowerCase()))
          walkRelation(relation, reader, found, seen, writes);
      for (const called of functionsByWord.get(word) ?? []) {
        if (called === each || isCompiled(called)) continue;
        if (!qualifiers.has('') && !qualifiers.has(called.schema.toLowerCase())) continue;
        const inner = walkFunction(called, called.definer ? called.owner : reader, found, seen);
        unknown ??= inner;
      }
    }
    return unknown;
  }

  function calledBy(each: DatabaseFunction, user: string | null): DatabaseFunction[] {
    const called = callsIn(each.body).flatMap(({ schema, name }) =>
      (functionsByWord.get(name.toLowerCase()) ?? []).filter((next) => schema === '' || schema === next.schema),
    );
    const oids = [...each.functions];
    const seen = new Set<Relation>();
    const below = (relation: Relation) => {
      if (seen.has(relation)) return;
      seen.add(relation);
      for (const rewrite of rewrites.get(relation.oid) ?? []) {
        if (rewrite.event !== '1') continue;
        oids.push(...rewrite.functions);
        for (const oid of rewrite.relations) {
          const next = manifest.byOid.get(oid);
          if (next) below(next);
        }
      }
      if (user === null || !relation.rowSecurity || book.bypasses(user, relation)) return;
      for (const command of ['select', 'insert', 'update', 'delete'] as const) {
        const { permissive, restrictive } = applicable(policies.get(relation.oid) ?? [], book.inherited(user), command);
        for (const policy of [...permissive, ...restrictive]) oids.push(...policy.functions);
      }
    };
    for (const oid of each.relations) {
      const relation = manifest.byOid.get(oid);
      if (relation) below(relation);
    }
    for (const [word, qualifiers] of wordsIn(each.body))
      for (const relation of byWord.get(word) ?? [])
        if (qualifiers.has('') || qualifiers.has(relation.schema.toLowerCase())) below(relation);
    const all = [...called, ...oids.flatMap((oid) => functions.get(oid) ?? [])];
    return [...new Set(all)].filter((next) => next !== each && !isCompiled(next));
  }

  // Policies apply to the reader too, but one that no client has may show it the rows of all.
  function admittedWidely({ relation, reader, writes }: Exposure): boolean {
    const own = policies.get(relation.oid) ?? [];
    const clients = acting.filter(({ kind }) => kind !== 'anonymous').map(({ name }) => book.inherited(name));
    const commands = writes ? (['select', 'insert', 'update', 'delete'] as const) : (['select'] as const);
    return commands.some((command) => {
      const { permissive, restrictive } = applicable(own, book.inherited(reader), command);
      const sides = command === 'insert' ? ['check'] : command === 'update' ? ['using', 'check'] : ['using'];
      return sides.some((side) => {
        const of = (policy: Policy) => expressionOf(policy, side === 'using' ? 'using' : 'check');
        const judged = new Set(
          clients.flatMap((roles) => applicable(own, roles, command).permissive.map((policy) => of(policy))),
        );
        const keeps = (policy: Policy) => judged.has(of(policy)) || namesCaller(relation, policy, of(policy));
        return (
          !restrictive.some((policy) => namesCaller(relation, policy, of(policy))) &&
          permissive.some((policy) => of(policy) !== null && !keeps(policy))
        );
      });
    });
  }

  // One comparison of the tenant with something that is asked of the session, and no way past it.
  function namesCaller(relation: Relation, policy: Policy, expression: string | null): boolean {
    const place = manifest.place(relation);
    if (expression === null || place.kind !== 'tenant' || !policy.columns.includes(place.path.column)) return false;
    if (/\b(or|not|case|coalesce|any)\b|<>/i.test(expression)) return false;
    const asks = policy.functions.length > 0 || /\b(current_|session_user)/i.test(expression);
    return asks && / = /.test(expression);
  }

  const readerOf = (relation: Relation) => (isInvoker(relation) ? null : relation.owner);
  return {
    ofView: (relation) => {
      const found = new Map<string, Exposure>();
      walkRelation(relation, readerOf(relation), found, new Set());
      return [...found.values()];
    },
    ofFunction: (each) => {
      const found = new Map<string, Exposure>();
      const unknown = walkFunction(each, each.owner, found, new Set());
      return { exposures: [...found.values()], unknown };
    },
    ofRule: (relation, events) => {
      const found = new Map<string, Exposure>();
      walkRewrites(relation, events, relation.owner, found, new Set());
      return [...found.values()];
    },
    calledBy,
    aroundPolicies: (exposure) =>
      exposure.relation.rowSecurity
        ? book.bypasses(exposure.reader, exposure.relation) || admittedWidely(exposure)
        : !reaches(exposure.relation, /[rR]/),
  };
}

/** Whether a function is an extension’s compiled code. One in SQL may be anybody’s that was added to an extension. */
export function isCompiled(each: DatabaseFunction): boolean {
  return each.extension !== null && each.language !== 'sql' && each.language !== 'plpgsql';
}

/** Whether a view reads with the rights of its caller. */
export function isInvoker(relation: Relation): boolean {
  return isOn(relation, 'security_invoker');
}

/** Whether a view’s option is on, in any of the spellings that PostgreSQL takes. */
export function isOn(relation: Relation, name: string): boolean {
  return relation.options.some((option) => new RegExp(`^${name}=(t|tr|tru|true|y|ye|yes|on|1)$`, 'i').test(option));
}

// A body that was bound when it was made has no text; one that is not volatile cannot write.
function mayWrite(each: DatabaseFunction): boolean {
  if (each.volatility !== 'v') return false;
  return each.body === '' || /\b(insert|update|delete|merge)\b/i.test(each.body);
}

// Nothing can be told about compiled code, nor about statements that are put together while they run.
function opaque(each: DatabaseFunction): string | null {
  if (each.language === 'c' || each.language === 'internal') return 'it is compiled code';
  if (each.language !== 'sql' && each.language !== 'plpgsql') return `it is written in ${each.language}`;
  const body = withoutComments(each.body);
  if (/\bu&["']/i.test(body)) return 'it spells names by the codes of their letters';
  if (each.language === 'plpgsql' && /\bexecute\b(?!\s+(?:procedure|function)\b)/i.test(body))
    return 'it puts statements together while it runs';
  return /\bdblink|_to_xml(schema|_and_xmlschema)?\b|\bts_stat\b|\bcrosstab|\blo_get\b|\bloread\b/i.test(body)
    ? 'it reaches other databases or objects'
    : null;
}

/** A body without its comments; what looks like one inside a string stays. */
export function withoutComments(body: string): string {
  const strings = String.raw`\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\2\$`;
  const pattern = new RegExp(`(${strings})|/\\*[\\s\\S]*?\\*/|--[^\\n]*`, 'g');
  return body.replace(pattern, (_, kept: string | undefined) => kept ?? ' ');
}

/** Identifiers in a body, each with the schemas that it is written with (an empty one where there is none). */
function wordsIn(body: string): Map<string, Set<string>> {
  const words = new Map<string, Set<string>>();
  const identifier = String.raw`"(?:[^"]|"")+"|[A-Za-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*`;
  const pattern = new RegExp(`(?:(${identifier})\\s*\\.\\s*)?(${identifier})`, 'gu');
  const bare = (text: string) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text).toLowerCase();
  for (const [, first, second] of withoutComments(body).matchAll(pattern)) {
    if (second === undefined) continue;
    const add = (word: string, qualifier: string) => words.set(word, (words.get(word) ?? new Set()).add(qualifier));
    add(bare(second), first === undefined ? '' : bare(first));
    // `projects.name` names a table first.
    if (first !== undefined) add(bare(first), '');
  }
  return words;
}
