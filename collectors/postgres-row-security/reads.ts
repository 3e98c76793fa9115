import { z } from 'zod';
import type { PostgresSession } from '../clients/postgres.ts';
import { type Answer, ask, byAnswer, type Probe } from './batches.ts';
import type { Row } from './candidates.ts';
import type { Tenant } from './context.ts';
import type { Manifest, TenantPath } from './manifest.ts';
import { ident, literal, qualified } from './names.ts';
import { fits, keyHome, tenantJoin, typed } from './paths-sql.ts';
import type { Asker, Failure, Read, Relation, Truth } from './raw.ts';

/** A relation that belongs to tenants, and what it takes to read it. */
export type Target = {
  relation: Relation;
  path: TenantPath;
  /** The type of the column that names the tenant at the end of the path. */
  keyType: string;
  /** Where that type is an enum. */
  labels?: readonly string[];
  /** Whether the first column of the path may be null. */
  optional: boolean;
};

/** The relation as something to read, or null when the column that names the tenant is not known to us. */
export function targetOf(
  relation: Relation,
  path: TenantPath,
  manifest: Manifest,
  enums: ReadonlyMap<string, readonly string[]> = new Map(),
): Target | null {
  const home = keyHome(relation, path);
  const key = manifest.column(home.relation.oid, home.column);
  if (!key) return null;
  const first = manifest.column(relation.oid, path.column);
  const labels = enums.get(key.type);
  const optional = first ? !first.required : true;
  return { relation, path, keyType: key.type, optional, ...(labels ? { labels } : {}) };
}

const Bits = z.object({ bits: z.int().nullable() });

/** Tests of a row, each with the bit that says it held for some row. */
type Test = { bit: number; holds: string };

/** All tests in one pass over the rows: cheap where there are few. */
function inOnePass(from: string, tests: readonly Test[], otherwise: number): string {
  const cases = tests.map(({ bit, holds }) => `when ${holds} then ${bit}`).join(' ');
  return `bit_or(case ${cases} else ${otherwise} end) from ${from}`;
}

/** The same, each test by itself, for which the first row that passes it is enough. */
function oneByOne(tests: readonly { from: string; bit: number; holds: string | null }[]): string {
  const found = tests.map(
    ({ from, bit, holds }) =>
      `case when exists (select from ${from}${holds === null ? '' : ` where ${holds}`}) then ${bit} else 0 end`,
  );
  return found.length > 0 ? found.join(' | ') : '0';
}

const ANY = 2 ** 29;
const NAMELESS = 2 ** 28;

/** Which tenants have rows in each relation, as the truth role sees it. */
export async function readTruth(
  truth: PostgresSession,
  targets: readonly Target[],
  tenants: readonly Tenant[],
): Promise<Truth[]> {
  const probes = targets.map((target): Probe => {
    const { relation, path, keyType, optional, labels } = target;
    const { from, key } = tenantJoin(relation, path);
    const own = `${qualified(relation)} as t`;
    const found = tenants.flatMap((tenant, i) =>
      tenant.real && fits(tenant.id, keyType, labels)
        ? [{ bit: 2 ** i, holds: `${key} = ${typed(tenant.id, keyType)}` }]
        : [],
    );
    const nameless = optional ? [{ bit: NAMELESS, holds: `t.${ident(path.column)} is null` }] : [];
    const careful = () =>
      oneByOne([
        ...found.map((test) => ({ from, ...test })),
        ...nameless.map((test) => ({ from: own, ...test })),
        { from: own, bit: ANY, holds: null },
      ]);
    if (!isSmall(target)) return { id: relation.oid, select: careful() };
    const select = inOnePass(own, [...found, ...nameless, { bit: ANY, holds: 'false' }], ANY);
    return { id: relation.oid, select, careful };
  });
  const answers = await ask(truth, probes, Bits, {});
  return byAnswer(
    targets,
    ({ relation }): Omit<Truth, 'relations'> => {
      const answer = answers.get(relation.oid);
      if (!answer?.ok) return { present: [], any: false, nameless: false, failure: failureOf(answer) };
      const bits = answer.row.bits ?? 0;
      const present = tenants.flatMap((_, i) => (bits & (2 ** i) ? [i] : []));
      return { present, any: bits !== 0, nameless: (bits & NAMELESS) !== 0, failure: null };
    },
    JSON.stringify,
  ).map(({ answer, items }) => ({ ...answer, relations: items.map(({ relation }) => relation.oid) }));
}

