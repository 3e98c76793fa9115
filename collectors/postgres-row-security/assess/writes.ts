import type { Finding } from '../../../schemas/index.ts';
import type { Place } from '../manifest.ts';
import { shown } from '../names.ts';
import { applicable } from '../policies.ts';
import type { Command, Evaluation, Relation } from '../raw.ts';
import { isRefusal } from '../refusal.ts';
import { about, type Case, listed, reaches, roleName, tenantTables, type Verdict, worst } from './judge.ts';
import { judgeInstead, judgeViewWrites } from './paths-writes.ts';
import { couldNot } from './reads.ts';
import { manner } from './silence.ts';

const check = 'no-cross-tenant-write';

type Placed = { relation: Relation; place: Extract<Place, { kind: 'tenant' }> };

/** Check 4: policies let no tenant add, change, take or delete a row of another. Judged without writing. */
export function assessWrites(at: Case): Finding[] {
  const views = at.placed.flatMap(({ relation, place }) => {
    if (relation.kind !== 'v' || place.kind !== 'tenant' || !reaches(relation, /[aAwWd]/)) return [];
    const around = at.exposures.ofView(relation).filter(at.exposures.aroundPolicies);
    const verdicts = [
      ...(around.length > 0 ? judgeViewWrites(at, relation, around) : []),
      ...judgeInstead(at, relation),
    ];
    const held: Verdict = {
      outcome: 'passed',
      reason: 'What is written through it passes the policies of its tables, or its own check.',
    };
    return [about(check, relation, verdicts.length > 0 ? worst(verdicts) : held)];
  });
  return [...tenantTables(at).map((placed) => about(check, placed.relation, judge(at, placed))), ...views];
}

function judge(at: Case, placed: Placed): Verdict {
  const verdicts = at.raw.acting.flatMap((_, role) => {
    const rights = placed.relation.access[role] ?? '';
    const commands: Command[] = [];
    if (/[aA]/.test(rights)) commands.push('insert');
    if (/[wW]/.test(rights)) commands.push('update');
    if (/d/.test(rights)) commands.push('delete');
    return commands.length > 0 ? [judgeRole(at, placed, role, commands)] : [];
  });
  return verdicts.length === 0 ? { outcome: 'passed', reason: 'No client role may write it.' } : worst(verdicts);
}

function judgeRole(at: Case, placed: Placed, role: number, commands: readonly Command[]): Verdict {
  const name = roleName(at, role);
  const verbs = commands.map((command) => command.toUpperCase()).join(', ');
  if (at.book.bypasses(name, placed.relation))
    return {
      outcome: 'failed',
      reason: `No policy applies to ${name} on it, which may ${verbs} rows of every tenant.`,
    };
  return worst(commands.map((command) => judgeCommand(at, placed, role, command)));
}

