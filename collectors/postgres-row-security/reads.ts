import { z } from 'zod';
import type { PostgresSession } from '../clients/postgres.ts';
import { type Answer, ask, type Probe } from './batches.ts';
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
  /** Whether the first column of the path may be null. */
  optional: boolean;
};

/** The relation as something to read, or null when the column that names the tenant is not known to us. */
export function targetOf(relation: Relation, path: TenantPath, manifest: Manifest): Target | null {
  const home = keyHome(relation, path);
  const key = manifest.column(home.relation.oid, home.column);
  if (!key) return null;
  const first = manifest.column(relation.oid, path.column);
  return { relation, path, keyType: key.type, optional: first ? !first.required : true };
}

/** Which tenants have rows in each relation, as the truth role sees it. */
export async function readTruth(
  truth: PostgresSession,
  targets: readonly Target[],
  tenants: readonly Tenant[],
): Promise<Truth[]> {
  const probes = targets.map(({ relation, path, keyType, optional }): Probe => {
    const { from, key } = tenantJoin(relation, path);
    const found = tenants.flatMap((tenant, i) =>
      tenant.real && fits(tenant.id, keyType)
        ? [`case when exists (select from ${from} where ${key} = ${typed(tenant.id, keyType)}) then ${i} end`]
        : [],
    );
    const present = `array_remove(array[${found.join(', ')}]::int[], null)`;
    const nameless = optional
      ? `exists (select from ${qualified(relation)} as t where t.${ident(path.column)} is null)`
      : 'false';
    return { id: relation.oid, select: `${present}, exists (select from ${qualified(relation)}), ${nameless}` };
  });
  const row = z.object({ present: z.array(z.int()), any: z.boolean(), nameless: z.boolean() });
  const answers = await ask(truth, probes, row, {});
  return targets.map(({ relation }) => {
    const answer = answers.get(relation.oid);
    return answer?.ok
      ? { relation: relation.oid, ...answer.row, failure: null }
      : { relation: relation.oid, present: [], any: false, nameless: false, failure: failureOf(answer) };
  });
}

/** A tenant that has rows in a relation and is not one of those already known; null where there is none. */
export async function findStrangers(
  truth: PostgresSession,
  targets: readonly Target[],
  tenants: readonly Tenant[],
): Promise<string[]> {
  const probes = targets.map(({ relation, path, keyType }): Probe => {
    const { from, key } = tenantJoin(relation, path);
    const known = tenants.filter((tenant) => fits(tenant.id, keyType)).map((tenant) => typed(tenant.id, keyType));
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

/** A few real rows of a tenant, cut to `columns`; for the eyes of policies only. */
export async function readSamples(options: {
  session: PostgresSession;
  acting: { role?: string; settings?: Record<string, string> };
  targets: readonly { target: Target; columns: readonly string[] }[];
  tenant: Tenant;
}): Promise<Map<number, Row[]>> {
  const probes = options.targets.flatMap(({ target, columns }): Probe[] => {
    const { relation, path, keyType } = target;
    if (!fits(options.tenant.id, keyType)) return [];
    const where = (key: string) => `where ${key} = ${typed(options.tenant.id, keyType)}`;
    const { from, key } = tenantJoin(relation, path);
    const list = [...new Set([path.column, ...columns])].map((name) => `t.${ident(name)}`).join(', ');
    const rows = `(select json_agg(x) from (select ${list} from ${from} ${where(key)} limit 3) x)`;
    if (path.kind === 'key') return [{ id: relation.oid, select: rows }];
    // A parent without children still says what a child of this tenant would hold.
    const parent = tenantJoin(path.target, path.path);
    const made = `(select json_agg(x) from (select t.${ident(path.targetColumn)} as ${ident(path.column)}
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

const Seen = z.object({
  own: z.boolean().nullable(),
  foreign: z.boolean().nullable(),
  nameless: z.boolean().nullable(),
});

/** Reads relations as one asker: are there rows of its own, and rows that are not? PostgreSQL compares; no row leaves it. */
export async function readAs(options: {
  session: PostgresSession;
  looks: readonly Look[];
  role: string;
  roleIndex: number;
  asker: Asker;
  settings: Record<string, string>;
  tenant: Tenant;
  victim: { index: number; tenant: Tenant } | null;
}): Promise<Read[]> {
  const probes = options.looks.map((look): Probe => ({ id: look.target.relation.oid, select: lookSql(look, options) }));
  const acting = { role: options.role, settings: options.settings };
  const answers = await ask(options.session, probes, Seen, acting);
  return options.looks.map(({ target }) => {
    const answer = answers.get(target.relation.oid);
    const seen = answer?.ok ? answer.row : { own: null, foreign: null, nameless: null };
    return {
      relation: target.relation.oid,
      role: options.roleIndex,
      asker: options.asker,
      victim: options.victim?.index ?? null,
      ...seen,
      failure: answer?.ok ? null : failureOf(answer),
    };
  });
}

function lookSql(look: Look, options: { asker: Asker; tenant: Tenant }): string {
  const { relation, path, keyType, optional } = look.target;
  const from = `${qualified(relation)} as t`;
  const any = `exists (select from ${from})`;
  if (options.asker.kind === 'none' || options.asker.kind === 'empty') return `null::boolean, ${any}, null::boolean`;
  if (!look.keyReadable)
    return options.tenant.real ? `null::boolean, null::boolean, null::boolean` : `null::boolean, ${any}, null::boolean`;
  const column = `t.${ident(path.column)}`;
  const nameless = optional ? `exists (select from ${from} where ${column} is null)` : 'null::boolean';
  if (path.kind === 'key') {
    if (!fits(options.tenant.id, keyType)) return `null::boolean, ${any}, ${nameless}`;
    const self = typed(options.tenant.id, keyType);
    return `exists (select from ${from} where ${column} = ${self}), exists (select from ${from} where ${column} <> ${self}), ${nameless}`;
  }
  // The parents may be hidden from this role, so children are looked up by parents that truth told us of.
  return `${among(from, column, look.own, path.column)}, ${among(from, column, look.other, path.column)}, ${nameless}`;
}

function among(from: string, column: string, rows: readonly Row[], name: string): string {
  const values = new Set(rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined));
  if (values.size === 0) return 'null::boolean';
  const list = [...values].map((value) => literal(String(value))).join(', ');
  return `exists (select from ${from} where ${column} in (${list}))`;
}

/** Our own words for an answer that is missing. */
export function failureOf<T>(answer: Answer<T> | undefined): Failure {
  if (answer && !answer.ok) return { code: answer.failure.code, message: answer.failure.message };
  return { code: 'UNASKED', message: 'It was not asked.' };
}
