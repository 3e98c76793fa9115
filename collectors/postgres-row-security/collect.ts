import { z } from 'zod';
import { openPostgres, type PostgresSession } from '../clients/postgres.ts';
import { type CollectContext, SourceUnreadable } from '../define.ts';
import { type Frame, readFrame } from './catalog.ts';
import { type ContextPlan, planContext, type Tenant } from './context.ts';
import type { Expect } from './expect.ts';
import { allDone, inParts } from './lanes.ts';
import { buildManifest, isTable, type Manifest } from './manifest.ts';
import { keyHome } from './paths-sql.ts';
import { probeAll } from './probe.ts';
import { byRelation, type Raw, type Truth } from './raw.ts';
import { findStrangers, readTruth, type Target, targetOf } from './reads.ts';
import { findTenantList, inventTenant, listTenants, namedByPolicies, namedTenants } from './tenants.ts';

/** How many tenants are asked about at first, and at most. */
const FIRST_TENANTS = 3;
const MAX_TENANTS = 8;

/** The sessions of one run. `untold` have not been told of any tenant, so that their settings are truly absent. */
export type Sessions = {
  untold: readonly [PostgresSession, ...PostgresSession[]];
  /** One more, for what must be told of a tenant before. */
  told: () => Promise<PostgresSession>;
  /** None where the source names no second connection. */
  truth: readonly PostgresSession[];
};

/** All that the probes need. Tenant ids are in here, and go no further. */
export type Probing = {
  sessions: Sessions;
  frame: Frame;
  manifest: Manifest;
  plan: ContextPlan;
  targets: Target[];
  tenants: Tenant[];
  truths: ReadonlyMap<number, Truth>;
  /** The labels of enums, by type. */
  labels: ReadonlyMap<string, readonly string[]>;
  /** Oid and column of each column in a foreign key of several. */
  tied: ReadonlySet<string>;
  /** The same for each column that is unique by itself. */
  single: ReadonlySet<string>;
  expect: Expect;
  progress: (message: string) => void;
};

/** Reads everything that the judgement needs, in transactions that cannot write. */
export async function collect(context: CollectContext<Expect>): Promise<Raw> {
  const { expect, signal, progress } = context;
  const { url, truthUrl } = context.connection;
  if (!url) throw new SourceUnreadable('configuration', 'The source names no connection: `url: $DATABASE_URL`.');
  const open = (to: string) => openPostgres({ url: to, limits: expect.limits, signal });
  const opened: PostgresSession[] = [];
  const keep = async (to: string) => {
    const session = await open(to);
    opened.push(session);
    return session;
  };
  try {
    const main = await keep(url);
    progress('reading the catalog');
    const untold: [PostgresSession, ...PostgresSession[]] = [main];
    const frame = await main.read((query) =>
      readFrame(query, expect, async () => {
        const second = await keep(url);
        untold.push(second);
        return second;
      }),
    );
    const truth = truthUrl ? await allDone(untold.map(() => keep(truthUrl))) : [];
    const sessions: Sessions = { untold, told: () => keep(url), truth };
    const labels = await readLabels(main);
    const { tied, single } = await readTied(main);
    const manifest = buildManifest(frame.catalog, expect);
    const plan = planContext(frame.catalog, expect);
    const targets = frame.catalog.relations.flatMap((relation) => {
      const place = manifest.place(relation);
      return place.kind === 'tenant' ? (targetOf(relation, place.path, manifest, labels) ?? []) : [];
    });
    progress(`${frame.catalog.relations.length} relations, ${targets.length} of them with tenants’ rows`);
    const tables = targets.filter(({ relation }) => isTable(relation));
    const list = findTenantList(frame.catalog, manifest, expect);
    let tenants = await findTenants(sessions, list, expect);
    let truths: Truth[] = [];
    if (sessions.truth.length > 0) {
      truths = await readTruths(sessions.truth, tables, tenants);
      if (expect.mode !== 'application') ({ tenants, truths } = await widen(sessions.truth, tables, tenants, truths));
    }
    const real = tenants.length;
    // Two who own nothing for each type of key: one to stand in for a missing tenant, and one that nobody ever is.
    const types = new Set([keyTypeOf(list, tables, manifest), ...targets.map((target) => target.keyType)]);
    for (const type of types)
      for (let i = 0; i < 2; i++) tenants = [...tenants, inventTenant(type, tenants, labels.get(type))];
    tenants = [...tenants, ...namedByPolicies(frame.catalog, targets, tenants)];
    tenants = [...tenants, ...(await moreTenants(sessions, list, expect, tenants))];
    const probing: Probing = {
      sessions,
      frame,
      manifest,
      plan,
      targets,
      tenants,
      truths: byRelation(truths),
      labels,
      tied,
      single,
      expect,
      progress,
    };
    const probes =
      expect.mode === 'application' || frame.acting.length === 0
        ? { reads: [], evaluations: [], shapes: [], skipped: 0 }
        : await probeAll(probing);
    return {
      serverVersion: frame.serverVersion,
      login: frame.login,
      acting: frame.acting,
      hasTruth: sessions.truth.length > 0,
      tenants: real,
      context: { settings: Object.keys(plan.settings), declared: plan.declared, forged: Object.keys(plan.forged) },
      catalog: frame.catalog,
      truths,
      ...probes,
    };
  } finally {
    await Promise.all(opened.map((session) => session.close()));
  }
}

