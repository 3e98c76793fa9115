import type { Finding } from '../../../schemas/index.ts';
import type { TenantPath } from '../manifest.ts';
import { shown, shownName } from '../names.ts';
import type { Relation } from '../raw.ts';
import { about, type Case, finding, listed, reaches, rolesWith, tenantTables, type Verdict } from './judge.ts';

const declaredCheck = 'every-relation-is-declared';
const namedCheck = 'every-tenant-row-names-its-tenant';

/** Check 8: each relation within a client’s reach is placed by the manifest or by its own structure. */
export function assessDeclared(at: Case): Finding[] {
  const findings = at.placed.flatMap(({ relation, place }) => {
    if (!entered(at, relation) && !reaches(relation) && place.kind !== 'contradiction') return [];
    return [about(declaredCheck, relation, placeVerdict(at, relation, place))];
  });
  const missing = at.manifest.missing.map((name) =>
    finding(declaredCheck, name, {
      outcome: 'inconclusive',
      reason: 'It is declared, but it does not exist among the relations that were looked at.',
    }),
  );
  return [...findings, ...missing];
}

function placeVerdict(at: Case, relation: Relation, place: Case['placed'][number]['place']): Verdict {
  switch (place.kind) {
    case 'tenant': {
      const how =
        place.path.kind === 'key' ? `by its column ${shown(place.path.column)}` : `by ${pathText(place.path)}`;
      return { outcome: 'passed', reason: `Its rows belong to tenants, ${how}${place.derived ? ' (derived)' : ''}.` };
    }
    case 'reference':
      return { outcome: 'passed', reason: 'Declared to hold nothing of any tenant.' };
    case 'shared':
      return { outcome: 'passed', reason: `Declared as shared: ${place.reason}` };
    case 'extension':
      return { outcome: 'not-applicable', reason: 'It belongs to an extension.' };
    case 'contradiction':
      return { outcome: 'inconclusive', reason: `Contradiction: ${place.why}.` };
    case 'undeclared': {
      if (derivesFromPlaced(at, relation))
        return { outcome: 'passed', reason: 'A view of relations that are all placed.' };
      return {
        outcome: 'inconclusive',
        reason: `Undeclared: ${listed(rolesWith(at, relation, /./)) || 'clients enter its schema, and nobody so far'} can reach it, and ${place.why}.`,
      };
    }
  }
}

/** Whether a client may use the schema, so that one grant would be enough. */
function entered(at: Case, relation: Relation): boolean {
  return at.raw.catalog.schemas.some((schema) => schema.name === relation.schema && schema.usage.some(Boolean));
}

/** A view shows what its relations hold, so it stands where they stand. */
function derivesFromPlaced(at: Case, relation: Relation, seen = new Set<number>()): boolean {
  if ((relation.kind !== 'v' && relation.kind !== 'm') || seen.has(relation.oid)) return false;
  seen.add(relation.oid);
  const below = (at.rewrites.get(relation.oid) ?? []).flatMap((each) => (each.event === '1' ? each.relations : []));
  if (below.length === 0) return false;
  return below.every((oid) => {
    const next = at.manifest.byOid.get(oid);
    if (!next) return false;
    const { kind } = at.manifest.place(next);
    return kind === 'tenant' || kind === 'reference' || kind === 'shared' || derivesFromPlaced(at, next, seen);
  });
}

function pathText(path: TenantPath): string {
  return path.kind === 'key'
    ? shown(path.column)
    : `${shown(path.column)} → ${shownName(path.target)}.${shown(path.targetColumn)}`;
}

/** Check 9: no row of a tenant table can be without a tenant. */
export function assessNamed(at: Case): Finding[] {
  return tenantTables(at).map(({ relation, place }) => {
    const { path } = place;
    const column = at.manifest.column(relation.oid, path.column);
    const name = shown(path.column);
    if (column?.required)
      return about(namedCheck, relation, { outcome: 'passed', reason: `Its column ${name} may not be null.` });
    const truth = at.truths.get(relation.oid);
    const seen = (at.reads.get(relation.oid) ?? []).some((read) => read.nameless);
    // By a derived path a row without a parent is nobody's, which harms nobody as long as nobody sees it.
    if (truth?.nameless && path.kind === 'via' && place.derived && !seen)
      return about(namedCheck, relation, {
        outcome: 'inconclusive',
        reason: `It has rows whose ${name} is null, so they lead to no tenant; no client was seen to read one.`,
      });
    if (truth?.nameless || seen)
      return about(namedCheck, relation, {
        outcome: 'failed',
        reason: `It has rows whose ${name} is null, so they name no tenant.`,
      });
    return truth && truth.failure === null
      ? about(namedCheck, relation, {
          outcome: 'passed',
          reason: `Its column ${name} is null in no row, though nothing forbids it.`,
        })
      : about(namedCheck, relation, {
          outcome: 'inconclusive',
          reason: `Its column ${name} may be null, and whether it is in any row could not be seen.`,
        });
  });
}
