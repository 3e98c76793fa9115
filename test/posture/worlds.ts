import fc from 'fast-check';
import { derive } from '../../posture/derive.ts';
import { expectDigest } from '../../posture/digest.ts';
import { countOutcomes, foldCheck } from '../../posture/fold.ts';
import { type Content, Evidence, type Exception, type Finding, Outcome, type Trust } from '../../schemas/index.ts';

export const DAY = 86_400_000;
export const T0 = Date.parse('2026-11-03T09:00:00Z');
const REF = 'app-db/rows#no-cross-tenant-read';
const digest = 'a'.repeat(64);

/** One run: what was found, whether all was seen, and when. */
export type Run = { findings: Finding[]; complete: boolean; at: number };

export const at = (ms: number) => new Date(ms).toISOString();

export function finding(outcome: Outcome, subject = 'public.tickets'): Finding {
  return { check: 'no-cross-tenant-read', subject, outcome, reason: `it ${outcome}` };
}

/** The record after a series of runs. */
export function evidenceAfter(runs: readonly Run[], collection = source.collect.rows): Evidence {
  let record: Evidence | undefined;
  for (const run of runs) {
    const check = foldCheck(record?.checks[0], {
      check: 'no-cross-tenant-read',
      title: 'No tenant reads another’s rows',
      statement: 'No tenant reads another’s rows.',
      findings: run.findings,
      complete: run.complete,
      collectedAt: at(run.at),
      validFor: collection.validFor,
    });
    record = Evidence.parse({
      schema: 'candor/evidence@1',
      id: digest,
      source: 'app-db',
      environment: 'production',
      collector: {
        id: 'rows',
        title: 'Rows',
        topic: 'isolation',
        version: '1',
        commit: null,
        expectDigest: expectDigest(collection),
      },
      method: 'TEST',
      run: { startedAt: at(run.at), endedAt: at(run.at), trigger: 'manual' },
      collectedAt: at(run.at),
      cadence: collection.every,
      validFor: collection.validFor,
      validUntil: check.validUntil,
      population: { description: 'tables', queryDigest: digest, count: run.findings.length, complete: run.complete },
      counts: countOutcomes(run.findings),
      checks: [check],
      findings: run.findings,
      findingsOmitted: 0,
      findingsDigest: digest,
      facts: {},
      redactions: [],
      reproduce: [],
      permissions: [],
      previous: null,
    });
  }
  if (record === undefined) throw new Error('no runs');
  return record;
}

const source = {
  kind: 'postgres' as const,
  title: 'App',
  environment: 'production' as const,
  connection: {},
  allowIntrusive: false,
  collect: { rows: { every: '24h', validFor: '48h', expect: {} } },
};

/** Content with one claim that cites one check. */
export function contentWith(overrides: Partial<Content> = {}): Content {
  return {
    organization: {
      name: 'Quill',
      legalName: 'Quill Ltd',
      product: 'Quill',
      summary: 'A product.',
      url: 'https://quill.example',
      trustUrl: 'https://trust.quill.example',
      country: 'CH',
      timeZone: 'Europe/Zurich',
      contacts: { security: 'security@quill.example' },
      clocks: [],
    },
    sections: [{ id: 'isolation', file: '', data: { title: 'Isolation', order: 1 } }],
    claims: [claim('rows-are-scoped')],
    sources: [{ id: 'app-db', file: '', data: source }],
    exceptions: [],
    attestations: [],
    certifications: [],
    subprocessors: [],
    dataItems: [],
    retention: [],
    dataFlows: [],
    roles: [],
    documents: [],
    accessReviews: [],
    roadmap: [],
    incidentPolicy: undefined,
    disclosure: undefined,
    intake: undefined,
    updates: [],
    advisories: [],
    acknowledgements: undefined,
    ...overrides,
  };
}

export function claim(id: string, data: Partial<Content['claims'][number]['data']> = {}): Content['claims'][number] {
  return {
    id,
    file: '',
    section: 'isolation',
    data: {
      title: 'Each row belongs to one tenant',
      status: 'in-place',
      evidence: [REF],
      attestations: [],
      claims: [],
      documents: [],
      subprocessors: [],
      frameworks: [],
      disclosedWeakness: false,
      ...data,
    },
  };
}

/** The trust document of a world at `now`. */
export function trustAt(
  now: number,
  runs: readonly Run[],
  exceptions: Exception[] = [],
  content = contentWith(),
): Trust {
  const entries = exceptions.map((data, index) => ({ id: `exception-${index}`, file: '', data }));
  return derive({ ...content, exceptions: entries }, runs.length === 0 ? [] : [evidenceAfter(runs)], [], at(now));
}

/** The first claim of a world at `now`. */
export function claimAt(now: number, runs: readonly Run[], exceptions: Exception[] = [], content = contentWith()) {
  const first = trustAt(now, runs, exceptions, content).claims[0];
  if (first === undefined) throw new Error('no claim');
  return first;
}

const subjects = ['public.tickets', 'public.notes', 'public.invoices'];

/** Runs in order of time, up to a few days apart, over three tables. */
export const anyRuns: fc.Arbitrary<Run[]> = fc
  .array(
    fc.record({
      findings: fc.array(
        fc.record({ outcome: fc.constantFrom(...Outcome.options), subject: fc.constantFrom(...subjects) }),
        { maxLength: 4 },
      ),
      complete: fc.boolean(),
      gap: fc.integer({ min: 0, max: 3 * DAY }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((steps) => {
    let time = T0;
    return steps.map(({ findings, complete, gap }) => {
      time += gap;
      return { findings: findings.map(({ outcome, subject }) => finding(outcome, subject)), complete, at: time };
    });
  });

/** Exceptions over the same tables that run out within a few days. */
export const anyExceptions: fc.Arbitrary<Exception[]> = fc.array(
  fc.record({
    evidence: fc.constant(REF),
    subjects: fc.subarray(subjects, { minLength: 1 }),
    owner: fc.constant('head-of-security'),
    reason: fc.constant('Known, and being mended.'),
    acceptedOn: fc.constant('2026-11-01'),
    expiresOn: fc.integer({ min: 0, max: 20 }).map((days) => at(T0 + days * DAY).slice(0, 10)),
  }),
  { maxLength: 2 },
);