const Label = z.object({ type: z.string(), labels: z.array(z.string()) });

async function readLabels(session: PostgresSession): Promise<Map<string, string[]>> {
  const enums = await session.read((query) =>
    query(
      Label,
      `select format_type(e.enumtypid, null) as type, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
        from pg_enum e group by 1`,
    ),
  );
  return new Map(enums.map(({ type, labels }) => [type, labels]));
}

async function readTied(session: PostgresSession): Promise<{ tied: Set<string>; single: Set<string> }> {
  const columns = await session.read((query) =>
    query(
      z.object({ tied: z.string(), single: z.boolean() }),
      `select k.conrelid || ' ' || a.attname as tied, false as single from pg_constraint k
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
        where k.contype = 'f' and cardinality(k.conkey) > 1
        union select i.indrelid || ' ' || a.attname, true from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indisunique and i.indnkeyatts = 1 and i.indrelid >= 16384`,
    ),
  );
  const those = (wanted: boolean) => new Set(columns.flatMap(({ tied, single }) => (single === wanted ? [tied] : [])));
  return { tied: those(false), single: those(true) };
}

type List = ReturnType<typeof findTenantList>;

async function findTenants(sessions: Sessions, list: List, expect: Expect): Promise<Tenant[]> {
  // Nobody is compared where the application keeps them apart; truth only says whether each row names its tenant.
  if (expect.mode === 'application') return [];
  if (expect.tenants.ids) return namedTenants(expect.tenants.ids);
  const [truth] = sessions.truth;
  return truth && list ? listTenants(truth, list, FIRST_TENANTS) : [];
}

/** Those that policies are evaluated as, once for all tables that are alike, and that nothing else is asked about. */
async function moreTenants(
  sessions: Sessions,
  list: List,
  expect: Expect,
  known: readonly Tenant[],
): Promise<Tenant[]> {
  const [truth] = sessions.truth;
  if (!truth || !list || expect.tenants.ids || expect.mode === 'application') return [];
  const room = MAX_TENANTS - known.filter(({ real }) => real).length;
  const ids = new Set(known.map(({ id }) => id));
  const others = (await listTenants(truth, list, MAX_TENANTS)).filter(({ id }) => !ids.has(id));
  return others.slice(0, Math.max(0, room)).map((tenant) => ({ ...tenant, real: false, named: true }));
}

async function readTruths(
  sessions: readonly PostgresSession[],
  tables: readonly Target[],
  tenants: readonly Tenant[],
): Promise<Truth[]> {
  const parts = inParts(tables, sessions, ({ relation }) => relation.oid).map(({ session, items }) =>
    readTruth(session, items, tenants),
  );
  return (await allDone(parts)).flat();
}

// Tables in which fewer than two of the first tenants have rows may hold rows of others.
async function widen(
  sessions: readonly PostgresSession[],
  tables: readonly Target[],
  tenants: Tenant[],
  truths: Truth[],
): Promise<{ tenants: Tenant[]; truths: Truth[] }> {
  let found = { tenants, truths };
  const byOid = new Map(tables.map((target) => [target.relation.oid, target]));
  // One stranger a look: the second look finds the other one to compare with.
  for (let look = 0; look < 2; look++) {
    const thin = found.truths.filter((each) => each.any && each.present.length < 2);
    const targets = thin.flatMap(({ relations }) => relations.flatMap((relation) => byOid.get(relation) ?? []));
    const room = Math.max(0, MAX_TENANTS - found.tenants.length);
    const [truth] = sessions;
    if (targets.length === 0 || room === 0 || !truth) break;
    const known = new Set(found.tenants.map(({ id }) => id));
    const seen = new Set(await findStrangers(truth, targets, found.tenants));
    const strangers = [...seen].filter((id) => !known.has(id)).slice(0, room);
    if (strangers.length === 0) break;
    const more = [...found.tenants, ...namedTenants(strangers)];
    const again = await readTruths(sessions, targets, more);
    found = { tenants: more, truths: [...found.truths.filter((each) => !thin.includes(each)), ...again] };
  }
  return found;
}

function keyTypeOf(list: List, tables: readonly Target[], manifest: Manifest): string {
  const named = list && manifest.column(list.relation.oid, list.key)?.type;
  if (named) return named;
  const [first] = tables;
  if (!first) return 'uuid';
  const home = keyHome(first.relation, first.path);
  return manifest.column(home.relation.oid, home.column)?.type ?? 'uuid';
}
