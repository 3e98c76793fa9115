import type { Exposure } from '../exposure.ts';
import { isTable } from '../manifest.ts';
import { shown } from '../names.ts';
import type { Relation } from '../raw.ts';
import { type Case, listed, reaches, rolesWith, type Verdict } from './judge.ts';
import { pastWhom } from './paths.ts';
import { judgeFilter } from './paths-filter.ts';

// Bits of pg_relation_is_updatable.
const updatable = { update: 4, insert: 8, delete: 16 } as const;

/** Whether a view that goes past the policies can be written through. */
export function judgeViewWrites(at: Case, relation: Relation, around: readonly Exposure[]): Verdict[] {
  // An INSTEAD OF trigger takes the writes; it is judged by itself.
  if ((at.triggers.get(relation.oid) ?? []).some((trigger) => trigger.instead)) return [];
  // Only what was seen to filter by tenant is known to. CHECK OPTION repeats the view's filter, whatever that is.
  const filters =
    reaches(relation, /[rR]/) &&
    at.manifest.place(relation).kind !== 'reference' &&
    judgeFilter(at, relation, around).outcome === 'passed';
  const checked = filters && isChecked(at, relation);
  const ways: string[] = [];
  if (relation.updatable & updatable.insert && reaches(relation, /[aA]/) && !checked) ways.push('INSERT');
  if (
    relation.updatable & updatable.update &&
    reaches(relation, /[wW]/) &&
    !checked &&
    !(filters && keepsKey(at, relation))
  )
    ways.push('UPDATE');
  if (relation.updatable & updatable.delete && reaches(relation, /d/) && !filters) ways.push('DELETE');
  if (ways.length === 0) return [];
  if (
    !reaches(relation, /[rR]/) &&
    asksAsPolicies(at, relation, around) &&
    (!ways.includes('INSERT') || isChecked(at, relation))
  )
    return [
      {
        outcome: 'inconclusive',
        reason: `${listed(rolesWith(at, relation, /[aAwWd]/))} may ${ways.join(' and ')} through it, and ${pastWhom(around)}; it asks what policies ask, yet nobody can read it, so whether it keeps to one tenant was not seen. Make it a security_invoker view.`,
      },
    ];
  const why = filters ? 'it has no CHECK OPTION' : 'it was not seen to filter by tenant';
  return [
    {
      outcome: 'failed',
      reason: `${listed(rolesWith(at, relation, /[aAwWd]/))} may ${ways.join(' and ')} through it rows of any tenant: ${pastWhom(around)}, and ${why}.`,
    },
  ];
}

// A filter that calls what policies call is likely the same.
function asksAsPolicies(at: Case, relation: Relation, around: readonly Exposure[]): boolean {
  const called = new Set((at.rewrites.get(relation.oid) ?? []).flatMap(({ functions }) => functions));
  const policies = around.flatMap((exposure) => at.policies.get(exposure.relation.oid) ?? []);
  return policies.some(({ functions }) => functions.some((oid) => called.has(oid)));
}

// LOCAL is enough for a view that filters tables itself.
function isChecked(at: Case, relation: Relation): boolean {
  const below = (at.rewrites.get(relation.oid) ?? []).flatMap(({ event, relations }) =>
    event === '1' ? relations.flatMap((oid) => at.manifest.byOid.get(oid) ?? []) : [],
  );
  const option =
    below.length > 0 && below.every(isTable) ? /^check_option=(local|cascaded)$/i : /^check_option=cascaded$/i;
  return relation.options.some((each) => option.test(each));
}

/** Whether the tenant column is there and no client may change it, only other columns. */
function keepsKey(at: Case, relation: Relation): boolean {
  const place = at.manifest.place(relation);
  if (place.kind !== 'tenant' || reaches(relation, /w/)) return false;
  const access = at.manifest.column(relation.oid, place.path.column)?.access ?? [];
  return access.every((rights) => !rights.includes('w'));
}

const events = [
  { letters: /[wW]/, event: '2' },
  { letters: /[aA]/, event: '3' },
  { letters: /d/, event: '4' },
];

/** Rules act with the rights of the relation's owner, whoever sets them off. */
export function judgeRules(at: Case, relation: Relation): Verdict | null {
  const within = events.filter(({ letters }) => reaches(relation, letters)).map(({ event }) => event);
  if (within.length === 0) return null;
  const around = at.exposures.ofRule(relation, within).filter(at.exposures.aroundPolicies);
  if (around.length === 0) return null;
  return {
    outcome: 'failed',
    reason: `A rule on it, which ${listed(rolesWith(at, relation, /[aAwWd]/))} may set off, acts past the policies: ${pastWhom(around)}.`,
  };
}

/** An INSTEAD OF trigger of a definer writes with the rights of the function's owner, whatever the view reads as. */
export function judgeInstead(at: Case, relation: Relation): Verdict[] {
  return (at.triggers.get(relation.oid) ?? []).flatMap((trigger): Verdict[] => {
    const rights = `${trigger.insert ? 'aA' : ''}${trigger.update ? 'wW' : ''}${trigger.delete ? 'd' : ''}`;
    const body = at.raw.catalog.functions.find((each) => each.oid === trigger.function);
    if (!trigger.instead || !body?.definer || !reaches(relation, new RegExp(`[${rights}]`))) return [];
    const allowed = at.expect.functions[`${body.schema}.${body.name}`];
    if (allowed !== undefined) return [{ outcome: 'not-applicable', reason: `Declared as allowed: ${allowed}` }];
    const { exposures, unknown } = at.exposures.ofFunction(body);
    const around = exposures.filter(at.exposures.aroundPolicies);
    const who = `Writes of ${listed(rolesWith(at, relation, /[aAwWd]/))} go to trigger function ${shown(body.name)}`;
    if (around.length > 0) return [{ outcome: 'failed', reason: `${who}, and ${pastWhom(around)}.` }];
    if (unknown === null) return [];
    return [{ outcome: 'inconclusive', reason: `${who}; what it does cannot be told, because ${unknown}.` }];
  });
}
