import { z } from 'zod';
import { type Known, SourceUnreadable } from '../../../collectors/define.ts';
import { type Reading, recordOf } from '../../../collectors/judge.ts';
import { loadCollectors } from '../../../collectors/registry.ts';
import { assessHosts } from '../../../collectors/vendors/assess.ts';
import { factsOf } from '../../../collectors/vendors/facts.ts';
import { type Collection, type Content, Evidence, Source } from '../../../schemas/index.ts';
import { known } from '../vendors/company.ts';

const collectors = await loadCollectors();

/** The source of the comparison itself. */
const comparing: Content['sources'][number] = {
  id: 'vendor-list',
  file: 'sources/vendor-list.yaml',
  data: Source.parse({
    kind: 'content',
    title: 'The list of subprocessors',
    environment: 'production',
    collect: { 'content-subprocessors': {} },
  }),
};

/** What one observer recorded: which vendors, when, and how it ended. */
export type Look = {
  vendors?: string[];
  on?: string;
  complete?: boolean;
  /** How many hosts it saw that are in no map. */
  unknown?: number;
  fails?: 'denied' | 'transient';
  /** The declared intent, and the one that it was judged against where that is another. */
  expect?: Record<string, string | Record<string, string>>;
  judgedBy?: Record<string, string>;
};

/** A company with these subprocessors, whose observers recorded this, by the name of their source; null: never. */
export function observed(subprocessors: Content['subprocessors'], looks: Record<string, Look | null>): Known {
  const company = known(...subprocessors);
  const sources = Object.entries(looks).map(([id, look]) => sourceOf(id, look));
  const records = sources.flatMap((source) => {
    const look = looks[source.id];
    return look === null || look === undefined ? [] : [recordedBy(source, look)];
  });
  return {
    ...company,
    source: comparing.id,
    content: { ...company.content, sources: [...sources, comparing] },
    evidence: records,
  };
}

function sourceOf(id: string, look: Look | null): Content['sources'][number] {
  const collection = { every: '24h', validFor: '48h', expect: look?.expect ?? {} };
  const fields = { kind: 'browser', title: id, environment: 'production', collect: { 'browser-vendors': collection } };
  return { id, file: `sources/${id}.yaml`, data: Source.parse(fields) };
}

function recordedBy({ id, data }: Content['sources'][number], look: Look): Evidence {
  const { vendors = [], on = '2026-11-03T08:00:00.000Z', complete = true, unknown = 0, fails, judgedBy } = look;
  const [collection] = Object.values(data.collect);
  if (collection === undefined) throw new TypeError('a source without a collection');
  const seen = vendors.toSorted().map((vendor) => ({
    ...{ id: vendor, name: vendor },
    told: [{ kind: 'host' as const, pattern: `${vendor}.com`, count: 1 }],
  }));
  const population = { description: 'Pages', queryDigest: 'a'.repeat(64), count: 1, complete };
  const hosts = { own: 1, known: seen.length, none: [], unknown: [], unknownCount: unknown };
  const reading =
    fails === undefined
      ? { assessment: { population, findings: assessHosts(hosts, 'Of all'), facts: factsOf(seen) } }
      : { unreadable: new SourceUnreadable(fails, 'It did not answer.') };
  const source = { id, data, collection: { ...collection, expect: judgedBy ?? collection.expect } };
  return recorded('browser-vendors', source, reading, on);
}

/** The record that a run of a collector leaves, without one before it. */
export function recorded(
  id: string,
  source: { id: string; data: Source; collection: Collection },
  reading: Reading,
  at: string,
): Evidence {
  const collector = collectors.get(id);
  if (collector === undefined) throw new TypeError(`there is no collector ${id}`);
  const plan = {
    sourceId: source.id,
    source: source.data,
    collection: source.collection,
    collector: { ...collector, expect: z.unknown(), reproduce: () => [] },
  };
  const run = { version: '1', commit: null, trigger: 'manual' as const, startedAt: at, endedAt: at };
  return Evidence.parse({ ...recordOf(plan, run, reading, undefined), id: 'a'.repeat(64), previous: null });
}
