import { seal } from '../../ledger/records/seal.ts';
import { digestOf, expectDigest } from '../../posture/digest.ts';
import { countOutcomes, foldCheck } from '../../posture/fold.ts';
import { after } from '../../posture/time.ts';
import type { CheckResult, Collection, Evidence, Finding, Outcome } from '../../schemas/index.ts';

/** What a made-up collector found, before it is a record. */
export type Look = {
  source: string;
  collector: { id: string; title: string; topic: string };
  collection: Collection;
  checks: Record<string, { title: string; statement: string }>;
  findings: Finding[];
  complete?: boolean;
  collectedAt: string;
  facts?: Evidence['facts'];
  redactions?: Evidence['redactions'];
  previous?: Evidence;
};

/** A record as a run would have left it, with its id, through the same folding and sealing. */
export function record(look: Look): Evidence {
  const complete = look.complete ?? true;
  const checks: CheckResult[] = Object.entries(look.checks).map(([check, words]) =>
    foldCheck(
      look.previous?.checks.find((before) => before.check === check),
      {
        check,
        ...words,
        findings: look.findings.filter((finding) => finding.check === check),
        complete,
        collectedAt: look.collectedAt,
        validFor: look.collection.validFor,
      },
    ),
  );
  const order: readonly Outcome[] = ['failed', 'error', 'inconclusive', 'passed', 'not-applicable'];
  const findings = look.findings.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const ends = checks.map(({ validUntil }) => validUntil).filter((end) => end !== null);
  const unreadable = look.findings.every(({ outcome }) => outcome === 'error');
  return seal({
    schema: 'candor/evidence@1',
    source: look.source,
    environment: 'demo',
    collector: { ...look.collector, version: '0.1.0', commit: null, expectDigest: expectDigest(look.collection) },
    method: 'TEST',
    run: { startedAt: look.collectedAt, endedAt: after(look.collectedAt, '1m'), trigger: 'schedule' },
    collectedAt: look.collectedAt,
    cadence: look.collection.every,
    validFor: look.collection.validFor,
    validUntil: ends.sort()[0] ?? null,
    population: unreadable
      ? null
      : {
          description: 'Every table in the schemas of the product, read from the catalog.',
          queryDigest: digestOf('query'),
          count: new Set(look.findings.map(({ subject }) => subject)).size,
          complete,
        },
    counts: countOutcomes(look.findings),
    checks,
    findings,
    findingsOmitted: 0,
    findingsDigest: digestOf(findings),
    facts: look.facts ?? {},
    redactions: look.redactions ?? [],
    reproduce: ['psql "$URL" -c "select relname, relrowsecurity from pg_class where relkind = \'r\'"'],
    permissions: ['CONNECT on the database', 'SELECT on the tables that hold tenants’ rows'],
    previous: null,
  });
}

/** One finding. */
export function finding(check: string, subject: string, outcome: Outcome, reason: string): Finding {
  return { check, subject, outcome, reason };
}
