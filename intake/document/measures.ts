import { digestOf } from '../../posture/digest.ts';
import { freshnessAt } from '../../posture/time.ts';
import type {
  AgreedMeasure,
  CheckSupport,
  Content,
  DerivedClaim,
  Digest,
  Id,
  Instant,
  Trust,
} from '../../schemas/index.ts';

/**
 * The measures of an agreement: the claims named in `chosen`, else all that are declared in-place, in the order of
 * their sections. A name that is no claim is a measure that nothing backs. How fresh each is, is judged for `at`, so
 * that states that were derived earlier do not pass for those of now.
 */
export function measuresOf(
  content: Content,
  trust: Trust,
  chosen: readonly Id[] | undefined,
  at: Instant,
): AgreedMeasure[] {
  const order = new Map(content.sections.map(({ id, data }) => [id, data.order]));
  const records = new Map(trust.evidence.map(({ source, collector, id }) => [`${source}/${collector}`, id]));
  const known = new Map(trust.claims.map((claim) => [claim.id, claim]));
  const wanted = chosen ?? trust.claims.filter(({ status }) => status === 'in-place').map(({ id }) => id);
  const rank = (id: Id) => order.get(known.get(id)?.section ?? '') ?? Number.MAX_SAFE_INTEGER;
  return [...new Set(wanted)]
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((id) => {
      const claim = known.get(id);
      return claim === undefined ? missing(id) : measureOf(claim, content, records, at);
    });
}

function measureOf(
  claim: DerivedClaim,
  content: Content,
  records: ReadonlyMap<string, Digest>,
  at: Instant,
): AgreedMeasure {
  const { id, section, title, state, reason, limits, dueAt, validUntil } = claim;
  return {
    claim: id,
    section: content.sections.find((each) => each.id === section)?.data.title ?? section,
    statement: title,
    state,
    fresh: claim.fresh && freshnessAt(at, dueAt, validUntil) === 'fresh',
    reason,
    limits,
    checks: claim.checks.map((check) => checkOf(check, records)),
    statements: claim.attestations.flatMap((support) => statementOf(support.id, content)),
    restsOn: claim.claims.map((support) => support.id),
  };
}

function checkOf(
  { ref, title, outcome, state, observedAt, source, collector }: CheckSupport,
  records: ReadonlyMap<string, Digest>,
): AgreedMeasure['checks'][number] {
  // Past its validity the last look still was a pass, and says when.
  const passed = state === 'verified' || (state === 'stale' && outcome === 'passed');
  return {
    ref,
    title,
    outcome,
    passedAt: passed ? observedAt : null,
    evidence: records.get(`${source}/${collector}`) ?? null,
  };
}

function statementOf(id: Id, content: Content): AgreedMeasure['statements'] {
  const data = content.attestations.find((attestation) => attestation.id === id)?.data;
  if (data === undefined) return [];
  const { by } = data;
  const author =
    by.kind === 'role'
      ? content.roles.find((role) => role.id === by.role)?.data.title
      : content.subprocessors.find((vendor) => vendor.id === by.subprocessor)?.data.name;
  return [
    {
      id,
      text: data.statement,
      by: author ?? (by.kind === 'role' ? by.role : by.subprocessor),
      statedOn: data.statedOn,
      expiresOn: data.expiresOn,
      digest: digestOf(data),
    },
  ];
}

function missing(id: Id): AgreedMeasure {
  return {
    claim: id,
    section: '',
    statement: id,
    state: 'unbacked',
    fresh: false,
    reason: `There is no claim ${id}.`,
    limits: null,
    checks: [],
    statements: [],
    restsOn: [],
  };
}
