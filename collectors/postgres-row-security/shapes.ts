import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { PostgresUnreadable } from '../clients/postgres.ts';
import type { Probing } from './collect.ts';
import { settingsFor } from './context.ts';
import { exposureBook } from './exposure.ts';
import { qualified } from './names.ts';
import type { ActingRole, Asker, Relation, Shape } from './raw.ts';
import type { RoleBook } from './roles.ts';

/** Rows of a view that are compared; enough to tell a filter from none. */
const ROWS = 2000;

const Seen = z.object({ rows: z.int(), digest: z.string(), hashes: z.array(z.string()), common: z.int() });

/**
 * Views that go around policies and do not show the tenant column cannot be read tenant by tenant. What two tenants and
 * a tenant that owns nothing see of them is compared by salted hashes, in the server; rows never leave it.
 */
export async function readShapes(
  probing: Probing,
  book: RoleBook,
  role: ActingRole,
  roleIndex: number,
): Promise<Shape[]> {
  const { frame, manifest, tenants } = probing;
  if (role.kind === 'anonymous' || book.role(role.name)?.superuser) return [];
  const exposures = exposureBook(frame.catalog, manifest, book, frame.acting);
  const views = frame.catalog.relations.filter((relation) => {
    if (relation.kind !== 'v' || !/[rR]/.test(relation.access[roleIndex] ?? '')) return false;
    const kind = manifest.place(relation).kind;
    if (kind === 'tenant' || kind === 'reference' || kind === 'extension') return false;
    return exposures.ofView(relation).some(exposures.aroundPolicies);
  });
  const shapes: Shape[] = [];
  const salt = randomInt(2 ** 47);
  const real = tenants.flatMap((tenant, i) => (tenant.real ? [i] : []));
  const nobody = real.length + 1;
  const asked = { one: real[0] ?? nobody - 1, other: real[1] ?? nobody - 1, nobody };
  for (const relation of views) {
    let first: string[] = [];
    for (const as of ['one', 'other', 'nobody'] as const) {
      const base = { relation: relation.oid, role: roleIndex, as };
      try {
        const seen = await look(probing, role, relation, asked[as], salt, first);
        if (as === 'one') first = seen.hashes;
        const common = as === 'other' && asked.one !== asked.other ? seen.common : null;
        shapes.push({ ...base, rows: seen.rows, digest: seen.digest, common, failure: null });
      } catch (failure) {
        if (!(failure instanceof PostgresUnreadable) || failure.fatal) throw failure;
        const { code, message } = failure;
        shapes.push({ ...base, rows: 0, digest: '', common: null, failure: { code, message } });
      }
    }
  }
  return shapes;
}

async function look(
  probing: Probing,
  role: ActingRole,
  relation: Relation,
  tenant: number,
  salt: number,
  first: readonly string[],
): Promise<z.infer<typeof Seen>> {
  const { sessions, frame, plan, tenants } = probing;
  const asker: Asker = { kind: 'tenant', variant: '', tenant, real: true };
  const settings = {
    search_path: frame.searchPath,
    ...frame.presets.get(role.name),
    ...settingsFor(plan, asker, role, tenants, undefined),
  };
  const text = `select count(*)::int as rows, coalesce(sum(h), 0)::text as digest,
      coalesce(array_agg(h::text), '{}') as hashes, count(*) filter (where h = any ($1::int8[]))::int as common
    from (select hashtextextended(v::text, ${salt}) as h from ${qualified(relation)} v limit ${ROWS}) q`;
  const [seen] = await sessions.untold[0].read((query) => query(Seen, text, [[...first]]), {
    role: role.name,
    settings,
  });
  return seen ?? { rows: 0, digest: '', hashes: [], common: 0 };
}
