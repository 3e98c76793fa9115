import type { Finding } from '../../../schemas/index.ts';
import { isTable } from '../manifest.ts';
import type { Asker, Evaluation, Read, Relation } from '../raw.ts';
import { isRefusal } from '../refusal.ts';
import { about, type Case, listed, roleName, type Verdict, worst } from './judge.ts';
import { couldNot, readableSubjects, refusedBelow } from './reads.ts';

const check = 'no-read-without-tenant';

/** Check 3: who names no tenant, or only pretends to be one, sees nothing. */
export function assessSilence(at: Case): Finding[] {
  return readableSubjects(at).map(({ relation }) => about(check, relation, judge(at, relation)));
}

function judge(at: Case, relation: Relation): Verdict {
  const verdicts = at.raw.acting.flatMap((_, i) =>
    /[rR]/.test(relation.access[i] ?? '') ? [judgeRole(at, relation, i)] : [],
  );
  return verdicts.length === 0 ? { outcome: 'passed', reason: 'No client role may read it.' } : worst(verdicts);
}

function judgeRole(at: Case, relation: Relation, role: number): Verdict {
  const name = roleName(at, role);
  if (relation.kind === 'f')
    return {
      outcome: 'inconclusive',
      reason: 'A foreign table was not read: that would open connections to another server.',
    };
  if (isTable(relation) && at.book.bypasses(name, relation))
    return { outcome: 'failed', reason: `No policy applies to ${name} on it: it reads rows without naming a tenant.` };
  const mine = <T extends { role: number; asker: Asker }>(each: T) =>
    each.role === role && each.asker.kind !== 'tenant';
  const reads = (at.reads.get(relation.oid) ?? []).filter(mine);
  const judged = (at.evaluations.get(relation.oid) ?? []).filter((each) => mine(each) && each.command === 'select');
  for (const { asker, foreign } of reads)
    if (foreign && byForging(at, relation, role, asker)) {
      const causes = listed(judged.filter((each) => same(each.asker, asker)).flatMap((each) => each.causes));
      return {
        outcome: 'failed',
        reason: `${name} read rows ${manner(asker)}${causes === '' ? '' : `, by policy ${causes}`}.`,
      };
    }
  const breach = judged.find((each) => each.usingOther && byForging(at, relation, role, each.asker));
  if (breach)
    return {
      outcome: 'failed',
      reason: `${name} would see a row ${manner(breach.asker)}, by policy ${listed(breach.causes)}.`,
    };
  for (const { failure } of [...reads, ...judged])
    if (failure && !isRefusal(failure.code)) return couldNot(failure, name);
  if (!isTable(relation) && reads.length > 0 && reads.every((read) => read.failure?.code === '42501'))
    return refusedBelow(name);
  const truth = at.truths.get(relation.oid);
  if (truth?.failure) return couldNot(truth.failure, name);
  const some = truth?.any || (at.reads.get(relation.oid) ?? []).some((read) => read.own);
  const looked = reads.some((read) => read.asker.kind === 'none' && (read.foreign !== null || read.failure));
  const decided = judged.some((each) => each.asker.kind === 'none' && (each.usingOther !== null || each.failure));
  if ((looked && some) || decided)
    return {
      outcome: 'passed',
      reason: `${name} saw nothing ${ways([...reads, ...judged])}.`,
    };
  return { outcome: 'inconclusive', reason: 'It is not known to have rows, so seeing none proves nothing.' };
}

/** The ways that were tried, for a reason. */
function ways(tried: readonly { asker: Asker }[]): string {
  const kinds = new Set(tried.map(({ asker }) => asker.kind));
  const empty = kinds.has('empty') ? ['with an empty one'] : [];
  const forged = kinds.has('forged') ? ['with a forged one'] : [];
  const all = ['without a tenant', ...empty, ...forged];
  return all.length === 1 ? all.join() : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** Whether what a forger saw is due to the forgery: as its true self it must not have seen it already. */
function byForging(at: Case, relation: Relation, role: number, asker: Asker): boolean {
  if (asker.kind !== 'forged') return true;
  const honest = at.raw.acting[role]?.kind === 'anonymous' ? 'none' : 'tenant';
  const before = (each: Read | Evaluation) =>
    each.role === role && each.asker.kind === honest && (honest === 'none' || each.asker.tenant === asker.tenant);
  const saw = (at.reads.get(relation.oid) ?? []).some((read) => before(read) && read.foreign);
  return (
    !saw &&
    !(at.evaluations.get(relation.oid) ?? []).some(
      (each) => before(each) && each.command === 'select' && each.usingOther,
    )
  );
}

function same(a: Asker, b: Asker): boolean {
  return a.kind === b.kind && a.variant === b.variant;
}

/** How an asker without a rightful tenant asked, for a reason. */
export function manner(asker: Asker): string {
  if (asker.kind === 'none') return 'without naming a tenant';
  if (asker.kind === 'empty') return 'with an empty tenant context';
  return asker.kind === 'forged' ? `of another tenant by forging ${asker.variant}` : 'of another tenant';
}
