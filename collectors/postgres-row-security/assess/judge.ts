import type { Finding, Outcome } from '../../../schemas/index.ts';
import type { Expect } from '../expect.ts';
import { type ExposureBook, exposureBook, withoutComments } from '../exposure.ts';
import { buildManifest, type Manifest, type Place, reaches } from '../manifest.ts';
import { cut, shownName } from '../names.ts';
import {
  byRelation,
  type DatabaseFunction,
  type Evaluation,
  type Policy,
  type Raw,
  type Read,
  type Relation,
  type Rewrite,
  type Shape,
  type Trigger,
  type Truth,
} from '../raw.ts';
import { type RoleBook, roleBook } from '../roles.ts';

/** What was read, indexed for judging. Pure. */
export type Case = {
  raw: Raw;
  expect: Expect;
  manifest: Manifest;
  book: RoleBook;
  exposures: ExposureBook;
  truths: ReadonlyMap<number, Truth>;
  reads: ReadonlyMap<number, Read[]>;
  evaluations: ReadonlyMap<number, Evaluation[]>;
  shapes: ReadonlyMap<number, Shape[]>;
  policies: ReadonlyMap<number, Policy[]>;
  triggers: ReadonlyMap<number, Trigger[]>;
  rewrites: ReadonlyMap<number, Rewrite[]>;
  functionsByOid: ReadonlyMap<number, DatabaseFunction>;
  /** By a relation: the tenants' tables whose policies, or their helpers, look into it. */
  trusting: ReadonlyMap<number, Relation[]>;
  /** Names of relations, whatever their schema. */
  names: ReadonlySet<string>;
  /** Relations in scope with their place. */
  placed: { relation: Relation; place: Place }[];
};

/** One judgement before it has a check and a subject. */
export type Verdict = { outcome: Outcome; reason: string };

export function openCase(raw: Raw, expect: Expect): Case {
  const manifest = buildManifest(raw.catalog, expect);
  const book = roleBook(raw.catalog);
  return {
    raw,
    expect,
    manifest,
    book,
    exposures: exposureBook(raw.catalog, manifest, book, raw.acting),
    truths: byRelation(raw.truths),
    reads: listsOf(raw.reads),
    evaluations: listsOf(raw.evaluations),
    shapes: Map.groupBy(raw.shapes, (shape) => shape.relation),
    policies: Map.groupBy(raw.catalog.policies, (policy) => policy.relation),
    triggers: Map.groupBy(raw.catalog.triggers, (trigger) => trigger.relation),
    rewrites: Map.groupBy(raw.catalog.rewrites, (rewrite) => rewrite.relation),
    functionsByOid: new Map(raw.catalog.functions.map((each) => [each.oid, each])),
    trusting: trustingOf(raw, manifest),
    names: new Set(raw.catalog.relations.map(({ name }) => name)),
    placed: raw.catalog.relations.map((relation) => ({ relation, place: manifest.place(relation) })),
  };
}

function trustingOf({ catalog }: Raw, manifest: Manifest): ReadonlyMap<number, Relation[]> {
  const functions = new Map(catalog.functions.map((each) => [each.oid, each]));
  const tables = new Map(catalog.relations.map((relation) => [shownName(relation), relation.oid]));
  const found = new Map<number, Set<Relation>>();
  for (const policy of catalog.policies) {
    if (policy.relations.length + policy.functions.length === 0) continue;
    const relation = manifest.byOid.get(policy.relation);
    if (!relation || manifest.place(relation).kind !== 'tenant') continue;
    const bodies = policy.functions.flatMap((oid) => functions.get(oid) ?? []);
    const named = bodies.flatMap(({ body }) =>
      [...withoutComments(body).matchAll(/\b(?:from|join)\s+([\w$]+\.[\w$]+|[\w$]+)/gi)].flatMap(
        ([, name = '']) => tables.get(name) ?? tables.get(`public.${name}`) ?? [],
      ),
    );
    for (const oid of [...policy.relations, ...bodies.flatMap(({ relations }) => relations), ...named])
      found.set(oid, (found.get(oid) ?? new Set()).add(relation));
  }
  return new Map([...found].map(([oid, relations]) => [oid, [...relations]]));
}

/** The records about each relation, in the order in which they were made. Relations with the same share one list. */
function listsOf<T extends { relations: readonly number[] }>(records: readonly T[]): ReadonlyMap<number, T[]> {
  const marks = new Map<number, string>();
  for (const [i, { relations }] of records.entries())
    for (const relation of relations) marks.set(relation, `${marks.get(relation) ?? ''}${i},`);
  const known = new Map<string, T[]>();
  const lists = new Map<number, T[]>();
  for (const [relation, mark] of marks) {
    const list = known.get(mark) ?? mark.split(',').flatMap((i) => (i === '' ? [] : (records[Number(i)] ?? [])));
    known.set(mark, list);
    lists.set(relation, list);
  }
  return lists;
}

/** A finding whose subject and reason fit. */
export function finding(check: string, subject: string, verdict: Verdict): Finding {
  return { check, subject: cut(subject, 300), outcome: verdict.outcome, reason: cut(verdict.reason, 600) };
}

export function about(check: string, relation: Relation, verdict: Verdict): Finding {
  const subject = subjects.get(relation) ?? shownName(relation);
  subjects.set(relation, subject);
  return finding(check, subject, verdict);
}

// Each relation is the subject of many findings, which share its name.
const subjects = new WeakMap<Relation, string>();

/** Names of the acting roles that hold a right, for a reason. */
export function rolesWith({ raw }: Case, relation: Relation, letters: RegExp): string[] {
  return raw.acting.flatMap((role, i) => (letters.test(relation.access[i] ?? '') ? [role.name] : []));
}

export function roleName({ raw }: Case, index: number): string {
  return raw.acting[index]?.name ?? 'the client role';
}

/** Tables with tenants’ rows. */
export function tenantTables(at: Case): { relation: Relation; place: Extract<Place, { kind: 'tenant' }> }[] {
  return at.placed.flatMap(({ relation, place }) =>
    (relation.kind === 'r' || relation.kind === 'p') && place.kind === 'tenant' ? [{ relation, place }] : [],
  );
}

/** A list in a sentence, the rest counted. */
export function listed(names: Iterable<string>, most = 3): string {
  const all = [...new Set(names)];
  const more = all.length > most ? ` and ${all.length - most} more` : '';
  return all.slice(0, most).join(', ') + more;
}

const order: readonly Outcome[] = ['failed', 'error', 'inconclusive', 'passed', 'not-applicable'];

/** The worst of several verdicts on one subject, which must not be empty. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const sorted = [...verdicts].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return sorted[0] ?? { outcome: 'inconclusive', reason: 'Nothing could be asked.' };
}

export { reaches };
