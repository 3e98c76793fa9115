import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { PostgresSession } from '../clients/postgres.ts';
import { helperBodies, type Tenant } from './context.ts';
import type { Expect } from './expect.ts';
import { isTable, type Manifest } from './manifest.ts';
import { ident, parseName, qualified } from './names.ts';
import { fits } from './paths-sql.ts';
import { constantsIn } from './policies.ts';
import type { Catalog, Relation } from './raw.ts';

const MOST_NAMED = 4;

/** The relation that lists the tenants, its column with their ids, and one with a user’s id where there is one. */
export type TenantList = {
  relation: Relation;
  key: string;
  userOf: { relation: Relation; key: string; user: string } | null;
};

/** Where tenants are listed: as declared, else what the tenant columns’ foreign keys most often point at. */
export function findTenantList(catalog: Catalog, manifest: Manifest, expect: Expect): TenantList | null {
  const { from, key, user } = expect.tenants;
  const named = from === undefined ? null : parseName(from);
  if (named && key !== undefined) {
    const relation = catalog.relations.find((each) => each.schema === named.schema && each.name === named.name);
    if (!relation) return null;
    return { relation, key, userOf: user === undefined ? null : { relation, key, user } };
  }
  const owned = catalog.relations.flatMap((relation) => {
    const place = manifest.place(relation);
    return isTable(relation) && place.kind === 'tenant' && place.path.kind === 'key'
      ? [{ relation, key: place.path.column }]
      : [];
  });
  const votes = new Map<string, { relation: Relation; key: string; count: number }>();
  const keys = new Map(owned.map(({ relation, key }) => [`${relation.oid} ${key}`, true]));
  for (const foreign of catalog.foreignKeys) {
    const target = manifest.byOid.get(foreign.target);
    if (!target || !keys.has(`${foreign.relation} ${foreign.column}`)) continue;
    const id = `${foreign.target} ${foreign.targetColumn}`;
    const vote = votes.get(id) ?? { relation: target, key: foreign.targetColumn, count: 0 };
    votes.set(id, { ...vote, count: vote.count + 1 });
  }
  const best = [...votes.values()].sort((a, b) => b.count - a.count)[0] ?? owned[0];
  if (!best) return null;
  return { relation: best.relation, key: best.key, userOf: findUsers(owned, manifest) };
}

// Whose user to act as where nobody said: the table of memberships, by its usual column names.
function findUsers(owned: readonly { relation: Relation; key: string }[], manifest: Manifest): TenantList['userOf'] {
  const ranked = [...owned].sort(
    (a, b) => Number(/member/.test(b.relation.name)) - Number(/member/.test(a.relation.name)),
  );
  for (const { relation, key } of ranked)
    for (const user of ['user_id', 'uid', 'member_id', 'profile_id', 'auth_user_id', 'account_id'])
      if (user !== key && manifest.column(relation.oid, user)) return { relation, key, user };
  return null;
}

const Listed = z.object({ id: z.string(), user: z.string().nullable() });

/** Up to `limit` tenants with a user each. Ids stay in memory; they are never published. */
export async function listTenants(session: PostgresSession, list: TenantList, limit: number): Promise<Tenant[]> {
  const { relation, key, userOf } = list;
  const user = userOf
    ? `(select u.${ident(userOf.user)}::text from ${qualified(userOf.relation)} u
        where u.${ident(userOf.key)} = t.id and u.${ident(userOf.user)} is not null limit 1)`
    : 'null::text';
  const rows = await session.read((query) =>
    query(
      Listed,
      `select t.id::text as id, ${user} as user from (select distinct ${ident(key)} as id from ${qualified(relation)}
        where ${ident(key)} is not null order by 1 limit ${limit}) t`,
    ),
  );
  return rows.map(({ id, user }) => ({ id, user: user ?? madeUp('uuid'), real: true }));
}

/** Tenants that the source names. */
export function namedTenants(ids: NonNullable<Expect['tenants']['ids']>): Tenant[] {
  return ids.map((each) =>
    typeof each === 'string'
      ? { id: each, user: madeUp('uuid'), real: true }
      : { id: each.id, user: each.user, real: true },
  );
}

/** Values of the keys’ types that policies compare with: one of them may be a tenant that is let see more. */
export function namedByPolicies(
  catalog: Catalog,
  targets: readonly { keyType: string }[],
  known: readonly Tenant[],
): Tenant[] {
  const types = new Set(targets.map(({ keyType }) => keyType));
  const expressions = new Set(catalog.policies.flatMap(({ using, check }) => [using ?? '', check ?? '']));
  const values = new Set(
    [...expressions].flatMap((expression) =>
      constantsIn(expression).flatMap(({ value, type }) => (types.has(type) && fits(value, type) ? [value] : [])),
    ),
  );
  // A helper's body is as it was written: numbers and words without a type.
  const bodies = helperBodies(catalog)(catalog.policies);
  const loose = [...expressions].map((text) => text.replaceAll(/'(?:[^']|'')*'/g, '')).join('\n');
  for (const type of types) {
    const number = /^(smallint|integer|bigint|numeric)/.test(type);
    const compared = number ? /[=(,]\s*'?(\d{1,18})\b/g : /(?:[=(,]|<>)\s*'((?:[^']|'')+)'/g;
    for (const [, value = ''] of `${bodies}\n${number ? loose : ''}`.matchAll(compared))
      if (fits(value, type) && !/^[\w]+\.[\w.]+$/.test(value)) values.add(value);
  }
  values.delete('');
  for (const { id } of known) values.delete(id);
  return [...values].slice(0, MOST_NAMED).map((id) => ({ id, user: madeUp('uuid'), real: false, named: true }));
}

/** A tenant that owns nothing, of a type like the others’. */
export function inventTenant(type: string, like: readonly Tenant[], labels?: readonly string[]): Tenant {
  const user = like[0] && fits(like[0].user, 'bigint') ? madeUp('integer') : madeUp('uuid');
  // An enum may have no label left that is nobody's; then there is nobody to make up.
  const id = labels ? (labels.find((label) => like.every((each) => each.id !== label)) ?? '') : madeUp(type);
  return { id, user, real: false };
}

function madeUp(type: string): string {
  if (type === 'smallint') return String(randomInt(8_000, 9_999));
  if (/^(integer|bigint|numeric|double|real)/.test(type)) return String(randomInt(900_000_000, 999_999_999));
  const id = randomUUID();
  if (type === 'uuid') return id;
  const length = /^character(?: varying)?\((\d+)\)$/.exec(type)?.[1];
  return length === undefined ? id : id.slice(0, Number(length));
}
