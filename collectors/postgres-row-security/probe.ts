import { type PostgresSession, PostgresUnreadable } from '../clients/postgres.ts';
import { SourceUnreadable } from '../define.ts';
import type { Row } from './candidates.ts';
import type { Probing } from './collect.ts';
import { helperBodies, settingsFor, type Tenant } from './context.ts';
import { evaluate, likenessOf, type Subject } from './evaluate.ts';
import { allDone, inParts } from './lanes.ts';
import { isTable } from './manifest.ts';
import { shown } from './names.ts';
import { fits } from './paths-sql.ts';
import type { ActingRole, Asker, Command, Evaluation, Raw, Read, Shape } from './raw.ts';
import { type Look, readAs, readSamples, type Target } from './reads.ts';
import { isRefusal } from './refusal.ts';
import { type RoleBook, roleBook } from './roles.ts';
import { readShapes } from './shapes.ts';

/** Tables read in a context that evaluation has already judged, to see that both agree. */
const SPOT_CHECKS = 40;

/** Which two tenants a relation is judged with: the first has rows in it where any has. */
type Pair = { one: number; other: number; stranger: number | null };

/** A part of the relations and the session that reads them, so that a server with two cores is asked by two. */
type Lane = {
  session: PostgresSession;
  targets: readonly Target[];
  evaluable: ReadonlyMap<number, Known>;
};

/** What is known of a relation’s policies. */
type Known = Pick<Subject, 'policies' | 'columns' | 'likeness' | 'bodies' | 'labels' | 'tied' | 'single'>;

type Probed = Pick<Raw, 'reads' | 'evaluations'>;

/** Everything that takes acting as a client: evaluation of policies first, then reading. */
export async function probeAll(probing: Probing): Promise<Probed & Pick<Raw, 'shapes' | 'skipped'>> {
  const { frame, progress } = probing;
  const book = roleBook(frame.catalog);
  const shapes: Shape[] = [];
  const pairs = new Map(probing.targets.map((target) => [target.relation.oid, pairFor(probing, target)]));
  const samples = await sampleRows(probing, pairs);
  for (const role of frame.acting) await assertActing(probing, role);
  progress(`acting as ${frame.acting.map(({ name }) => name).join(', ')}`);
  const probed = await allDone(
    lanesOf(probing).map(async (lane) => {
      const found: Probed = { reads: [], evaluations: [] };
      const runs = frame.acting.map((role, i) => new RoleRun(probing, book, role, i, pairs, samples, lane));
      // A session that has once been told of a tenant knows the setting for ever, so those who tell nothing come first.
      for (const silent of [true, false])
        for (const run of runs)
          for (const asker of run.askers().filter(({ kind }) => (kind === 'none') === silent)) {
            const judged = await run.evaluateAs(asker);
            found.evaluations.push(...judged);
            found.reads.push(...(await run.readFor(asker, judged)));
          }
      return found;
    }),
  );
  for (const [roleIndex, role] of frame.acting.entries())
    shapes.push(...(await readShapes(probing, book, role, roleIndex)));
  return {
    reads: probed.flatMap(({ reads }) => reads),
    evaluations: probed.flatMap(({ evaluations }) => evaluations),
    shapes,
    skipped: 0,
  };
}

function lanesOf({ sessions, targets, frame, manifest, labels, tied, single }: Probing): Lane[] {
  const bodies = helperBodies(frame.catalog);
  const policies = Map.groupBy(frame.catalog.policies, (policy) => policy.relation);
  const likenesses = new Map<string, string>();
  const evaluable = new Map(
    targets.map(({ relation, path }) => {
      const own = policies.get(relation.oid) ?? [];
      const names = new Set(own.flatMap((policy) => policy.columns));
      const columns = [...names].flatMap((name) => manifest.column(relation.oid, name) ?? []);
      const text = likenessOf(relation, path, own, columns);
      const likeness = likenesses.get(text) ?? String(likenesses.size);
      likenesses.set(text, likeness);
      return [
        relation.oid,
        {
          policies: own,
          columns,
          likeness,
          bodies: bodies(own),
          labels,
          tied: tied.has(`${relation.oid} ${path.column}`),
          single: columns.flatMap(({ name }) => (single.has(`${relation.oid} ${name}`) ? [name] : [])),
        },
      ];
    }),
  );
  return inParts(targets, sessions.untold, ({ relation }) => relation.oid).map(({ session, items }) => ({
    session,
    targets: items,
    evaluable,
  }));
}

