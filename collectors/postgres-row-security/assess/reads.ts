import type { Finding } from '../../../schemas/index.ts';
import { isTable, type Place, reaches } from '../manifest.ts';
import { applicable } from '../policies.ts';
import type { Read, Relation } from '../raw.ts';
import { isRefusal } from '../refusal.ts';
import { borrowedTenant } from './borrowed.ts';
import { about, type Case, listed, roleName, type Verdict, worst } from './judge.ts';

const check = 'no-cross-tenant-read';

/** Check 2: what one tenant sees of a relation holds no row of another. */
export function assessCrossReads(at: Case): Finding[] {
  return readableSubjects(at).map(({ relation, place }) => about(check, relation, judge(at, relation, place)));
}

/** Tables with tenants’ rows, and whatever else shows the tenant and is readable. */
export function readableSubjects(at: Case): { relation: Relation; place: Extract<Place, { kind: 'tenant' }> }[] {
  return at.placed.flatMap(({ relation, place }) => {
    if (place.kind !== 'tenant') return [];
    return isTable(relation) || reaches(relation, /[rR]/) ? [{ relation, place }] : [];
  });
}

function judge(at: Case, relation: Relation, place: Extract<Place, { kind: 'tenant' }>): Verdict {
  const verdicts = at.raw.acting.flatMap((role, i) => {
    if (role.kind === 'anonymous' || !/[rR]/.test(relation.access[i] ?? '')) return [];
    const verdict = judgeRole(at, relation, i);
    const { kind, column } = place.path;
    const borrowed = verdict.outcome === 'passed' && kind === 'key' ? borrowedTenant(at, relation, column, i) : null;
    return [borrowed ?? verdict];
  });
  if (verdicts.length === 0) return { outcome: 'passed', reason: 'No client role that acts for a tenant may read it.' };
  const verdict = worst(verdicts);
  if (place.shared !== null && verdict.outcome === 'failed') return judgeShared(at, relation, place.shared);
  return verdict;
}

// Sharing is on purpose, yet somebody with whom nothing is shared must see nothing.
function judgeShared(at: Case, relation: Relation, why: string): Verdict {
  const strangers = (at.reads.get(relation.oid) ?? []).filter(
    ({ asker, role }) =>
      asker.kind === 'tenant' && asker.tenant >= at.raw.tenants && at.raw.acting[role]?.kind !== 'anonymous',
  );
  if (strangers.length > 0 && strangers.every((read) => read.foreign === false))
    return {
      outcome: 'passed',
      reason: `Tenants share rows on purpose (${why}); one that nothing is shared with saw none.`,
    };
  return { outcome: 'not-applicable', reason: `Tenants share rows of it on purpose: ${why}` };
}

function judgeRole(at: Case, relation: Relation, role: number): Verdict {
  const name = roleName(at, role);
  const table = isTable(relation);
  if (relation.kind === 'f')
    return {
      outcome: 'inconclusive',
      reason: 'A foreign table was not read: that would open connections to another server.',
    };
  if (table && at.book.bypasses(name, relation))
    return { outcome: 'failed', reason: `No policy applies to ${name} on it: it reads the rows of every tenant.` };
  const reads = (at.reads.get(relation.oid) ?? []).filter((read) => read.role === role && read.asker.kind === 'tenant');
  const judged = (at.evaluations.get(relation.oid) ?? []).filter(
    (each) => each.role === role && each.asker.kind === 'tenant' && each.command === 'select',
  );
  const causes = listed(judged.flatMap((each) => each.causes));
  const by = causes === '' ? '' : `, by policy ${causes}`;
  if (reads.some((read) => read.foreign))
    return { outcome: 'failed', reason: `As ${name}, one tenant read rows of another${by}.` };
  if (reads.some((read) => read.nameless))
    return { outcome: 'failed', reason: `As ${name}, a tenant read rows that name no tenant${by}.` };
  if (judged.some((each) => each.usingOther))
    return { outcome: 'failed', reason: `As ${name}, a row of another tenant would be visible${by}.` };
  const truth = at.truths.get(relation.oid);
  const failure =
    reads.find((read) => read.failure)?.failure ?? judged.find((each) => each.failure)?.failure ?? truth?.failure;
  if (failure && !table && failure.code === '42501') return refusedBelow(name);
  if (failure) return couldNot(failure, name);
  if (table && denied(at, relation, name)) return { outcome: 'passed', reason: `No policy lets ${name} read any row.` };
  return conclude({ at, relation, name, reads, judged, present: presentIn(reads, truth?.present ?? []) });
}

/** A view that the caller may open, over something that it may not. */
export function refusedBelow(name: string): Verdict {
  return { outcome: 'passed', reason: `PostgreSQL refuses it to ${name}, which lacks a right on what is below it.` };
}

/** Our own words for what could not be looked at. */
export function couldNot(failure: { code: string; message: string }, name: string): Verdict {
  const what =
    isRefusal(failure.code) && failure.code === '42501'
      ? `${name} lacks a right that a policy on it needs.`
      : failure.message;
  return { outcome: 'error', reason: `It could not be judged as ${name}. ${what}` };
}

function denied(at: Case, relation: Relation, name: string): boolean {
  const policies = at.policies.get(relation.oid) ?? [];
  return applicable(policies, at.book.inherited(name), 'select').permissive.every((policy) => policy.using === null);
}

/** Tenants that surely have rows: truth says so, or they saw them themselves. */
function presentIn(reads: readonly Read[], known: readonly number[]): Set<number> {
  return new Set([...known, ...reads.filter((read) => read.own).map((read) => read.asker.tenant)]);
}

function conclude(of: {
  at: Case;
  relation: Relation;
  name: string;
  reads: readonly Read[];
  judged: readonly { asker: Read['asker']; usingOwn: boolean | null; usingOther: boolean | null }[];
  present: ReadonlySet<number>;
}): Verdict {
  const { at, relation, name, reads, judged, present } = of;
  const admits = (tenant: number) => judged.some((each) => each.asker.tenant === tenant && each.usingOwn);
  for (const read of reads) {
    const { tenant } = read.asker;
    const victims = [...present].filter((victim) => victim !== tenant);
    if (read.foreign === null || victims.length === 0) continue;
    if (read.own)
      return { outcome: 'passed', reason: `As ${name}, a tenant saw rows of its own and none of another’s.` };
    if (admits(tenant))
      return {
        outcome: 'passed',
        reason: `As ${name}, a tenant saw none of another’s rows; its policy admits rows of its own.`,
      };
    if (!present.has(tenant) && reads.some((each) => each.own))
      return {
        outcome: 'passed',
        reason: `As ${name}, a tenant saw rows of its own, and one that owns nothing saw none of them.`,
      };
  }
  const empty = at.raw.hasTruth && at.truths.get(relation.oid)?.failure === null;
  const decided = judged.filter((each) => each.usingOther !== null);
  if (empty && decided.some((each) => each.usingOwn) && decided.every((each) => !each.usingOther))
    return {
      outcome: 'passed',
      reason: `Too few rows to compare; its policies admit a tenant’s own row to ${name} and no other’s.`,
    };
  if (!reads.some((read) => read.own) && present.size > 0)
    return {
      outcome: 'inconclusive',
      reason: `As ${name}, no tenant saw even rows of its own, so seeing no others proves nothing.`,
    };
  return {
    outcome: 'inconclusive',
    reason: 'No two tenants are known to have rows in it, so seeing none proves nothing.',
  };
}
