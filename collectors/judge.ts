import { z } from 'zod';
import type { UnsealedEvidence } from '../ledger/records/seal.ts';
import { digestOf, expectDigest } from '../posture/digest.ts';
import { countOutcomes, foldCheck } from '../posture/fold.ts';
import { earlier } from '../posture/time.ts';
import {
  type Collection,
  type Evidence,
  Fact,
  Finding,
  type Instant,
  type Outcome,
  Population,
  type Source,
} from '../schemas/index.ts';
import { type Assessment, type Collector, SourceUnreadable } from './define.ts';

/** What one run of one collector on one source is about. */
export type Plan = { sourceId: string; source: Source; collector: Collector; collection: Collection };

/** The code that ran, and who started it. */
export type Run = {
  version: string;
  commit: string | null;
  trigger: Evidence['run']['trigger'];
  startedAt: Instant;
  endedAt: Instant;
};

/** What a run ended with: something to judge, or the reason why there is nothing. */
export type Reading = { assessment: Assessment<Record<string, Fact>> } | { unreadable: SourceUnreadable };

const worstFirst: readonly Outcome[] = ['failed', 'error', 'inconclusive', 'passed', 'not-applicable'];

/**
 * The allow-list: exactly the published shapes pass, and only checks that the collector declares. Anything else is a
 * bug of the collector, and nothing of it is kept. Throws SourceUnreadable of kind `schema`.
 */
export function admit(
  collector: Collector,
  assessment: Assessment<Record<string, Fact>>,
): Assessment<Record<string, Fact>> {
  const findings = z.array(Finding).safeParse(assessment.findings);
  const facts = collector.facts.safeParse(assessment.facts);
  const plain = z.record(z.string(), Fact).safeParse(facts.data);
  const population = Population.safeParse(assessment.population);
  if (!findings.success || !facts.success || !plain.success || !population.success)
    throw new SourceUnreadable(
      'schema',
      'The collector made a result that may not be published; nothing of it was kept.',
    );
  for (const { check } of findings.data)
    if (!Object.hasOwn(collector.checks, check))
      throw new SourceUnreadable('schema', `The collector judged a check that it does not declare: ${check}.`);
  return { ...assessment, findings: findings.data, facts: plain.data, population: population.data };
}

/** Makes the record of a run, folding in what the record before still says. */
export function recordOf(
  plan: Plan,
  run: Run,
  reading: Reading,
  previous: Evidence | undefined,
): Omit<UnsealedEvidence, 'previous'> {
  const { sourceId, source, collector, collection } = plan;
  const readable = 'assessment' in reading;
  const findings = readable ? sorted(reading.assessment.findings) : errorsOf(plan, reading.unreadable.message);
  const population = readable ? reading.assessment.population : null;
  const checks = Object.entries(collector.checks).map(([check, { title, statement }]) =>
    foldCheck(
      previous?.checks.find((candidate) => candidate.check === check),
      {
        check,
        title,
        statement,
        findings: findings.filter((finding) => finding.check === check),
        complete: population?.complete ?? false,
        collectedAt: run.startedAt,
        validFor: collection.validFor,
      },
    ),
  );
  const ends = checks.map(({ validUntil }) => validUntil).filter((end) => end !== null);
  return {
    schema: 'candor/evidence@1',
    source: sourceId,
    environment: source.environment,
    collector: {
      id: collector.id,
      title: collector.title,
      topic: collector.topic,
      version: run.version,
      commit: run.commit,
      expectDigest: expectDigest(collection),
    },
    method: collector.method,
    run: { startedAt: run.startedAt, endedAt: run.endedAt, trigger: run.trigger },
    collectedAt: run.startedAt,
    cadence: collection.every,
    validFor: collection.validFor,
    validUntil: ends.length === 0 ? null : ends.reduce(earlier),
    population,
    counts: countOutcomes(findings),
    checks,
    findings,
    findingsOmitted: 0,
    findingsDigest: digestOf(findings),
    facts: readable ? reading.assessment.facts : {},
    redactions: readable ? (reading.assessment.redactions ?? []) : [],
    reproduce: readable ? reproduceOf(plan) : [],
    permissions: [...collector.permissions],
  };
}

function errorsOf({ sourceId, collector }: Plan, reason: string): Finding[] {
  return Object.keys(collector.checks)
    .sort()
    .map((check) => ({ check, subject: sourceId, outcome: 'error', reason }));
}

function reproduceOf({ collector, collection }: Plan): string[] {
  return collector.reproduce(collector.expect.parse(collection.expect));
}

function sorted(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) =>
      worstFirst.indexOf(a.outcome) - worstFirst.indexOf(b.outcome) ||
      compare(a.check, b.check) ||
      compare(a.subject, b.subject),
  );
}

/** By code unit, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
