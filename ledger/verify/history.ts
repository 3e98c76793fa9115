import { hash } from 'node:crypto';
import { renew } from '../../posture/heartbeat.ts';
import {
  type Evidence,
  type Instant,
  LogEntry,
  type LogKey,
  type PreviousEntry,
  type Release,
} from '../../schemas/index.ts';
import { accept, type ChainedKey } from '../keys/chain.ts';
import { jsonOf } from '../reader.ts';
import { evidenceId } from '../records/seal.ts';
import { commitmentFlaw, drawFlaw } from '../samples/rules.ts';
import type { Sample } from '../samples/store.ts';
import { isBefore, latest, TIME_SLACK_MS, timeOf } from '../times.ts';
import { contradictionIn } from './contradiction.ts';
import { type HeartbeatFacts, heartbeatIn } from './heartbeat-text.ts';

/** The newest state of one record, as the log tells it. */
export type RecordHead = {
  /** Its newest entry: a record or a heartbeat. */
  newest: PreviousEntry;
  collectedAt: Instant;
  /** The entry that holds the record whole, and the record in it. */
  whole: PreviousEntry;
  record: Evidence;
};

/** A version, as the log tells it. */
export type LoggedRelease = { release: Release; index: number; digest: string };

/** The tree before an entry, which a release names. */
export type TreeBefore = () => string;

/**
 * Reads a log from its first entry and refuses what an honest writer cannot write: an entry that does not follow the one
 * before of its record (removed, reordered, replayed), one that is dated back or in the future or contradicts itself, a
 * key that nobody handed over to, a version out of turn. Memory grows with the number of records, versions and samples, not of entries.
 */
export class History {
  chain: ChainedKey[] = [];
  readonly records = new Map<string, RecordHead>();
  readonly releases: LoggedRelease[] = [];
  readonly samples: Sample[] = [];
  newest: Instant | undefined;
  readonly #origin: string;
  readonly #now: Instant;

  constructor(origin: string, now: Instant) {
    this.#origin = origin;
    this.#now = now;
  }

  /** Takes the next entry; gives what is wrong with it, or undefined. */
  add(index: number, bytes: Buffer, leaf: Buffer, rootBefore: TreeBefore): string | undefined {
    const place = (): PreviousEntry => ({ index, digest: leaf.toString('hex') });
    const heartbeat = heartbeatIn(bytes);
    if (heartbeat !== undefined) return this.#time(heartbeat.endedAt) ?? this.#heartbeat(heartbeat, place());
    const parsed = LogEntry.safeParse(jsonOf(bytes.toString('utf8')));
    if (!parsed.success) return 'it is no entry that this version knows.';
    return this.#time(timeOf(parsed.data)) ?? this.#entry(parsed.data, place(), bytes, rootBefore);
  }