/** Probes as anybody else would prove nothing, so without the role there are none. */
async function assertActing({ sessions, frame }: Probing, role: ActingRole): Promise<void> {
  try {
    await sessions.untold[0].read(async () => undefined, { role: role.name });
  } catch (failure) {
    if (!(failure instanceof PostgresUnreadable) || failure.fatal) throw failure;
    throw new SourceUnreadable(
      'denied',
      `The login ${shown(frame.login)} may not act as ${shown(role.name)}: make it a member.`,
    );
  }
}

function pairFor({ truths, tenants, manifest }: Probing, target: Target): Pair {
  const fitting = tenants.flatMap((tenant, i) => (fits(tenant.id, target.keyType, target.labels) ? [i] : []));
  const real = fitting.filter((i) => tenants[i]?.real);
  const [nobody = -1, noOther = -1] = fitting.filter((i) => !tenants[i]?.real && !tenants[i]?.named);
  const present = truths.get(target.relation.oid)?.present ?? real;
  const one = present[0] ?? real[0] ?? nobody;
  const other = present[1] ?? real.find((each) => each !== one) ?? (one === nobody ? noOther : nobody);
  const place = manifest.place(target.relation);
  // Where tenants share, only one with whom nothing is shared must see nothing.
  const stranger = place.kind === 'tenant' && place.shared !== null ? noOther : null;
  return { one, other, stranger };
}

type Samples = Map<number, Map<number, Row[]>>;

/** Real rows for policies that look at more than the tenant column, and keys for relations that lead to it by a path. */
async function sampleRows(probing: Probing, pairs: ReadonlyMap<number, Pair>): Promise<Samples> {
  const { frame, sessions, tenants, plan } = probing;
  const policies = Map.groupBy(frame.catalog.policies, (policy) => policy.relation);
  const wanted = probing.targets.flatMap((target) => {
    const columns = new Set((policies.get(target.relation.oid) ?? []).flatMap((policy) => policy.columns));
    columns.delete(target.path.column);
    const needed = isTable(target.relation) && (columns.size > 0 || target.path.kind === 'via');
    return needed ? [{ target, columns: [...columns] }] : [];
  });
  const samples: Samples = new Map();
  if (wanted.length === 0) return samples;
  const client = frame.acting.find((role) => role.kind === 'client');
  const among = sessions.truth.length > 0 ? sessions.truth : [await sessions.told()];
  for (const [index, tenant] of tenants.entries()) {
    if (!tenant.real) continue;
    const targets = wanted.filter(({ target }) => {
      const pair = pairs.get(target.relation.oid);
      return pair?.one === index || pair?.other === index;
    });
    const asker: Asker = { kind: 'tenant', variant: '', tenant: index, real: true };
    const acting =
      sessions.truth.length > 0 || !client
        ? {}
        : {
            role: client.name,
            settings: withPresets(probing, client, settingsFor(plan, asker, client, tenants, undefined)),
          };
    const parts = await allDone(
      inParts(targets, among, ({ target }) => target.relation.oid).map(({ session, items }) =>
        readSamples({ session, acting, targets: items, tenant }),
      ),
    );
    samples.set(index, new Map(parts.flatMap((part) => [...part])));
  }
  return samples;
}

function withPresets(probing: Probing, role: ActingRole, settings: Record<string, string>): Record<string, string> {
  return { search_path: probing.frame.searchPath, ...probing.frame.presets.get(role.name), ...settings };
}

class RoleRun {
  readonly probing: Probing;
  readonly book: RoleBook;
  readonly role: ActingRole;
  readonly roleIndex: number;
  readonly pairs: ReadonlyMap<number, Pair>;
  readonly samples: Samples;
  readonly targets: readonly Target[];
  readonly session: PostgresSession;
  private readonly evaluable: ReadonlyMap<number, Known>;