// A parent's own size says nothing of its children's, and a path is a join.
function isSmall({ relation, path }: Target): boolean {
  return relation.small && path.kind === 'key';
}

/** A tenant that has rows in a relation and is not one of those already known; null where there is none. */
export async function findStrangers(
  truth: PostgresSession,
  targets: readonly Target[],
  tenants: readonly Tenant[],
): Promise<string[]> {
  const probes = targets.map(({ relation, path, keyType, labels }): Probe => {
    const { from, key } = tenantJoin(relation, path);
    const known = tenants
      .filter((tenant) => fits(tenant.id, keyType, labels))
      .map((tenant) => typed(tenant.id, keyType));
    const others = known.length > 0 ? `and ${key} not in (${known.join(', ')})` : '';
    return {
      id: relation.oid,
      select: `(select ${key}::text from ${from} where ${key} is not null ${others} limit 1)`,
    };
  });
  const answers = await ask(truth, probes, z.object({ stranger: z.string().nullable() }), {});
  return [...answers.values()].flatMap((answer) =>
    answer.ok && answer.row.stranger !== null ? [answer.row.stranger] : [],
  );
}

/** Where a path leads to the tenant, rows of so many parents. */
const PARENTS = 60;

/** A few real rows of a tenant, cut to `columns`; for the eyes of policies only. */
export async function readSamples(options: {
  session: PostgresSession;
  acting: { role?: string; settings?: Record<string, string> };
  targets: readonly { target: Target; columns: readonly string[] }[];
  tenant: Tenant;
}): Promise<Map<number, Row[]>> {
  const probes = options.targets.flatMap(({ target, columns }): Probe[] => {
    const { relation, path, keyType, labels } = target;
    if (!fits(options.tenant.id, keyType, labels)) return [];
    const where = (key: string) => `where ${key} = ${typed(options.tenant.id, keyType)}`;
    const { from, key } = tenantJoin(relation, path);
    const list = [...new Set([path.column, ...columns])].map((name) => `t.${ident(name)}`).join(', ');
    const rows = `(select jsonb_agg(x) from (select ${path.kind === 'key' ? '' : `distinct on (t.${ident(path.column)}) `}${list} from ${from} ${where(key)} limit ${path.kind === 'key' ? 3 : PARENTS}) x)`;
    if (path.kind === 'key') return [{ id: relation.oid, select: rows }];
    // A parent without children still says what a child of this tenant would hold.
    const parent = tenantJoin(path.target, path.path);
    const made = `(select jsonb_agg(x) from (select t.${ident(path.targetColumn)} as ${ident(path.column)}
      from ${parent.from} ${where(parent.key)} limit 1) x)`;
    return [{ id: relation.oid, select: `coalesce(${rows}, ${made})` }];
  });
  const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
  const row = z.object({ rows: z.array(z.record(z.string(), value.catch(null))).nullable() });
  const answers = await ask(options.session, probes, row, options.acting);
  const samples = new Map<number, Row[]>();
  for (const [oid, answer] of answers) if (answer.ok && answer.row.rows) samples.set(oid, answer.row.rows);
  return samples;
}

/** One relation to read as one asker, and the rows to look for. */
export type Look = { target: Target; own: readonly Row[]; other: readonly Row[]; keyReadable: boolean };

const OWN = 1;
const FOREIGN = 2;
const NOBODYS = 4;

