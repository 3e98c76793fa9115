import { type Exposure, isOn } from '../exposure.ts';
import type { Relation, Shape } from '../raw.ts';
import { isRefusal } from '../refusal.ts';
import { type Case, listed, roleName, rolesWith, type Verdict, worst } from './judge.ts';
import { pastWhom } from './paths.ts';
import { couldNot, refusedBelow } from './reads.ts';
import { manner } from './silence.ts';

/** Whether a view that reads past the policies filters by tenant itself. Judged by what it showed, never by its text. */
export function judgeFilter(at: Case, relation: Relation, around: readonly Exposure[]): Verdict {
  const place = at.manifest.place(relation);
  if (place.kind === 'reference') return { outcome: 'passed', reason: 'Declared to show nothing of any tenant.' };
  if (place.kind === 'shared') return { outcome: 'not-applicable', reason: `Declared as shared: ${place.reason}` };
  const verdicts = at.raw.acting.flatMap((role, i) => {
    if (!/[rR]/.test(relation.access[i] ?? '')) return [];
    return [place.kind === 'tenant' ? byTenant(at, relation, i, around) : byShape(at, relation, i, around, role.kind)];
  });
  if (verdicts.length === 0) return { outcome: 'inconclusive', reason: 'No client role could be asked to read it.' };
  const verdict = worst(verdicts);
  if (place.kind === 'tenant' && place.shared !== null && verdict.outcome === 'failed')
    return { outcome: 'not-applicable', reason: `Declared as shared: ${place.shared}` };
  return verdict;
}

// PostgreSQL runs the cheapest conditions first, a caller's own among them, unless the view is a barrier.
function filtered(at: Case, relation: Relation, around: readonly Exposure[], how: string): Verdict {
  const order = orderOf(at, relation, around, new Set());
  if (order === 'kept') return { outcome: 'passed', reason: `It goes past the policies but ${how}.` };
  if (order === 'unknown')
    return {
      outcome: 'inconclusive',
      reason: `It goes past the policies but ${how}; without security_barrier of its own, whether that comes before a caller’s own conditions cannot be told. Set security_barrier on it.`,
    };
  return {
    outcome: 'failed',
    reason: `It filters by tenant, yet without security_barrier a caller’s own conditions may see rows before that: ${pastWhom(around)}.`,
  };
}

// What a function returns was filtered inside of it; what a barrier below hides depends on where the filter is.
function orderOf(
  at: Case,
  relation: Relation,
  around: readonly Exposure[],
  seen: Set<Relation>,
): 'kept' | 'unknown' | 'open' {
  if (isOn(relation, 'security_barrier')) return seen.size === 0 ? 'kept' : 'unknown';
  seen.add(relation);
  const below = (at.rewrites.get(relation.oid) ?? []).flatMap(({ event, relations }) =>
    event === '1' ? relations : [],
  );
  const orders = below.flatMap((oid) => {
    const next = at.manifest.byOid.get(oid);
    if (!next || seen.has(next)) return [];
    if (next.kind === 'v') return [orderOf(at, next, around, seen)];
    return [around.some((exposure) => exposure.relation === next) ? ('open' as const) : ('kept' as const)];
  });
  if (orders.includes('open')) return 'open';
  return orders.includes('unknown') ? 'unknown' : 'kept';
}

function byTenant(at: Case, relation: Relation, role: number, around: readonly Exposure[]): Verdict {
  const name = roleName(at, role);
  const reads = (at.reads.get(relation.oid) ?? []).filter((read) => read.role === role);
  const leak = reads.find((read) => read.foreign || read.nameless);
  if (leak)
    return { outcome: 'failed', reason: `${name} read rows ${manner(leak.asker)} through it: ${pastWhom(around)}.` };
  const failure = reads.find(
    (read) => read.failure && (read.asker.kind === 'tenant' || !isRefusal(read.failure.code)),
  )?.failure;
  if (failure?.code === '42501') return refusedBelow(name);
  if (failure) return couldNot(failure, name);
  const seen = new Set(reads.filter((read) => read.own).map((read) => read.asker.tenant));
  const known = around.flatMap((exposure) => at.truths.get(exposure.relation.oid)?.present ?? []);
  const others = [...seen].some((tenant) => [...seen, ...known].some((other) => other !== tenant));
  if (others) return filtered(at, relation, around, 'filters by tenant itself: each tenant saw only its own rows');
  return {
    outcome: 'inconclusive',
    reason: `It showed no rows of two tenants, so whether it filters cannot be told; ${pastWhom(around)}.`,
  };
}

function byShape(at: Case, relation: Relation, role: number, around: readonly Exposure[], kind: string): Verdict {
  const name = roleName(at, role);
  const shapes = (at.shapes.get(relation.oid) ?? []).filter((shape) => shape.role === role);
  if (kind === 'anonymous')
    return { outcome: 'failed', reason: `${name}, who is no tenant, may read it, and ${pastWhom(around)}.` };
  const failure = shapes.find((shape) => shape.failure)?.failure;
  if (failure?.code === '42501') return refusedBelow(name);
  if (failure) return couldNot(failure, name);
  const of = (as: Shape['as']) => shapes.find((shape) => shape.as === as);
  const one = of('one');
  const other = of('other');
  const nobody = of('nobody');
  if (!one || !other || !nobody) return { outcome: 'inconclusive', reason: `It was not read as ${name}.` };
  const same = nobody.rows > 0 && nobody.digest === one.digest && nobody.digest === other.digest;
  if (same || nobody.rows > 1)
    return {
      outcome: 'failed',
      reason: `It shows ${name} rows whatever the tenant, even to one that owns nothing: ${pastWhom(around)}.`,
    };
  if (one.rows > 0 && other.rows > 0 && other.common === 0)
    return filtered(at, relation, around, 'filters itself: two tenants saw different rows, a third saw none');
  if (one.rows > 0 && other.common !== null && other.common >= one.rows)
    return { outcome: 'failed', reason: `It shows ${name} the same rows for two tenants: ${pastWhom(around)}.` };
  return {
    outcome: 'inconclusive',
    reason: `It does not show whose its rows are, and too little was seen to tell; ${listed(rolesWith(at, relation, /[rR]/))} may read it, and ${pastWhom(around)}.`,
  };
}