  constructor(
    probing: Probing,
    book: RoleBook,
    role: ActingRole,
    roleIndex: number,
    pairs: ReadonlyMap<number, Pair>,
    samples: Samples,
    lane: Lane,
  ) {
    this.probing = probing;
    this.book = book;
    this.role = role;
    this.roleIndex = roleIndex;
    this.pairs = pairs;
    this.samples = samples;
    this.targets = lane.targets;
    this.session = lane.session;
    this.evaluable = lane.evaluable;
  }

  askers(): Asker[] {
    const { tenants, plan } = this.probing;
    const other = { tenant: 0, real: false };
    const askers: Asker[] = [{ kind: 'none', variant: '', ...other }];
    if (this.role.kind !== 'anonymous') {
      const used = new Set(
        [...this.pairs.values()].flatMap(({ one, other, stranger }) => [
          one,
          other,
          ...(stranger === null ? [] : [stranger]),
        ]),
      );
      // Policies are evaluated as every tenant that is known; one may be let see more than the others.
      for (const [i, tenant] of tenants.entries()) if (tenant.real || tenant.named) used.add(i);
      for (const tenant of used)
        askers.push({ kind: 'tenant', variant: '', tenant, real: tenants[tenant]?.real ?? false });
      if (Object.keys(plan.settings).length > 0) askers.push({ kind: 'empty', variant: 'empty', ...other });
      if (Object.values(plan.settings).some((template) => template.trimStart().startsWith('{"')))
        askers.push({ kind: 'empty', variant: 'no-claims', ...other });
    }
    for (const variant of Object.keys(plan.forged)) {
      const attackers = new Set([...this.pairs.values()].map((pair) => pair.other));
      for (const tenant of attackers)
        askers.push({ kind: 'forged', variant, tenant, real: tenants[tenant]?.real ?? false });
    }
    return askers;
  }

  /** Relations this asker is asked about, grouped by the victim. */
  private groups(asker: Asker, targets: readonly Target[], everybody = false): Map<number, Target[]> {
    const groups = new Map<number, Target[]>();
    for (const target of targets) {
      const pair = this.pairs.get(target.relation.oid);
      if (!pair) continue;
      const told = asker.kind === 'tenant' || asker.kind === 'forged';
      const concerned = everybody || [pair.one, pair.other, pair.stranger].includes(asker.tenant);
      if (asker.kind === 'tenant' && !concerned) continue;
      const { id } = this.tenant(asker.tenant);
      if (everybody && asker.kind === 'tenant' && !fits(id, target.keyType, target.labels)) continue;
      if (asker.kind === 'forged' && asker.tenant !== pair.other) continue;
      const victim = told && asker.tenant === pair.one ? pair.other : pair.one;
      if (told && (this.tenant(victim).id === id || victim < 0)) continue;
      const group = groups.get(victim);
      if (group) group.push(target);
      else groups.set(victim, [target]);
    }
    return groups;
  }

  private tenant(index: number): Tenant {
    return this.probing.tenants[index] ?? { id: '', user: '', real: false };
  }

  private settings(asker: Asker, victim: number): Record<string, string> {
    const { plan, tenants } = this.probing;
    return withPresets(this.probing, this.role, settingsFor(plan, asker, this.role, tenants, this.tenant(victim)));
  }

  async evaluateAs(asker: Asker): Promise<Evaluation[]> {
    const { book, role, roleIndex } = this;
    const tables = this.targets.filter(
      ({ relation }) => isTable(relation) && relation.rowSecurity && !book.bypasses(role.name, relation),
    );
    const results: Evaluation[] = [];
    for (const [victim, targets] of this.groups(asker, tables, true)) {
      const told = asker.kind === 'tenant' || asker.kind === 'forged';
      // Who is nobody has no rows of its own to compare with.
      const attacker = this.tenant(told ? asker.tenant : victim);
      const all = targets.flatMap((target) => this.subject(target, told ? asker.tenant : -1, victim));
      const subjects = asker.kind === 'tenant' ? this.asGuest(all, asker.tenant) : all;
      if (subjects.length === 0) continue;
      const evaluated = await evaluate({
        session: this.session,
        subjects,
        role,
        roleIndex,
        inherited: book.inherited(role.name),
        asker,
        settings: this.settings(asker, victim),
        attacker,
        victim: this.tenant(victim),
      });
      // What a policy names may be no tenant at all, to which it says no in its own way.
      const named = this.tenant(asker.tenant).named && asker.kind === 'tenant';
      results.push(...evaluated.filter(({ failure }) => !(named && failure && isRefusal(failure.code))));
    }
    return results;
  }

