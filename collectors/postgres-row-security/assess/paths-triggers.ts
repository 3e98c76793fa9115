import { withoutComments } from '../exposure.ts';
import { isTable } from '../manifest.ts';
import { shown } from '../names.ts';
import type { DatabaseFunction, Relation } from '../raw.ts';
import { type Case, listed, reaches, rolesWith, type Verdict } from './judge.ts';
import { pastWhom } from './paths.ts';

/** Triggers on a table that a client may write: a definer's may change rows of others, and any may tell all listeners. */
export function judgeTriggers(at: Case, relation: Relation): Verdict[] {
  if (!isTable(relation)) return [];
  return (at.triggers.get(relation.oid) ?? []).flatMap((trigger): Verdict[] => {
    const rights = `${trigger.insert ? 'aA' : ''}${trigger.update ? 'wW' : ''}${trigger.delete ? 'd' : ''}`;
    const body = at.functionsByOid.get(trigger.function);
    if (!body || rights === '' || !reaches(relation, new RegExp(`[${rights}]`))) return [];
    if (at.expect.functions[`${body.schema}.${body.name}`] !== undefined) return [];
    const who = `Writes of ${listed(rolesWith(at, relation, /[aAwWd]/))} set off trigger function ${shown(body.name)}`;
    if (tellsRows(body) && at.manifest.place(relation).kind === 'tenant')
      return [{ outcome: 'failed', reason: `${who}, which sends whole rows to whoever may LISTEN.` }];
    if (!body.definer || !changesRows(body)) return [];
    const around = at.exposures.ofFunction(body).exposures.filter(at.exposures.aroundPolicies);
    if (around.length === 0) return [];
    return [
      { outcome: 'inconclusive', reason: `${who}, which changes rows that are there already: ${pastWhom(around)}.` },
    ];
  });
}

// A row that is only added, as an audit trail does, takes nothing from anybody.
function changesRows(body: DatabaseFunction): boolean {
  return /(?<!\b(?:for|on|before|after|or)\s+)\b(?:update\s+(?:only\s+)?["\w\u0080-\uffff.]+\s+(?:as\s+\w+\s+|\w+\s+)?set\b|delete\s+from\b|merge\s+into\b)/i.test(
    withoutComments(body.body),
  );
}

/** Whether a body adds, changes or removes rows. */
export function writesRows(body: DatabaseFunction): boolean {
  return changesRows(body) || /\binsert\s+into\b/i.test(withoutComments(body.body));
}

function tellsRows(body: DatabaseFunction): boolean {
  const calls = withoutComments(body.body).matchAll(/\bpg_notify\s*\(([^;]*)/gi);
  return [...calls].some(([, args]) => /\b(?:new|old)\b(?!\s*\.\s*["\w])/i.test(args ?? ''));
}
