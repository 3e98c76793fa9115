import { openPostgres, type PostgresSession } from '../clients/postgres.ts';
import { type CollectContext, SourceUnreadable } from '../define.ts';
import { type Frame, readFrame } from './catalog.ts';
import { type ContextPlan, planContext, type Tenant } from './context.ts';
import type { Expect } from './expect.ts';
import { buildManifest, isTable, type Manifest } from './manifest.ts';
import { keyHome } from './paths-sql.ts';
import { probeAll } from './probe.ts';
import type { Raw, Truth } from './raw.ts';
import { findStrangers, readTruth, type Target, targetOf } from './reads.ts';
import { findTenantList, inventTenant, listTenants, namedTenants } from './tenants.ts';

/** How many tenants are asked about at first, and at most. */
const FIRST_TENANTS = 3;
const MAX_TENANTS = 8;

/** The sessions of one run. `untold` is never told of any tenant, so that its settings are truly absent. */
export type Sessions = { main: PostgresSession; untold: PostgresSession; truth: PostgresSession | null };

/** All that the probes need. Tenant ids are in here, and go no further. */
export type Probing = {
  sessions: Sessions;
  frame: Frame;
  manifest: Manifest;
  plan: ContextPlan;
  targets: Target[];
  tenants: Tenant[];
  truths: Map<number, Truth>;
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
    const sessions: Sessions = {
      main: await keep(url),
      untold: await keep(url),
      truth: truthUrl ? await keep(truthUrl) : null,
    };
    progress('reading the catalog');
    const frame = await sessions.main.read((query) => readFrame(query, expect));
    const manifest = buildManifest(frame.catalog, expect);
    const plan = planContext(frame.catalog, expect);
    const targets = frame.catalog.relations.flatMap((relation) => {
      const place = manifest.place(relation);
      return place.kind === 'tenant' ? (targetOf(relation, place.path, manifest) ?? []) : [];
    });
    progress(`${frame.catalog.relations.length} relations, ${targets.length} of them with tenants’ rows`);
    const tables = targets.filter(({ relation }) => isTable(relation));
    const list = findTenantList(frame.catalog, manifest, expect);
    let tenants = await findTenants(sessions, list, expect);
    let truths: Truth[] = [];
    if (sessions.truth) {
      truths = await readTruth(sessions.truth, tables, tenants);
      ({ tenants, truths } = await widen(sessions.truth, tables, tenants, truths));
    }
    const real = tenants.length;
    // Two who own nothing for each type of key: one to stand in for a missing tenant, and one that nobody ever is.
    const types = new Set([keyTypeOf(list, tables, manifest), ...targets.map((target) => target.keyType)]);
    for (const type of types) tenants = [...tenants, inventTenant(type, tenants), inventTenant(type, tenants)];
    const probing: Probing = {
      sessions,
      frame,
      manifest,
      plan,
      targets,
      tenants,
      truths: new Map(truths.map((truth) => [truth.relation, truth])),
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
      hasTruth: sessions.truth !== null,
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

type List = ReturnType<typeof findTenantList>;

async function findTenants(sessions: Sessions, list: List, expect: Expect): Promise<Tenant[]> {
  if (expect.tenants.ids) return namedTenants(expect.tenants.ids);
  if (!sessions.truth || !list) return [];
  return listTenants(sessions.truth, list, FIRST_TENANTS);
}

// Tables in which fewer than two of the first tenants have rows may hold rows of others.
async function widen(truth: PostgresSession, tables: Target[], tenants: Tenant[], truths: Truth[]) {
  let found = { tenants, truths };
  // One stranger a look: the second look finds the other one to compare with.
  for (let look = 0; look < 2; look++) {
    const thin = new Set(
      found.truths.filter((each) => each.any && each.present.length < 2).map((each) => each.relation),
    );
    const targets = tables.filter(({ relation }) => thin.has(relation.oid));
    const room = Math.max(0, MAX_TENANTS - found.tenants.length);
    if (targets.length === 0 || room === 0) break;
    const strangers = [...new Set(await findStrangers(truth, targets, found.tenants))].slice(0, room);
    if (strangers.length === 0) break;
    const more = [...found.tenants, ...namedTenants(strangers)];
    const again = new Map((await readTruth(truth, targets, more)).map((each) => [each.relation, each]));
    found = { tenants: more, truths: found.truths.map((each) => again.get(each.relation) ?? each) };
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
