import type { Finding } from '../../../schemas/index.ts';
import type { Exposure } from '../exposure.ts';
import { isCompiled, isInvoker } from '../exposure.ts';
import { shown, shownName } from '../names.ts';
import type { DatabaseFunction, Relation } from '../raw.ts';
import { about, type Case, finding, listed, reaches, rolesWith, type Verdict, worst } from './judge.ts';
import { captured } from './paths-capture.ts';
import { judgeFilter } from './paths-filter.ts';
import { judgeSettings } from './paths-settings.ts';
import { judgeTelling, judgeTriggers, writesRows } from './paths-triggers.ts';
import { judgeTrusted } from './paths-trust.ts';
import { judgeInstead, judgeRules, judgeViewWrites } from './paths-writes.ts';
import { searchPath } from './privileges.ts';

const check = 'no-path-around-row-security';

/** Check 6: nothing within a client’s reach shows or changes tenants’ rows with the rights of somebody above policies. */
export function assessPaths(at: Case): Finding[] {
  const relations = at.raw.catalog.relations.flatMap((relation) => {
    const verdict = judgeRelation(at, relation);
    return verdict ? [about(check, relation, verdict)] : [];
  });
  const functions = at.raw.catalog.functions.flatMap((each) => {
    const verdict = judgeFunction(at, each);
    return verdict ? [finding(check, functionName(each), verdict)] : [];
  });
  const findings = [...relations, ...functions, ...judgeServers(at), ...judgeLargeObjects(at)];
  if (findings.length > 0) return findings;
  return [
    finding(check, 'database', {
      outcome: 'passed',
      reason: 'No view, rule or SECURITY DEFINER function over tenants’ rows is within a client’s reach.',
    }),
  ];
}

function judgeRelation(at: Case, relation: Relation): Verdict | null {
  if (!reaches(relation)) return null;
  const place = at.manifest.place(relation);
  const verdicts: Verdict[] = [];
  const rules = judgeRules(at, relation);
  if (rules) verdicts.push(rules);
  if (place.kind === 'extension') return null;
  if (relation.kind === 'm') verdicts.push(...judgeMaterialized(at, relation));
  if (relation.kind === 'f') verdicts.push(...judgeForeign(at, relation));
  if (relation.kind === 'v') verdicts.push(...judgeView(at, relation), ...judgeInstead(at, relation));
  if (relation.kind === 'r') verdicts.push(...judgeParent(at, relation));
  verdicts.push(...judgeTriggers(at, relation), ...judgeTrusted(at, relation));
  return verdicts.length > 0 ? worst(verdicts) : null;
}

function judgeView(at: Case, relation: Relation): Verdict[] {
  const exposures = at.exposures.ofView(relation);
  const around = exposures.filter(at.exposures.aroundPolicies);
  if (around.length === 0) {
    if (exposures.length > 0) {
      const readers = listed(exposures.map(({ reader }) => shown(reader)));
      return [{ outcome: 'passed', reason: `It reads as ${readers}, to whom policies apply as well.` }];
    }
    return isInvoker(relation) ? [{ outcome: 'passed', reason: 'It reads with the rights of its caller.' }] : [];
  }
  const verdicts = reaches(relation, /[rR]/) ? [judgeFilter(at, relation, around)] : [];
  return [...verdicts, ...judgeViewWrites(at, relation, around)];
}

/** Who reads what past the policies, for a reason. */
export function pastWhom(around: readonly Exposure[]): string {
  const [first] = around;
  const tables = listed(around.map(({ relation }) => shownName(relation)));
  return first ? `it reads ${tables} as ${shown(first.reader)}, whom its callers’ policies do not bind` : '';
}

// A materialized view keeps rows outside of any table, and policies cannot be put on it.
function judgeMaterialized(at: Case, relation: Relation): Verdict[] {
  const place = at.manifest.place(relation);
  if (!reaches(relation, /[rR]/) || place.kind === 'reference' || place.kind === 'shared') return [];
  const sources = at.exposures.ofView(relation).filter(at.exposures.aroundPolicies);
  if (place.kind !== 'tenant' && sources.length === 0) return [];
  const who = listed(rolesWith(at, relation, /[rR]/));
  return [
    {
      outcome: 'failed',
      reason: `A materialized view of tenants’ rows, on which no policy can be put, is readable by ${who}.`,
    },
  ];
}

