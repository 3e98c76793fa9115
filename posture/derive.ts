import {
  type ClaimState,
  type Content,
  type Coverage,
  type DerivedClaim,
  type DerivedException,
  type Evidence,
  type EvidenceSummary,
  type Instant,
  type MissingEvidence,
  parseCheckRef,
  type StateCounts,
  type Trust,
} from '../schemas/index.ts';
import { type Background, deriveClaim } from './claim.ts';
import { after, earlier, endOf, freshnessAt } from './time.ts';

/** A record that was found but cannot be trusted. */
export type Damaged = { source: string; collector: string; reason: string };

/** The one derivation: everything that is shown anywhere, for the moment `now`. Pure; the clock is a parameter. */
export function derive(
  content: Content,
  evidence: readonly Evidence[],
  damaged: readonly Damaged[],
  now: Instant,
): Trust {
  const background: Background = {
    sources: new Map(content.sources.map(({ id, data }) => [id, data])),
    evidence: new Map(evidence.map((record) => [`${record.source}/${record.collector.id}`, record])),
    damaged: new Map(damaged.map(({ source, collector, reason }) => [`${source}/${collector}`, reason])),
    exceptions: content.exceptions,
    attestations: new Map(content.attestations.map(({ id, data }) => [id, data])),
    claims: new Map(content.claims.map((claim) => [claim.id, claim])),
    derived: new Map(),
    now,
  };
  const claims = content.claims.map((claim) => deriveClaim(claim, background));
  const { name, legalName, product, url } = content.organization;
  return {
    schema: 'candor/trust@1',
    generatedAt: now,
    organization: { name, legalName, product, url },
    demo: [...content.sources.map(({ data }) => data), ...evidence].some(({ environment }) => environment === 'demo'),
    coverage: coverageOf(claims),
    states: countStates(claims.map(({ state }) => state)),
    claims,
    evidence: evidence.map((record) => summarize(record, now)),
    missing: missingEvidence(content, background),
    exceptions: content.exceptions.map((exception) => deriveException(exception, background)),
  };
}

/** Verified and fresh over all claims declared in-place. */
export function coverageOf(claims: readonly Pick<DerivedClaim, 'status' | 'state' | 'fresh'>[]): Coverage {
  const inPlace = claims.filter(({ status }) => status === 'in-place');
  const verified = inPlace.filter(({ state, fresh }) => state === 'verified' && fresh).length;
  const percent = inPlace.length === 0 ? 0 : Math.floor((100 * verified) / inPlace.length);
  return { inPlace: inPlace.length, verified, percent };
}

/** How many claims are in each state. */
export function countStates(states: readonly ClaimState[]): StateCounts {
  const counts: StateCounts = {
    verified: 0,
    attested: 0,
    'accepted-risk': 0,
    stale: 0,
    unknown: 0,
    failing: 0,
    unbacked: 0,
    'in-progress': 0,
    planned: 0,
    'not-available': 0,
  };
  for (const state of states) counts[state] += 1;
  return counts;
}

function summarize(record: Evidence, now: Instant): EvidenceSummary {
  const observed = record.checks.map(({ observedAt }) => observedAt).filter((at) => at !== null);
  const dueAt = observed.length === 0 ? null : after(observed.reduce(earlier), record.cadence);
  return {
    source: record.source,
    collector: record.collector.id,
    title: record.collector.title,
    topic: record.collector.topic,
    environment: record.environment,
    method: record.method,
    id: record.id,
    collectedAt: record.collectedAt,
    cadence: record.cadence,
    validUntil: record.validUntil,
    freshness: freshnessAt(now, dueAt, record.validUntil),
    counts: record.counts,
    population: record.population,
    path: `/evidence/${record.source}/${record.collector.id}.json`,
  };
}

function missingEvidence(content: Content, { evidence, damaged }: Background): MissingEvidence[] {
  return content.sources.flatMap(({ id, data }) =>
    Object.keys(data.collect)
      .filter((collector) => !evidence.has(`${id}/${collector}`))
      .map((collector) => ({
        source: id,
        collector,
        environment: data.environment,
        reason: damaged.get(`${id}/${collector}`) ?? 'Never collected.',
      })),
  );
}

function deriveException({ id, data }: Content['exceptions'][number], { evidence, now }: Background): DerivedException {
  const { source, collector, check } = parseCheckRef(data.evidence);
  const result = evidence.get(`${source}/${collector}`)?.checks.find((candidate) => candidate.check === check);
  const covers = result?.openFailures.some(({ subject }) => data.subjects.includes(subject)) ?? false;
  const expired = Date.parse(now) >= Date.parse(endOf(data.expiresOn));
  return { id, ...data, status: expired ? 'expired' : covers ? 'covering' : 'idle' };
}
