import {
  type CheckRef,
  type CheckResult,
  type CheckSupport,
  type Entry,
  type Evidence,
  type Exception,
  type Instant,
  parseCheckRef,
  type Source,
  type SupportState,
} from '../schemas/index.ts';
import { expectDigest } from './digest.ts';
import { after, endOf, freshnessAt } from './time.ts';

/** A clock may run ahead of ours by this much before a record counts as being from the future. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** What is known when a claim is judged. Evidence is keyed `<source>/<collector>`. */
export type Known = {
  /** Undefined for a stranger, who does not know what is declared: then evidence alone decides. */
  sources: ReadonlyMap<string, Source> | undefined;
  evidence: ReadonlyMap<string, Evidence>;
  /** Records that could not be trusted, with the reason. */
  damaged: ReadonlyMap<string, string>;
  exceptions: readonly Entry<Exception>[];
  now: Instant;
};

/** The exceptions that name this check and have not run out. */
export function exceptionsFor(ref: CheckRef, known: Pick<Known, 'exceptions' | 'now'>): Entry<Exception>[] {
  return known.exceptions.filter(
    ({ data }) => data.evidence === ref && Date.parse(known.now) < Date.parse(endOf(data.expiresOn)),
  );
}

/** What one cited check says about a claim at this moment. Anything that is not plainly a pass is not verified. */
export function checkSupport(ref: CheckRef, known: Known): CheckSupport {
  const { source, collector, check } = parseCheckRef(ref);
  const evidence = known.evidence.get(`${source}/${collector}`);
  const result = evidence?.checks.find((candidate) => candidate.check === check);
  const dueAt = evidence && result?.observedAt ? after(result.observedAt, evidence.cadence) : null;
  const validUntil = result?.validUntil ?? null;
  const exceptions = result ? exceptionsFor(ref, known) : [];
  const judged = judge(ref, evidence, result, exceptions, known);
  return {
    ref,
    source,
    collector,
    check,
    title: result?.title ?? check,
    statement: result?.statement ?? null,
    state: judged.state,
    reason: judged.reason,
    outcome: result?.outcome ?? null,
    attemptedAt: evidence?.collectedAt ?? null,
    since: judged.since,
    observedAt: result?.observedAt ?? null,
    dueAt,
    validUntil,
    freshness: freshnessAt(known.now, dueAt, validUntil),
    counts: result?.counts ?? null,
    openFailures: result?.openFailures ?? [],
    openFailuresOmitted: result?.openFailuresOmitted ?? 0,
    exceptions: exceptions.map(({ id }) => id),
  };
}

type Judgement = { state: SupportState; reason: string; since: Instant | null };

function judge(
  ref: CheckRef,
  evidence: Evidence | undefined,
  result: CheckResult | undefined,
  exceptions: readonly Entry<Exception>[],
  known: Known,
): Judgement {
  const unknown = (reason: string, since: Instant | null = null): Judgement => ({ state: 'unknown', reason, since });
  const { source: sourceId, collector, check } = parseCheckRef(ref);
  const damage = known.damaged.get(`${sourceId}/${collector}`);
  if (damage !== undefined) return unknown(`The evidence record cannot be trusted: ${damage}`);
  if (evidence === undefined) return unknown('Never collected.');
  if (result === undefined) return unknown(`The last run knew no check ${check}.`);
  if (Date.parse(evidence.collectedAt) > Date.parse(known.now) + CLOCK_SKEW_MS)
    return unknown('The evidence is dated in the future; the clocks disagree.');

  const failing = failures(result, exceptions);
  if (failing !== undefined) return failing;

  const outdated = known.sources === undefined ? undefined : undeclared(evidence, known.sources.get(sourceId));
  if (outdated !== undefined) return unknown(outdated);

  if (result.outcome === 'error') return unknown(`Could not look: ${result.reason}`, result.since);
  if (result.outcome === 'inconclusive') return unknown(result.reason, result.since);
  if (result.outcome === 'not-applicable') return unknown(`Does not apply: ${result.reason}`, result.since);
  const { counts } = result;
  if (counts.error > 0 || counts.inconclusive > 0) return unknown('Not all could be judged.', result.since);
  if (result.outcome === 'passed' && counts.passed === 0) return unknown('Nothing was judged.', result.since);

  if (result.validUntil === null || Date.parse(known.now) > Date.parse(result.validUntil))
    return { state: 'stale', reason: 'Looked at too long ago.', since: result.validUntil };
  if (result.outcome === 'failed')
    return { state: 'accepted-risk', reason: `Fails, and is accepted for now: ${result.reason}`, since: result.since };
  return { state: 'verified', reason: result.reason, since: result.since };
}

/** Why evidence says nothing of what is declared now, or undefined. */
function undeclared({ collector, environment }: Evidence, source: Source | undefined): string | undefined {
  const collection = source?.collect[collector.id];
  if (source === undefined || collection === undefined) return 'The source no longer collects this.';
  if (source.environment !== environment)
    return `The evidence is of the ${environment} environment; the source is now ${source.environment}.`;
  return expectDigest(collection) === collector.expectDigest
    ? undefined
    : 'The declared intent has changed since it was collected.';
}

/** The listed failures that no exception names, and whether there are any at all, listed or not. */
export function unaccepted(result: CheckResult, exceptions: readonly Entry<Exception>[]) {
  const accepted = new Set(exceptions.flatMap(({ data }) => data.subjects));
  const uncovered = result.openFailures.filter(({ subject }) => !accepted.has(subject));
  const nothingNamed = result.outcome === 'failed' && result.openFailures.length === 0;
  return { uncovered, any: uncovered.length > 0 || result.openFailuresOmitted > 0 || nothingNamed };
}

/** Failing unless there is no open failure, or each one is named by a running exception. */
function failures(result: CheckResult, exceptions: readonly Entry<Exception>[]): Judgement | undefined {
  const { uncovered, any } = unaccepted(result, exceptions);
  if (!any) return undefined;
  const first = uncovered[0] ?? result.openFailures[0];
  const since = uncovered.map(({ firstSeenAt }) => firstSeenAt).sort()[0] ?? result.since;
  if (result.outcome === 'failed') return { state: 'failing', reason: result.reason, since };
  const last = first === undefined ? 'It failed' : `${first.subject} failed`;
  return { state: 'failing', reason: `${last} when it was last judged, and nothing has shown it to be mended.`, since };
}