function judgeForeign(at: Case, relation: Relation): Verdict[] {
  const place = at.manifest.place(relation);
  if (place.kind === 'reference' || place.kind === 'shared') return [];
  const who = listed(rolesWith(at, relation, /./));
  if (place.kind === 'tenant')
    return [
      {
        outcome: 'failed',
        reason: `A foreign table with tenants’ rows, on which no policy can be put, is within reach of ${who}.`,
      },
    ];
  return [
    {
      outcome: 'inconclusive',
      reason: `A foreign table is within reach of ${who}, and nobody declared what it holds.`,
    },
  ];
}

// Whoever reads a parent reads its children, and only the parent's policies are asked.
function judgeParent(at: Case, relation: Relation): Verdict[] {
  if (at.manifest.place(relation).kind === 'tenant') return [];
  const children = at.manifest.childrenOf(relation).filter((child) => at.manifest.place(child).kind === 'tenant');
  if (children.length === 0 || !reaches(relation, /[rRwWd]/)) return [];
  const open = at.raw.acting.filter((role, i) => relation.access[i] !== '' && at.book.bypasses(role.name, relation));
  if (open.length === 0)
    return [
      {
        outcome: 'inconclusive',
        reason: 'It is a parent of tenants’ tables, and its own policies cannot be judged by tenant.',
      },
    ];
  return [
    {
      outcome: 'failed',
      reason: `${listed(open.map(({ name }) => name))} reads rows of ${listed(children.map(shownName))} through it, where their policies are not asked.`,
    },
  ];
}

function judgeFunction(at: Case, each: DatabaseFunction): Verdict | null {
  if (each.trigger) return judgeTelling(at, each);
  const callers = at.raw.acting.filter((_, i) => each.executable[i]).map(({ name }) => name);
  if (callers.length === 0) return null;
  if (each.extension === 'dblink' && each.name === 'dblink_connect_u')
    return {
      outcome: 'failed',
      reason: `${listed(callers)} may call it to connect as the server itself, without a password.`,
    };
  const settings = allowance(at, each) === null ? judgeSettings(at, each, callers) : null;
  if (!each.definer && !isCompiled(each)) {
    const asked = isPolicyHelper(at, each) ? captured(at, each) : null;
    const verdicts = [settings, asked].filter((verdict) => verdict !== null);
    if (verdicts.length > 0) return worst(verdicts);
  }
  if (isCompiled(each) || !(each.definer || (each.leakproof && each.args !== '' && each.extension === null)))
    return null;
  const allowed = allowance(at, each);
  if (allowed !== null) return { outcome: 'not-applicable', reason: `Declared as allowed: ${allowed}` };
  const verdict = judgeDefiner(at, each, callers);
  return settings === null ? verdict : worst([settings, verdict]);
}