function judgeCommand(at: Case, placed: Placed, role: number, command: Command): Verdict {
  const { relation, place } = placed;
  const name = roleName(at, role);
  const policies = at.policies.get(relation.oid) ?? [];
  const { permissive } = applicable(policies, at.book.inherited(name), command);
  if (at.raw.catalog.locked.includes(relation.oid))
    return couldNot({ code: '55P03', message: 'A lock was not released in time.' }, name);
  if (permissive.length === 0) return { outcome: 'passed', reason: `No policy lets ${name} ${command} any row.` };
  const mine = (at.evaluations.get(relation.oid) ?? []).filter(
    (each) => each.role === role && each.command === command,
  );
  // What a tenant may do says more than what somebody without one may.
  const judged = [
    ...mine.filter((each) => each.asker.kind === 'tenant'),
    ...mine.filter((each) => each.asker.kind !== 'tenant'),
  ];
  const keyWritable = mayWrite(at, relation, place.path.column, role, command);
  for (const each of judged) {
    const how = breach(each, keyWritable);
    if (how === null) continue;
    const guard = guardingTrigger(at, relation, place.path.column, command);
    if (guard !== null)
      return {
        outcome: 'inconclusive',
        reason: `Policies alone would let ${name} ${how}, but trigger function ${guard} sees ${shown(place.path.column)} before the row is checked.`,
      };
    const causes = each.causes.length > 0 ? `, by policy ${listed(each.causes)}` : '';
    const manners = each.asker.kind === 'tenant' ? '' : ` ${manner(each.asker).replace(' of another tenant', '')}`;
    return { outcome: 'failed', reason: `${name} may ${how}${manners}${causes}.` };
  }
  if (judged.some(isPlanted) && seenPlanted(at, relation))
    return {
      outcome: 'failed',
      reason: `${name} may ${command.toUpperCase()} rows in its own name that another tenant finds among its own, since policies read by other columns than they write.`,
    };
  for (const { failure, asker } of judged) {
    if (!failure || (asker.kind !== 'tenant' && isRefusal(failure.code))) continue;
    return couldNot(failure, name);
  }
  const told = judged.filter((each) => each.asker.kind === 'tenant');
  if (at.raw.acting[role]?.kind === 'anonymous')
    return judged.length > 0
      ? { outcome: 'passed', reason: `Policies let ${name} write no row of a tenant.` }
      : { outcome: 'inconclusive', reason: `Its policies were not evaluated as ${name}.` };
  if (told.some(control) && told.some(decided))
    return { outcome: 'passed', reason: 'Its policies admit writes to a tenant’s own rows and to no other’s.' };
  return told.some(decided)
    ? {
        outcome: 'inconclusive',
        reason: `As ${name}, policies for ${command.toUpperCase()} refuse even a tenant’s own row, so refusing others’ proves little.`,
      }
    : { outcome: 'inconclusive', reason: 'No row of two tenants could be made up to evaluate its policies with.' };
}

function isPlanted({ planted, asker }: Evaluation): boolean {
  return planted === true && asker.kind === 'tenant';
}

function seenPlanted(at: Case, relation: Relation): boolean {
  return (at.evaluations.get(relation.oid) ?? []).some((each) => each.command === 'select' && isPlanted(each));
}

function decided(each: Evaluation): boolean {
  return each.command === 'insert' ? each.checkOther !== null : each.usingOther !== null;
}

function control(each: Evaluation): boolean {
  return (each.command === 'insert' ? each.checkOwn : each.usingOwn) === true;
}

/** What the combined policies permit that they must not, in words; null when nothing. */
function breach(each: Evaluation, keyWritable: boolean): string | null {
  if (each.command === 'insert') return each.checkOther && keyWritable ? 'INSERT rows for another tenant' : null;
  if (each.command === 'delete') return each.usingOther ? 'DELETE rows of another tenant' : null;
  if (each.usingOther && each.checkOther) return 'UPDATE rows of another tenant';
  if (each.usingOther && each.checkOwn && keyWritable) return 'UPDATE rows of another tenant and take them over';
  if (each.usingOwn && each.checkOther && keyWritable) return 'UPDATE its own rows to name another tenant';
  return null;
}

function mayWrite(at: Case, relation: Relation, column: string, role: number, command: Command): boolean {
  const rights = relation.access[role] ?? '';
  const letter = command === 'insert' ? 'a' : 'w';
  if (rights.includes(letter)) return true;
  return at.manifest.column(relation.oid, column)?.access?.[role]?.includes(letter) ?? false;
}

// PostgreSQL checks a new row after BEFORE triggers have had it; one may set or refuse the tenant.
function guardingTrigger(at: Case, relation: Relation, column: string, command: Command): string | null {
  if (command !== 'insert' && command !== 'update') return null;
  for (const trigger of at.triggers.get(relation.oid) ?? []) {
    if (!trigger.before || !trigger.row || !trigger[command]) continue;
    const body = at.raw.catalog.functions.find((each) => each.oid === trigger.function);
    if (body && (body.language !== 'plpgsql' || body.body.toLowerCase().includes(column.toLowerCase())))
      return shown(body.name);
  }
  return null;
}
