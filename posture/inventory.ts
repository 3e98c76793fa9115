import type { Content, DateOn, Evidence, Id, Instant, OpenFailure } from '../schemas/index.ts';
import { watchedIn } from './subprocessor-facts.ts';
import { after } from './time.ts';
import { sawUnknownHosts, vendorsIn } from './vendor-facts.ts';

/** A record that saw a vendor, when it looked, and the patterns of the map that told. */
export type Sighting = { source: Id; collector: Id; at: Instant; patterns: string[] };

/** A source that is observed for vendors, and how its last look ended. */
export type VendorObserver = {
  source: Id;
  collector: Id;
  state: 'looked' | 'partial' | 'stale' | 'failed' | 'never';
  /** The last try; null when there was none. */
  at: Instant | null;
  /** Whether it saw hosts that nobody can name. */
  sawUnknownHosts: boolean;
};

/** A vendor that stands on no list, as the observers’ own failures name it. */
export type UndeclaredVendor = { name: string; reason: string; since: Instant; seenBy: Omit<Sighting, 'patterns'>[] };

/** A vendor that is seen and handles no customers’ data, with the reason. */
export type ExcusedVendor = { name: string; reason: string; seenBy: Omit<Sighting, 'patterns'>[] };

/** The list of subprocessors against what was observed, as pages and files show it. */
export type Inventory = {
  observers: VendorObserver[];
  /** By id of the subprocessor, in the order of the list. */
  declared: ReadonlyMap<Id, { sightings: Sighting[]; lastSeenOn: DateOn | null }>;
  undeclared: UndeclaredVendor[];
  /** Whether a record left some out for its size. */
  undeclaredOmitted: boolean;
  excused: ExcusedVendor[];
};

const declaredCheck = 'every-observed-vendor-is-declared';

/** Joins the list with the records of its observers, as they are at `now`. Pure; nothing is judged here anew. */
export function inventoryOf(
  { subprocessors, sources }: Pick<Content, 'subprocessors' | 'sources'>,
  evidence: readonly Evidence[],
  now: Instant,
): Inventory {
  const records = evidence.filter(({ checks }) => checks.some(({ check }) => check === declaredCheck));
  const comparisons = evidence.filter(({ collector }) => collector.id === 'content-subprocessors');
  const watched = comparisons.map(({ facts }) => watchedIn(facts));
  const seen = records.flatMap((record) =>
    (vendorsIn(record.facts)?.vendors ?? []).map(({ id, told }) => ({
      id,
      sighting: { ...placeOf(record), patterns: told.map(({ kind, pattern }) => `${kind} ${pattern}`) },
    })),
  );
  const declared = subprocessors.map(({ id, data }) => {
    const ids = new Set([...(data.vendors ?? [id]), ...watched.flatMap(({ known }) => known.get(id) ?? [])]);
    const sightings = seen.filter((each) => ids.has(each.id)).map(({ sighting }) => sighting);
    const days = [
      ...sightings.map(({ at }) => at.slice(0, 10)),
      ...watched.flatMap(({ seenBefore }) => seenBefore.get(id) ?? []),
    ];
    return [id, { sightings, lastSeenOn: days.sort().at(-1) ?? null }] as const;
  });
  const failures = records.flatMap((record) =>
    record.checks
      .filter(({ check }) => check === declaredCheck)
      .flatMap(({ openFailures }) => openFailures.map((failure) => ({ failure, record }))),
  );
  return {
    observers: observersOf(sources, records, now),
    declared: new Map(declared),
    undeclared: [...Map.groupBy(failures, ({ failure }) => failure.subject)].map(([name, each]) =>
      undeclared(name, each),
    ),
    undeclaredOmitted: records.some(({ checks }) =>
      checks.some(({ check, openFailuresOmitted }) => check === declaredCheck && openFailuresOmitted > 0),
    ),
    excused: excusedIn(records),
  };
}

function observersOf(sources: Content['sources'], records: readonly Evidence[], now: Instant): VendorObserver[] {
  return sources.flatMap(({ id, data }) =>
    Object.keys(data.collect)
      .filter((collector) => collector.endsWith('-vendors'))
      .map((collector): VendorObserver => {
        const record = records.find((each) => each.source === id && each.collector.id === collector);
        const name = { source: id, collector, sawUnknownHosts: record !== undefined && sawUnknownHosts(record) };
        if (record === undefined) return { ...name, state: 'never', at: null };
        const at = record.collectedAt;
        if (record.population === null) return { ...name, state: 'failed', at };
        if (Date.parse(now) > Date.parse(after(at, record.validFor))) return { ...name, state: 'stale', at };
        return { ...name, state: record.population.complete ? 'looked' : 'partial', at };
      }),
  );
}

function undeclared(name: string, each: readonly { failure: OpenFailure; record: Evidence }[]): UndeclaredVendor {
  const [first] = each;
  const since = each.map(({ failure }) => failure.firstSeenAt).sort()[0] ?? '';
  const seenBy = each.map(({ failure, record }) => ({ ...placeOf(record), at: failure.lastSeenAt }));
  return { name, reason: first?.failure.reason ?? '', since, seenBy };
}

function excusedIn(records: readonly Evidence[]): ExcusedVendor[] {
  const found = records.flatMap((record) =>
    record.findings
      .filter(({ check, outcome }) => check === declaredCheck && outcome === 'not-applicable')
      .map((finding) => ({ finding, record })),
  );
  return [...Map.groupBy(found, ({ finding }) => finding.subject)].map(([name, each]) => ({
    name,
    reason: each[0]?.finding.reason ?? '',
    seenBy: each.map(({ record }) => placeOf(record)),
  }));
}

function placeOf({ source, collector, collectedAt }: Evidence): Omit<Sighting, 'patterns'> {
  return { source, collector: collector.id, at: collectedAt };
}