  /** A tenant that a relation is not compared with asks all that are alike together: of likely rows, not of their own. */
  private asGuest(subjects: readonly Subject[], tenant: number): Subject[] {
    const lent = new Map<string, readonly Row[]>();
    return subjects.map((subject) => {
      const pair = this.pairs.get(subject.relation.oid);
      if (pair && [pair.one, pair.other, pair.stranger].includes(tenant)) return subject;
      if (subject.path.kind === 'key') return { ...subject, own: [], other: [] };
      const alike = `${subject.likeness} ${subject.path.target.oid}`;
      const other = lent.get(alike) ?? subject.other;
      if (other.length > 0) lent.set(alike, other);
      return { ...subject, own: [], other };
    });
  }

  private subject({ relation, path }: Target, attacker: number, victim: number): Subject[] {
    const rights = relation.access[this.roleIndex] ?? '';
    const commands: Command[] = [];
    if (/[rR]/.test(rights)) commands.push('select');
    if (/[aA]/.test(rights)) commands.push('insert');
    if (/[wW]/.test(rights)) commands.push('update');
    if (/d/.test(rights)) commands.push('delete');
    if (commands.length === 0) return [];
    const known = this.evaluable.get(relation.oid) ?? {
      policies: [],
      columns: [],
      likeness: '',
      bodies: '',
      labels: new Map(),
      tied: false,
      single: [],
    };
    const rows = (tenant: number) => this.samples.get(tenant)?.get(relation.oid) ?? [];
    return [{ relation, path, ...known, commands, own: rows(attacker), other: rows(victim) }];
  }

  async readFor(asker: Asker, judged: readonly Evaluation[]): Promise<Read[]> {
    const { role, roleIndex } = this;
    const selects = new Map(
      judged.flatMap((each) =>
        each.command === 'select' ? each.relations.map((relation) => [relation, each] as const) : [],
      ),
    );
    let spots = 0;
    const reads: Read[] = [];
    const readable = this.targets.filter(
      ({ relation }) => relation.kind !== 'f' && /[rR]/.test(relation.access[roleIndex] ?? ''),
    );
    const targets = readable.filter(({ relation }) => {
      if (asker.kind === 'tenant') return true;
      const judgement = selects.get(relation.oid);
      if (!judgement) return !isTable(relation) || asker.kind === 'none';
      // A policy that refuses with an error would fail a whole batch; what it says to one table it says to its likes.
      if (judgement.failure && isRefusal(judgement.failure.code)) return spots++ < SPOT_CHECKS / 4;
      if (asker.kind === 'none' || judgement.usingOther !== false) return true;
      return spots++ < SPOT_CHECKS;
    });
    for (const [victim, group] of this.groups(asker, targets)) {
      const looks = group.map((target): Look => {
        const rows = (tenant: number) => this.samples.get(tenant)?.get(target.relation.oid) ?? [];
        return { target, own: rows(asker.tenant), other: rows(victim), keyReadable: this.keyReadable(target) };
      });
      reads.push(
        ...(await readAs({
          session: this.session,
          looks,
          role: role.name,
          roleIndex,
          asker,
          settings: this.settings(asker, victim),
          tenant: this.tenant(asker.tenant),
        })),
      );
    }
    return reads;
  }

  private keyReadable({ relation, path }: Target): boolean {
    if (/r/.test(relation.access[this.roleIndex] ?? '')) return true;
    return /r/.test(this.probing.manifest.column(relation.oid, path.column)?.access?.[this.roleIndex] ?? '');
  }
}
