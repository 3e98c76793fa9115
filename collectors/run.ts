import { keep } from '../ledger/records/keep.ts';
import { type Recorded, readEvidence } from '../ledger/records/store.ts';
import { readSamples, type Sample } from '../ledger/samples/store.ts';
import type { Ledger } from '../ledger/writer.ts';
import { canonicalJson } from '../posture/digest.ts';
import { CandorError, type Content, type Evidence } from '../schemas/index.ts';
import { type Environment, resolveConnection } from './connection.ts';
import { type Collector, type Known, SourceUnreadable } from './define.ts';
import { admit, type Plan, type Reading, type Run, recordOf } from './judge.ts';

/** Sources that are read at the same time. Within one source collectors run one after the other; sources of content last. */
const SOURCES_AT_ONCE = 4;
/** A collection that takes longer than this is given up. */
const TIME_LIMIT_MS = 10 * 60_000;

/** How far a collection is; for people. */
export type CollectEvent = { source: string; collector: string } & (
  | { event: 'started' }
  | { event: 'progress'; message: string }
  | { event: 'done'; result: CollectResult }
);

/** How one collection ended: a record was written, or an error kept it from being written. */
export type CollectResult = { source: string; collector: string } & ({ evidence: Evidence } | { error: CandorError });

/** What to collect, from where, and into which ledger. */
export type CollectOptions = {
  ledger: Ledger;
  content: Content;
  collectors: ReadonlyMap<string, Collector>;
  /** `source` or `source/collector`; all when empty. */
  only: readonly string[];
  environment: Environment;
  trigger: Run['trigger'];
  version: string;
  commit: string | null;
  now: () => Date;
  signal: AbortSignal;
  report: (event: CollectEvent) => void;
};

/** The collections that `only` names, in order of source and collector. */
export function plansOf({
  content,
  collectors,
  only,
}: Pick<CollectOptions, 'content' | 'collectors' | 'only'>): Plan[] {
  return content.sources.flatMap(({ id: sourceId, data: source }) =>
    Object.entries(source.collect).flatMap(([id, collection]) => {
      const collector = collectors.get(id);
      const wanted = only.length === 0 || only.includes(sourceId) || only.includes(`${sourceId}/${id}`);
      return collector !== undefined && wanted ? [{ sourceId, source, collector, collection }] : [];
    }),
  );
}

/**
 * Collects, assesses and records. Each record is logged as soon as it is made; a source that fails never stops the
 * others, and what was recorded before is never damaged. When `signal` aborts, what is under way leaves no record.
 * Throws LedgerDamaged.
 */
