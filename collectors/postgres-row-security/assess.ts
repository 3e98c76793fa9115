import { createHash } from 'node:crypto';
import type { Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { type Case, finding, openCase, reaches, tenantTables } from './assess/judge.ts';
import { assessPaths } from './assess/paths.ts';
import { assessDeclared, assessNamed } from './assess/placement.ts';
import { assessPrivileges, writersOf } from './assess/privileges.ts';
import { assessCrossReads } from './assess/reads.ts';
import { assessRoles } from './assess/roles.ts';
import { assessServer, versionText } from './assess/server.ts';
import { assessSilence } from './assess/silence.ts';
import { assessState } from './assess/state.ts';
import { assessWrites } from './assess/writes.ts';
import * as sql from './catalog-sql.ts';
import type { Expect } from './expect.ts';
import type { Raw } from './raw.ts';
import type { Facts } from './schema.ts';

/** Checks on what policies do; they say nothing where the application keeps tenants apart. */
const byPolicies = {
  'every-tenant-table-has-row-security': assessState,
  'no-cross-tenant-read': assessCrossReads,
  'no-read-without-tenant': assessSilence,
  'no-cross-tenant-write': assessWrites,
  'no-path-around-row-security': assessPaths,
} as const;

/** Judges what was read. Pure: no clock, no network, and no expression, row or tenant in a reason. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const at = openCase(raw, expect);
  const reasons = new Map<string, string>();
  const shared = (found: Finding): Finding => {
    const reason = reasons.get(found.reason) ?? found.reason;
    reasons.set(reason, reason);
    return { ...found, reason };
  };
  // One check after the other, so that what it made on its way is not kept until all are done.
  const findings = [
    ...Object.entries(byPolicies).map(
      ([check, judge]) =>
        () =>
          applies(at, check, judge),
    ),
    () => assessRoles(at),
    () => assessPrivileges(at),
    () => orNothing('every-relation-is-declared', assessDeclared(at)),
    () => orNothing('every-tenant-row-names-its-tenant', assessNamed(at)),
    () => [assessServer(raw.serverVersion)],
  ].flatMap((judged) => judged().map(shared));
  const unread = findings.some(({ outcome }) => outcome === 'error');
  return {
    population: {
      description:
        'Tables, views, foreign tables, roles and functions in the schemas looked at, from the system catalogs.',
      queryDigest: createHash('sha256').update(Object.values(sql).map(String).join('\n')).digest('hex'),
      count: raw.catalog.relations.length,
      complete: !unread && raw.skipped === 0 && raw.acting.length > 0,
    },
    findings,
    facts: factsOf(at),
  };
}

function applies(at: Case, check: string, judge: (at: Case) => Finding[]): Finding[] {
  if (at.expect.mode === 'application') {
    const reason =
      'The application keeps tenants apart here; the database does not enforce it, so there is nothing of this to see.';
    return [finding(check, 'database', { outcome: 'not-applicable', reason })];
  }
  if (at.raw.acting.length === 0)
    return [
      finding(check, 'database', {
        outcome: 'inconclusive',
        reason: 'No client role is known, so nobody could be acted as.',
      }),
    ];
  return orNothing(check, judge(at));
}

// Nothing to look at is not the same as nothing wrong.
function orNothing(check: string, findings: Finding[]): Finding[] {
  if (findings.length > 0) return findings;
  return [
    finding(check, 'database', {
      outcome: 'inconclusive',
      reason: 'No table with a tenant column was found, so nothing was judged.',
    }),
  ];
}

function factsOf(at: Case): Facts {
  const { raw, expect } = at;
  const count = (kind: string) => at.placed.filter(({ place }) => place.kind === kind).length;
  const tables = tenantTables(at);
  const byOid = new Map(tables.map((table) => [table.relation.oid, table]));
  const unique = new Set(
    raw.catalog.uniques.filter(({ relation, columns }) => {
      const own = byOid.get(relation);
      return own !== undefined && !columns.includes(own.place.path.column);
    }),
  );
  const foreign = raw.catalog.foreignKeys.filter((key) => {
    const from = at.manifest.byOid.get(key.relation);
    const to = at.manifest.byOid.get(key.target);
    return from && to && reaches(from, /[aAwW]/) && at.manifest.place(to).kind === 'tenant';
  });
  return {
    serverVersion: versionText(raw.serverVersion),
    mode: expect.mode,
    clientsRunSql: expect.clientsRunSql,
    clientRoles: raw.acting.map(({ name }) => name).slice(0, 50),
    tenantTables: tables.length,
    referenceTables: count('reference'),
    sharedTables: at.placed.filter(
      ({ place }) => place.kind === 'shared' || (place.kind === 'tenant' && place.shared !== null),
    ).length,
    undeclaredRelations: at.placed.filter(({ relation, place }) => place.kind === 'undeclared' && reaches(relation))
      .length,
    views: raw.catalog.relations.filter(({ kind }) => kind === 'v' || kind === 'm').length,
    policies: raw.catalog.policies.length,
    definerFunctions: raw.catalog.functions.filter(
      (each) => each.definer && each.extension === null && each.executable.some(Boolean),
    ).length,
    tenantsCompared: raw.tenants,
    reads: counted(raw.reads),
    policyEvaluations: counted(raw.evaluations),
    covertChannels: unique.size + foreign.length,
    writableReferenceTables: at.placed.filter(
      ({ relation, place }) =>
        place.kind === 'reference' && writersOf(at, relation).length > 0 && !relation.rowSecurity,
    ).length,
    contextDeclared: raw.context.declared,
    truth: raw.hasTruth,
  };
}

function counted(records: readonly { relations: readonly number[] }[]): number {
  return records.reduce((sum, { relations }) => sum + relations.length, 0);
}
