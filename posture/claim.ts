import type {
  Attestation,
  ClaimEntry,
  ClaimState,
  ClaimStatus,
  DerivedClaim,
  Freshness,
  Instant,
  StatementSupport,
} from '../schemas/index.ts';
import { checkSupport, type Known } from './support.ts';
import { earlier, endOf, freshnessAt, later } from './time.ts';

/** From best to worst; a claim is as good as the worst that it rests on. */
export const rank: readonly ClaimState[] = [
  'verified',
  'attested',
  'accepted-risk',
  'stale',
  'unknown',
  'unbacked',
  'failing',
];
const ages: readonly Freshness[] = ['fresh', 'due', 'stale', 'abandoned'];

/** What claims rest on, besides the evidence. */
export type Background = Known & {
  attestations: ReadonlyMap<string, Attestation>;
  claims: ReadonlyMap<string, ClaimEntry>;
  /** Filled on the way, so that a claim that many roll-ups cite is derived once. */
  derived: Map<string, DerivedClaim>;
};

type Support = Pick<
  StatementSupport,
  'state' | 'reason' | 'since' | 'observedAt' | 'dueAt' | 'validUntil' | 'freshness'
>;

/** Derives one claim. `ancestors` guards against a roll-up that goes round in a circle. */
export function deriveClaim(
  entry: ClaimEntry,
  background: Background,
  ancestors: readonly string[] = [],
): DerivedClaim {
  const { data } = entry;
  const known = background.derived.get(entry.id);
  if (known !== undefined) return known;
  const checks = data.evidence.map((ref) => checkSupport(ref, background));
  const attestations = data.attestations.map((id) => attestationSupport(id, background));
  const claims = data.claims.map((id) => claimSupport(id, background, [...ancestors, entry.id]));
  const supports: Support[] = [...checks, ...attestations, ...claims];
  const worst = worstOf(supports);
  const held = worst !== undefined && (worst.state === 'verified' || worst.state === 'attested');
  const freshness = oldest(supports);
  const inPlace = data.status === 'in-place';
  const claim: DerivedClaim = {
    id: entry.id,
    section: entry.section,
    title: data.title,
    status: data.status,
    state: data.status === 'in-place' ? (worst?.state ?? 'unbacked') : data.status,
    reason: inPlace ? backedReason(supports, worst) : declaredReason(data.status, worst, held),
    review: !inPlace && supports.length > 0 && !held,
    fresh: freshness === 'fresh',
    since: inPlace ? sinceOf(supports, worst) : null,
    observedAt: all(supports, 'observedAt', earlier),
    dueAt: some(supports, 'dueAt', earlier),
    validUntil: all(supports, 'validUntil', earlier),
    freshness,
    disclosedWeakness: data.disclosedWeakness,
    limits: data.limits ?? null,
    frameworks: data.frameworks,
    documents: data.documents,
    subprocessors: data.subprocessors,
    roadmap: data.roadmap ?? null,
    checks,
    attestations,
    claims,
  };
  background.derived.set(entry.id, claim);
  return claim;
}

function backedReason(supports: readonly Support[], worst: Support | undefined): string {
  if (worst === undefined) return 'Nothing backs this statement yet.';
  if (worst.state === 'verified' && supports.length > 1) return `All ${supports.length} that it rests on are verified.`;
  return worst.reason;
}

function declaredReason(status: ClaimStatus, worst: Support | undefined, held: boolean): string {
  if (worst !== undefined && !held)
    return `Declared ${status}, but the evidence asks for a second look: ${worst.reason}`;
  if (status === 'in-progress') return 'Being worked on; not claimed to be there yet.';
  return status === 'planned' ? 'Planned; not there today.' : 'Not available, and said so.';
}

function attestationSupport(id: string, { attestations, now }: Background): StatementSupport {
  const attestation = attestations.get(id);
  if (attestation === undefined) return { id, state: 'unbacked', reason: `There is no attestation ${id}.`, ...undated };
  const validUntil = endOf(attestation.expiresOn);
  const statedAt = new Date(Date.parse(attestation.statedOn)).toISOString();
  const dates = { observedAt: statedAt, dueAt: null, validUntil, freshness: freshnessAt(now, null, validUntil) };
  if (Date.parse(statedAt) > Date.parse(now))
    return { id, state: 'unknown', reason: 'The statement is dated in the future.', since: null, ...dates };
  if (Date.parse(now) > Date.parse(validUntil))
    return { id, state: 'stale', reason: 'The statement has expired.', since: validUntil, ...dates };
  return { id, state: 'attested', reason: 'Stated, not measured.', since: statedAt, ...dates };
}

function claimSupport(id: string, background: Background, ancestors: readonly string[]): StatementSupport {
  const entry = background.claims.get(id);
  if (entry === undefined) return { id, state: 'unbacked', reason: `There is no claim ${id}.`, ...undated };
  if (ancestors.includes(id))
    return { id, state: 'unbacked', reason: 'The roll-up goes round in a circle.', ...undated };
  const claim = deriveClaim(entry, background, ancestors);
  const { since, observedAt, dueAt, validUntil, freshness } = claim;
  const dates = { since, observedAt, dueAt, validUntil, freshness };
  if (claim.status !== 'in-place')
    return { id, state: 'failing', reason: `“${claim.title}” is declared ${claim.status}.`, ...dates };
  return { id, state: claim.state, reason: claim.reason, ...dates };
}

const undated = { since: null, observedAt: null, dueAt: null, validUntil: null, freshness: null };

function worstOf(supports: readonly Support[]): Support | undefined {
  return supports.reduce<Support | undefined>(
    (worst, support) =>
      worst === undefined || rank.indexOf(support.state) > rank.indexOf(worst.state) ? support : worst,
    undefined,
  );
}

/** A good state holds since the last part of it came to hold; a bad one since the first part went bad. */
function sinceOf(supports: readonly Support[], worst: Support | undefined): Instant | null {
  if (worst === undefined) return null;
  const good = worst.state === 'verified' || worst.state === 'attested';
  const relevant = good ? supports : supports.filter(({ state }) => state === worst.state);
  return all(relevant, 'since', good ? later : earlier);
}

type Dated = 'since' | 'observedAt' | 'dueAt' | 'validUntil';

function some(supports: readonly Support[], key: Dated, pick: (a: Instant, b: Instant) => Instant): Instant | null {
  const instants = supports.map((support) => support[key]).filter((instant) => instant !== null);
  return instants.length === 0 ? null : instants.reduce(pick);
}

/** Null as soon as one is unknown. */
function all(supports: readonly Support[], key: Dated, pick: (a: Instant, b: Instant) => Instant): Instant | null {
  return supports.some((support) => support[key] === null) ? null : some(supports, key, pick);
}

function oldest(supports: readonly Support[]): Freshness | null {
  let worst = -1;
  for (const { freshness } of supports) {
    if (freshness === null) return null;
    worst = Math.max(worst, ages.indexOf(freshness));
  }
  return ages[worst] ?? null;
}