/** Reads relations as one asker: are there rows of its own, and rows that are not? PostgreSQL compares; no row leaves it. */
export async function readAs(options: {
  session: PostgresSession;
  looks: readonly Look[];
  role: string;
  roleIndex: number;
  asker: Asker;
  settings: Record<string, string>;
  tenant: Tenant;
}): Promise<Read[]> {
  const known = new Map<number, number>();
  const probes = options.looks.map((look): Probe => {
    const id = look.target.relation.oid;
    const { bits, ...probe } = lookSql(look, options);
    known.set(id, bits);
    return { id, ...probe };
  });
  const acting = { role: options.role, settings: options.settings };
  const answers = await ask(options.session, probes, Bits, acting);
  const { roleIndex: role, asker } = options;
  return byAnswer(
    options.looks,
    ({ target }): Omit<Read, 'relations'> => {
      const id = target.relation.oid;
      const answer = answers.get(id);
      const failure = answer?.ok ? null : failureOf(answer);
      const seen = (bit: number) =>
        answer?.ok && (known.get(id) ?? 0) & bit ? ((answer.row.bits ?? 0) & bit) !== 0 : null;
      return { role, asker, own: seen(OWN), foreign: seen(FOREIGN), nameless: seen(NOBODYS), failure };
    },
    ({ own, foreign, nameless, failure }) => `${own} ${foreign} ${nameless} ${failure?.code} ${failure?.message}`,
  ).map(({ answer, items }) => ({ ...answer, relations: items.map(({ target }) => target.relation.oid) }));
}

/** What to ask, and which bits of the answer will say something. */
function lookSql(look: Look, options: { asker: Asker; tenant: Tenant }): Omit<Probe, 'id'> & { bits: number } {
  const { relation, path, keyType, optional, labels } = look.target;
  const from = `${qualified(relation)} as t`;
  const any = { from, bit: FOREIGN, holds: null };
  if (options.asker.kind === 'none' || options.asker.kind === 'empty')
    return { select: oneByOne([any]), bits: FOREIGN };
  if (!look.keyReadable)
    return options.tenant.real ? { select: '0', bits: 0 } : { select: oneByOne([any]), bits: FOREIGN };
  const column = `t.${ident(path.column)}`;
  const nameless = optional ? [{ from, bit: NOBODYS, holds: `${column} is null` }] : [];
  const told = optional ? NOBODYS : 0;
  if (path.kind === 'key') {
    if (!fits(options.tenant.id, keyType, labels))
      return { select: oneByOne([any, ...nameless]), bits: FOREIGN | told };
    const self = typed(options.tenant.id, keyType);
    const tests = [
      { from, bit: OWN, holds: `${column} = ${self}` },
      { from, bit: FOREIGN, holds: `${column} <> ${self}` },
      ...nameless,
    ];
    const careful = () => oneByOne(tests);
    const bits = OWN | FOREIGN | told;
    return isSmall(look.target) ? { select: inOnePass(from, tests, 0), careful, bits } : { select: careful(), bits };
  }
  // The parents may be hidden from this role, so children are looked up by parents that truth told us of.
  const own = among(column, look.own, path.column);
  const other = among(column, look.other, path.column);
  const tests = [
    ...(own === null ? [] : [{ from, bit: OWN, holds: own }]),
    ...(other === null ? [] : [{ from, bit: FOREIGN, holds: other }]),
    ...nameless,
  ];
  return { select: oneByOne(tests), bits: tests.reduce((bits, { bit }) => bits | bit, 0) };
}

function among(column: string, rows: readonly Row[], name: string): string | null {
  const values = new Set(rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined));
  if (values.size === 0) return null;
  return `${column} in (${[...values].map((value) => literal(String(value))).join(', ')})`;
}

/** Our own words for an answer that is missing. */
export function failureOf<T>(answer: Answer<T> | undefined): Failure {
  if (answer && !answer.ok) return { code: answer.failure.code, message: answer.failure.message };
  return { code: 'UNASKED', message: 'It was not asked.' };
}
