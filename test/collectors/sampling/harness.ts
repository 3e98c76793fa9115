import { admit, type Plan, recordOf } from '../../../collectors/judge.ts';
import { loadCollectors } from '../../../collectors/registry.ts';
import { commitSample } from '../../../collectors/sampling/commit.ts';
import { drawSample } from '../../../collectors/sampling/draw.ts';
import { type SampleJob, type SampleTools, sampleOf } from '../../../collectors/sampling/job.ts';
import { readSamples } from '../../../ledger/samples/store.ts';
import {
  CandorError,
  Collection,
  type Outcome,
  type SampleCommitment,
  type SampleDraw,
  type SampleSeed,
  Source,
} from '../../../schemas/index.ts';
import { makePlace, type Place, within } from '../../ledger/ledgers.ts';
import { contentWith } from '../../posture/worlds.ts';
import { BEFORE } from './rounds.ts';

/** What one collection ended with: what each check came to, and why. */
export type Looked = {
  record: ReturnType<typeof recordOf>;
  outcomes: Record<string, Outcome>;
  reasons: Record<string, string>;
};

/** A log, a clock that tests move, and one declared population. */
export type SampleBench = {
  place: Place;
  /** Milliseconds since 1970; BEFORE at first. */
  clock: { now: number };
  tools: SampleTools;
  /** The declaration, which tests may change. */
  expect: Record<string, unknown>;
  connection: Record<string, string>;
  job: () => SampleJob;
  commit: () => Promise<SampleCommitment>;
  draw: (number: number, seed: SampleSeed, isVoid?: boolean) => Promise<SampleDraw>;
  /** Collects and judges through the allow-list, as a run does. */
  look: () => Promise<Looked>;
};

/** Makes one for a collector that draws samples; remove its place in the end. */
export async function makeBench(
  id: string,
  connection: Record<string, string>,
  declared: Record<string, unknown>,
): Promise<SampleBench> {
  const collector = (await loadCollectors()).get(id);
  if (collector === undefined) throw new Error(`no collector ${id}`);
  const place = await makePlace();
  const clock = { now: BEFORE };
  const now = () => new Date(clock.now);
  const tools: SampleTools = { keys: place.keys, now, withLedger: (work) => within(place, work, { now }) };
  const source = Source.parse({
    kind: collector.source,
    title: 'The source',
    environment: 'demo',
    collect: {},
  });
  const bench: SampleBench = {
    place,
    clock,
    tools,
    expect: declared,
    connection,
    job: () => {
      const { sample } = collector;
      if (sample === undefined) throw new Error(`${collector.id} draws no samples`);
      return {
        source: 'the-source',
        collector: collector.id,
        environment: 'demo',
        sampler: sample,
        context: {
          connection: bench.connection,
          expect: collector.expect.parse(bench.expect),
          allowIntrusive: false,
          signal: AbortSignal.timeout(60_000),
          progress: () => undefined,
        },
      };
    },
    commit: () => commitSample(bench.job(), tools),
    draw: async (number, seed, isVoid = false) =>
      drawSample(bench.job(), sampleOf(await readSamples(place.content), String(number)), seed, isVoid, tools),
    look: async () => {
      const samples = await readSamples(place.content);
      const at = now().toISOString();
      const known = { source: 'the-source', now: at, content: contentWith(), evidence: [], samples: () => samples };
      const { context } = bench.job();
      const raw = collector.raw.parse(await collector.collect(context, known));
      const assessment = admit(collector, collector.assess(raw, context.expect));
      const collection = Collection.parse({ expect: bench.expect });
      const plan: Plan = { sourceId: 'the-source', source, collector, collection };
      const run = { version: '0', commit: null, trigger: 'manual', startedAt: at, endedAt: at } as const;
      const record = recordOf(plan, run, { assessment }, undefined);
      return {
        record,
        outcomes: Object.fromEntries(record.checks.map(({ check, outcome }) => [check, outcome])),
        reasons: Object.fromEntries(record.checks.map(({ check, reason }) => [check, reason])),
      };
    },
  };
  return bench;
}

/** What all checks come to when a sample was drawn as it should be. */
export const allPassed: Record<string, Outcome> = {
  'committed-before-its-seed': 'passed',
  'population-unchanged': 'passed',
  'result-in-time': 'passed',
  'deviations-within-tolerable-rate': 'passed',
  'first-attempt': 'passed',
  'sample-as-declared': 'passed',
  'sample-is-current': 'passed',
};

/** The message of an error of the catalogue. */
export async function refused(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'it was not refused';
  } catch (error) {
    if (error instanceof CandorError) return `${error.name}: ${error.what}`;
    throw error;
  }
}