export async function collect(options: CollectOptions): Promise<CollectResult[]> {
  const bySource = Map.groupBy(plansOf(options), ({ sourceId }) => sourceId);
  const results: CollectResult[] = [];
  const names = plansOf(options).map(({ sourceId, collector }) => ({ source: sourceId, collector: collector.id }));
  const recorded = await readEvidence(options.ledger.content, names);
  // Before anything is written: a log that grows meanwhile is neither the old nor the new.
  const drawsSamples = plansOf(options).some(({ collector }) => collector.sample !== undefined);
  const samples = drawsSamples ? await readSamples(options.ledger.content).catch(thrown) : [];
  const drain = async (queue: Plan[][], known: Recorded) => {
    const workers = Array.from({ length: Math.min(SOURCES_AT_ONCE, queue.length) }, async () => {
      for (let plans = queue.shift(); plans !== undefined; plans = queue.shift())
        for (const plan of plans) {
          if (options.signal.aborted) return;
          const result = await collectOne(plan, options, known, () => given(samples));
          if (result !== undefined) results.push(result);
        }
    });
    await Promise.all(workers);
  };
  const isContent = ([plan]: Plan[]) => plan?.source.kind === 'content';
  const all = [...bySource.values()];
  await drain(
    all.filter((plans) => !isContent(plans)),
    recorded,
  );
  // What is compared with the records of this run comes after them.
  await drain(all.filter(isContent), { ...recorded, evidence: withMade(recorded.evidence, results) });
  const key = ({ source, collector }: CollectResult) => `${source}/${collector}`;
  return results.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** The records as they were, and in place of some what this run has made of them. */
function withMade(evidence: readonly Evidence[], results: readonly CollectResult[]): Evidence[] {
  const made = results.flatMap((result) => ('evidence' in result ? [result.evidence] : []));
  const isMade = (old: Evidence) =>
    made.some(({ source, collector }) => source === old.source && collector.id === old.collector.id);
  return [...evidence.filter((record) => !isMade(record)), ...made];
}

/** What went wrong, to be told to who asks for it. */
type Thrown = { thrown: unknown };

function thrown(error: unknown): Thrown {
  return { thrown: error };
}

function given<T extends object>(found: T | Thrown): T {
  if ('thrown' in found) throw found.thrown;
  return found;
}

async function collectOne(
  plan: Plan,
  options: CollectOptions,
  { evidence, damaged, kept, newest }: Recorded,
  samples: () => readonly Sample[],
): Promise<CollectResult | undefined> {
  const name = { source: plan.sourceId, collector: plan.collector.id };
  const done = (result: CollectResult): CollectResult => {
    options.report({ ...name, event: 'done', result });
    return result;
  };
  options.report({ ...name, event: 'started' });
  const flawed = damaged.find(({ source, collector }) => source === name.source && collector === name.collector);
  // A record that cannot be trusted is never written over: a person must look at it first.
  if (flawed !== undefined) return done({ ...name, error: flawed.error });
  const key = `${name.source}/${name.collector}`;
  const before = kept.get(key);
  const startedAt = options.now().toISOString();
  const known = { source: plan.sourceId, now: startedAt, content: options.content, evidence, samples };
  const { reading, secrets } = await read(plan, options, known);
  if (options.signal.aborted) return undefined;
  const { version, commit, trigger } = options;
  const run: Run = { version, commit, trigger, startedAt, endedAt: options.now().toISOString() };
  try {
    const found = recordOf(plan, run, withoutSecrets(reading, secrets), before?.current);
    return done({ ...name, evidence: await keep(options.ledger, found, before, newest.get(key)) });
  } catch (error) {
    if (error instanceof CandorError) return done({ ...name, error });
    throw error;
  }
}

async function read(
  plan: Plan,
  options: CollectOptions,
  known: Known,
): Promise<{ reading: Reading; secrets: string[] }> {
  const { sourceId, source, collector, collection } = plan;
  let secrets: string[] = [];
  const limit = new AbortController();
  // Holds the process: with AbortSignal.timeout it would end while a collector waits for nothing that Node knows of.
  const timer = setTimeout(() => limit.abort(), TIME_LIMIT_MS);
  try {
    const connection = resolveConnection(sourceId, source.connection, options.environment);
    secrets = connection.secrets;
    const expect = collector.expect.safeParse(collection.expect);
    if (!expect.success)
      throw new SourceUnreadable('configuration', 'The declared intent is not valid; `candor check` says where.');
    const signal = AbortSignal.any([options.signal, limit.signal]);
    const raw = await orAborted(
      collector.collect(
        {
          connection: connection.values,
          expect: expect.data,
          allowIntrusive: source.allowIntrusive,
          signal,
          progress: (message) =>
            options.report({ source: sourceId, collector: collector.id, event: 'progress', message }),
        },
        known,
      ),
      signal,
    );
    const checked = collector.raw.safeParse(raw);
    if (!checked.success)
      throw new SourceUnreadable('schema', 'The source answered in a shape that the collector does not know.');
    return { reading: { assessment: admit(collector, collector.assess(checked.data, expect.data)) }, secrets };
  } catch (error) {
    return { reading: { unreadable: unreadable(error) }, secrets };
  } finally {
    clearTimeout(timer);
  }
}

/** A collector that ignores its signal must not hold up the others. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new SourceUnreadable('transient', 'The collection took too long and was given up.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Messages of unexpected errors may quote data, so only their kind is kept. */
function unreadable(error: unknown): SourceUnreadable {
  if (error instanceof SourceUnreadable) return error;
  if (error instanceof CandorError) return new SourceUnreadable('configuration', `Not configured: ${error.what}`);
  const kind = error instanceof Error ? error.name : 'something that is no error';
  return new SourceUnreadable(
    'schema',
    `The collector itself failed (${kind}); this is a bug of it, not of the source.`,
  );
}

/** The last line of defence: a result that quotes a connection’s secret is dropped whole. */
function withoutSecrets(reading: Reading, secrets: readonly string[]): Reading {
  const text = 'assessment' in reading ? canonicalJson(reading.assessment) : reading.unreadable.message;
  // In JSON a secret is spelt with its escapes.
  if (!secrets.some((secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1))))
    return reading;
  return {
    unreadable: new SourceUnreadable('schema', 'The result quoted a secret of its connection; nothing of it was kept.'),
  };
}