  #time(at: Instant): string | undefined {
    if (isBefore(this.#now, at, TIME_SLACK_MS)) return `it is dated in the future (${at}).`;
    if (this.newest !== undefined && isBefore(at, this.newest, TIME_SLACK_MS))
      return `it is dated back: it says ${at}, but an entry before it is from ${this.newest}.`;
    this.newest = latest(this.newest, at);
    return undefined;
  }

  #entry(entry: LogEntry, place: PreviousEntry, bytes: Buffer, rootBefore: TreeBefore): string | undefined {
    switch (entry.schema) {
      case 'candor/key@1':
        return this.#key(entry);
      case 'candor/release@1':
        return this.#release(entry, place.index, hash('sha256', bytes), rootBefore);
      case 'candor/evidence@1':
        return this.#record(entry, place);
      case 'candor/sample-commitment@1': {
        const flaw = commitmentFlaw(entry, this.#origin, this.samples, this.newest);
        this.samples.push({ commitment: entry, place, drawn: undefined });
        return flaw;
      }
      case 'candor/sample-draw@1': {
        const flaw = drawFlaw(entry, this.#origin, this.samples);
        const sample = this.samples[entry.number - 1];
        if (sample !== undefined) sample.drawn = { draw: entry, place };
        return flaw;
      }
      case 'candor/heartbeat@1': {
        const { source, collector, collectedAt, record, previous, run } = entry;
        const name = `${source}/${collector}`;
        return this.#heartbeat({ name, collectedAt, endedAt: run.endedAt, record, previous }, place);
      }
      case 'candor/retirement@1': {
        const name = `${entry.source}/${entry.collector}`;
        const flaw = follows(name, this.records.get(name), entry.previous);
        if (flaw === undefined) this.records.delete(name);
        return flaw;
      }
    }
  }

  #key(entry: LogKey): string | undefined {
    if (entry.origin !== this.#origin) return 'it is a key of another log.';
    const longer = accept(this.chain, entry);
    if ('flaw' in longer) return longer.flaw;
    this.chain = longer;
    return undefined;
  }

  #release(release: Release, index: number, digest: string, rootBefore: TreeBefore): string | undefined {
    const before = this.releases.at(-1);
    if (release.origin !== this.#origin) return 'it is a version of another page.';
    if (release.number !== (before?.release.number ?? 0) + 1)
      return `it is version ${release.number}, but the one before it is ${before?.release.number ?? 'none'}.`;
    if (
      (release.previous?.digest ?? '') !== (before?.digest ?? '') ||
      release.previous?.number !== before?.release.number
    )
      return `version ${release.number} does not follow the version before it.`;
    if (release.log.size !== index || release.log.root !== rootBefore())
      return `version ${release.number} was made for another log.`;
    if (!isBefore(release.publishedAt, release.expiresAt))
      return `version ${release.number} had expired when it was made.`;
    this.releases.push({ release, index, digest });
    return undefined;
  }

  #record(entry: Evidence, place: PreviousEntry): string | undefined {
    const name = `${entry.source}/${entry.collector.id}`;
    const { collectedAt, previous, run, id } = entry;
    const head = this.records.get(name);
    const flaw = follows(name, head, previous) ?? collected(name, head, collectedAt, run.endedAt);
    if (flaw !== undefined) return flaw;
    if (evidenceId(entry) !== id) return 'its content does not match its id.';
    const contradiction = contradictionIn(entry, head?.record);
    if (contradiction !== undefined) return contradiction;
    this.records.set(name, { newest: place, collectedAt, whole: place, record: entry });
    return undefined;
  }

  /** What the records say as of the last entry, by `<source>/<collector>`. */
  said(): Map<string, Evidence> {
    const said = ([name, { record, collectedAt }]: [string, RecordHead]): [string, Evidence] => {
      const { commit } = record.collector;
      // Who ran it, and for how long, is no part of what it says.
      return [
        name,
        collectedAt === record.collectedAt ? record : renew(record, { collectedAt, commit, run: record.run }),
      ];
    };
    return new Map([...this.records].map(said));
  }

  #heartbeat(
    { name, collectedAt, endedAt, record, previous }: HeartbeatFacts,
    place: PreviousEntry,
  ): string | undefined {
    const head = this.records.get(name);
    const flaw = follows(name, head, previous) ?? collected(name, head, collectedAt, endedAt);
    if (flaw !== undefined) return flaw;
    if (head === undefined || record !== head.record.id) return 'it renews a record that is not there.';
    head.newest = place;
    head.collectedAt = collectedAt;
    return undefined;
  }
}

/** Each entry of a record names the one before it, so none can be taken out, moved or played again. */
function follows(name: string, head: RecordHead | undefined, previous: PreviousEntry | null): string | undefined {
  const newest = head?.newest;
  if (previous?.index === newest?.index && previous?.digest === newest?.digest) return undefined;
  return `it does not follow the newest entry of ${name}: something was removed, reordered or put back.`;
}

function collected(name: string, head: RecordHead | undefined, at: Instant, endedAt: Instant): string | undefined {
  if (head !== undefined && !isBefore(head.collectedAt, at))
    return `it is dated back: ${name} was collected at ${head.collectedAt} before, and this says ${at}.`;
  return isBefore(endedAt, at) ? 'it ended before it was collected.' : undefined;
}
