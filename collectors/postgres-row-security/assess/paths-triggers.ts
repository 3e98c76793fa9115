import { withoutComments } from '../exposure.ts';
import { isTable } from '../manifest.ts';
import { shown, shownName } from '../names.ts';
import type { DatabaseFunction, Relation } from '../raw.ts';
import { type Case, listed, reaches, rolesWith, type Verdict } from './judge.ts';
import { pastWhom } from './paths.ts';
import { captured, isAbove } from './paths-capture.ts';

/** Triggers on a table that a client may write: a definer's may change rows of others. */
export function judgeTriggers(at: Case, relation: Relation): Verdict[] {
  if (!isTable(relation)) return [];
  return (at.triggers.get(relation.oid) ?? []).flatMap((trigger): Verdict[] => {
    const rights = `${trigger.insert ? 'aA' : ''}${trigger.update ? 'wW' : ''}${trigger.delete ? 'd' : ''}`;
    const body = at.functionsByOid.get(trigger.function);
    if (!body || rights === '' || !reaches(relation, new RegExp(`[${rights}]`))) return [];
    if (at.expect.functions[`${body.schema}.${body.name}`] !== undefined) return [];
    const who = `Writes of ${listed(rolesWith(at, relation, /[aAwWd]/))} set off trigger function ${shown(body.name)}`;
    if (!body.definer) return [];
    const stolen = captured(at, body, rolesWith(at, relation, /[aAwWd]/));
    if (stolen !== null) return [{ ...stolen, reason: `${who}. ${stolen.reason}` }];
    const { exposures, unknown } = at.exposures.ofFunction(body);
    if (unknown !== null && isAbove(at, body.owner))
      return [
        {
          outcome: 'inconclusive',
          reason: `${who}, which runs as ${shown(body.owner)}; what it does cannot be told, because ${unknown}. Declare it under functions if it keeps to the tenant of the row.`,
        },
      ];
    if (!changesRows(body) || staysWithin(at, relation, body)) return [];
    const around = exposures.filter(at.exposures.aroundPolicies);
    if (around.length === 0) return [];
    return [
      {
        outcome: 'failed',
        reason: `${who}, which changes rows that are there already, whoever they belong to: ${pastWhom(around)}.`,
      },
    ];
  });
}

const changing =
  /(?<!\b(?:for|on|before|after|or)\s+)\b(?:update\s+(?:only\s+)?["\w\u0080-\uffff.]+\s+(?:as\s+\w+\s+|\w+\s+)?set\b|delete\s+from\b|merge\s+into\b)/i;

// A row that is only added, as an audit trail does, takes nothing from anybody.
function changesRows(body: DatabaseFunction): boolean {
  return changing.test(withoutComments(body.body));
}

// Policies saw to it that the new row's own tenant, or parent, is the writer's.
function staysWithin(at: Case, relation: Relation, body: DatabaseFunction): boolean {
  const place = at.manifest.place(relation);
  if (place.kind !== 'tenant') return false;
  const text = withoutComments(body.body).toLowerCase();
  const key = place.path.column.toLowerCase();
  const changes = text.split(';').filter((statement) => changing.test(statement));
  // In its condition: what a statement sets says nothing of which rows it takes.
  return changes.every((statement) => {
    const condition = statement.split(/\bwhere\b/).at(-1) ?? '';
    const bound = condition.includes(`= new.${key}`) || condition.includes(`= old.${key}`);
    return statement.includes('where') && bound && !/\bor\b/.test(condition);
  });
}

/** Whether a trigger function sends whole rows of tenants to whoever may LISTEN; null when it does not. */
export function judgeTelling(at: Case, each: DatabaseFunction): Verdict | null {
  const told = tells(each);
  if (told === null || at.expect.functions[`${each.schema}.${each.name}`] !== undefined) return null;
  const tables = at.raw.catalog.triggers.flatMap(({ function: oid, relation }) => {
    const table = oid === each.oid ? at.manifest.byOid.get(relation) : undefined;
    return table && at.manifest.place(table).kind === 'tenant' ? [shownName(table)] : [];
  });
  if (tables.length === 0) return null;
  if (told === 'whole')
    return {
      outcome: 'failed',
      reason: `It sends whole rows of ${listed(tables)} by NOTIFY, and whoever may connect may LISTEN.`,
    };
  return {
    outcome: 'inconclusive',
    reason: `It sends something by NOTIFY at each change of ${listed(tables)}, and whoever may connect may LISTEN; whether more than an id cannot be told. Send the id alone, or declare it under functions.`,
  };
}

/** Whether a body adds, changes or removes rows. */
export function writesRows(body: DatabaseFunction): boolean {
  return changesRows(body) || /\binsert\s+into\b/i.test(withoutComments(body.body));
}

// A row that is put into something else on the way may be in what is sent.
function tells(body: DatabaseFunction): 'whole' | 'perhaps' | null {
  const text = withoutComments(body.body);
  const calls = [...text.matchAll(/\bpg_notify\s*\(([^;]*)/gi)].map(([, args = '']) => args);
  if (calls.length === 0) return null;
  const whole = /\b(?:new|old)\b(?!\s*\.\s*["\w])/i;
  if (calls.some((args) => whole.test(args))) return 'whole';
  return /\b(?:row_to_json|to_jsonb?|hstore)\s*\(\s*(?:new|old)\s*[,)]|\b(?:new|old)\s*::/i.test(text)
    ? 'perhaps'
    : null;
}