function judgeDefiner(at: Case, each: DatabaseFunction, callers: readonly string[]): Verdict {
  // Without an argument it sees no row.
  if (each.leakproof && each.args !== '')
    return {
      outcome: 'failed',
      reason: `It is LEAKPROOF, so PostgreSQL may run it on rows before policies have hidden them, and ${listed(callers)} may call it.`,
    };
  const plantable = at.raw.catalog.schemas.find((schema) => schema.create.some(Boolean));
  if (searchPath(each) === undefined && plantable)
    return {
      outcome: 'failed',
      reason: `${listed(callers)} may call it as ${shown(each.owner)}; it sets no search_path, and clients may CREATE in schema ${shown(plantable.name)}.`,
    };
  const stolen = captured(at, each);
  if (stolen !== null) return stolen;
  const { exposures, unknown } = at.exposures.ofFunction(each);
  const around = exposures.filter(at.exposures.aroundPolicies);
  if (around.length > 0) {
    if (isPolicyHelper(at, each) && !(each.volatility === 'v' && writesRows(each)))
      return {
        outcome: 'passed',
        reason:
          'It answers yes or no for policies; it returns no row, and what policies make of it was judged by reading.',
      };
    return { outcome: 'failed', reason: `${listed(callers)} may call it, and ${pastWhom(around)}.` };
  }
  if (unknown !== null) {
    const owner = at.book.role(each.owner);
    const above =
      !owner ||
      owner.superuser ||
      owner.bypass ||
      at.raw.catalog.relations.some(
        (relation) =>
          at.manifest.place(relation).kind === 'tenant' &&
          at.exposures.aroundPolicies({ relation, reader: each.owner }),
      );
    if (above && runsItsArgument(each))
      return {
        outcome: 'failed',
        reason: `${listed(callers)} may call it, and it runs the SQL it is given as ${shown(each.owner)}.`,
      };
    if (above)
      return {
        outcome: 'inconclusive',
        reason: `${listed(callers)} may call it as ${shown(each.owner)}; what it reads cannot be told, because ${unknown}.`,
      };
  }
  return exposures.length > 0
    ? { outcome: 'passed', reason: `It runs as ${shown(each.owner)}, to whom policies apply as well.` }
    : { outcome: 'passed', reason: 'It touches no relation with tenants’ rows.' };
}

// `execute query`, where `query` is an argument: whatever the caller writes is run.
function runsItsArgument(each: DatabaseFunction): boolean {
  const names = each.args
    .split(',')
    .flatMap((arg) => /^\s*(?:(?:IN|INOUT|VARIADIC)\s+)?("?[\w$]+"?)\s+\S/.exec(arg)?.[1] ?? []);
  return [...names.map((name) => name.replaceAll('"', '')), '\\$1'].some((name) =>
    new RegExp(`\\b(?:execute\\s+|\\w+_to_xml\\w*\\s*\\(\\s*)"?${name}(?![\\w$])`, 'i').test(each.body),
  );
}

function judgeServers(at: Case): Finding[] {
  return at.raw.catalog.servers.map((server) => {
    const users = at.raw.acting.filter(({ name }, i) => {
      const mapped = [...at.book.inherited(name)].some((role) => server.mapped.includes(role));
      return server.usage[i] && (mapped || server.mapped.includes('PUBLIC'));
    });
    const names = listed(users.map(({ name }) => name));
    return finding(
      check,
      `server ${shown(server.name)}`,
      users.length > 0
        ? {
            outcome: 'failed',
            reason: `${names} may use it with stored credentials, and so ask whatever that login may ask.`,
          }
        : { outcome: 'passed', reason: 'No client role may use it with stored credentials.' },
    );
  });
}

function judgeLargeObjects(at: Case): Finding[] {
  return at.raw.catalog.largeObjects.flatMap(({ oid, owner, grantees }) => {
    const open = [owner, ...grantees].some(
      (who) => who === 'PUBLIC' || at.raw.acting.some(({ name }) => at.book.inherited(name).has(who)),
    );
    if (!open) return [];
    const reason = 'It is open to a client role, so to every tenant; no policy can be put on a large object.';
    return [finding(check, `large object ${oid}`, { outcome: 'failed', reason })];
  });
}

function isPolicyHelper(at: Case, each: DatabaseFunction): boolean {
  if (each.returns !== 'boolean' || each.returnsSet) return false;
  return at.raw.catalog.policies.some((policy) => policy.functions.includes(each.oid));
}

function allowance(at: Case, each: DatabaseFunction): string | null {
  const { functions } = at.expect;
  const bare = `${each.schema}.${each.name}`;
  const names = [functionName(each), shownName(each), bare, `${bare}(${each.args})`];
  for (const name of names) if (functions[name] !== undefined) return functions[name];
  return null;
}

/** `schema.name(arguments)` for people. */
export function functionName(each: DatabaseFunction): string {
  return `${shownName(each)}(${each.args})`;
}
