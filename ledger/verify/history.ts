import { hash } from 'node:crypto';
import {
  type Evidence,
  type Heartbeat,
  type Instant,
  LogEntry,
  type LogKey,
  type PreviousEntry,
  type Release,
  type Retirement,
} from '../../schemas/index.ts';
import { accept, type ChainedKey } from '../keys/chain.ts';
import { jsonOf } from '../reader.ts';
import { evidenceId } from '../records/seal.ts';
import { latest, recordOf, TIME_SLACK_MS, timeOf } from '../times.ts';

/** The newest state of one record, as the log tells it. */
export type RecordHead = {
  /** Its newest entry: a record or a heartbeat. */
  newest: PreviousEntry;
  collectedAt: Instant;
  /** The entry that holds the record whole, and its id. */
  whole: PreviousEntry;
  id: string;
};

/** A version, as the log tells it. */
export type LoggedRelease = { release: Release; index: number; digest: string };

/** The tree before an entry, which a release names. */
export type TreeBefore = () => string;

/**
 * Reads a log from its first entry and refuses what an honest writer cannot write: an entry that does not follow the one
 * before of its record (removed, reordered, replayed), one that is dated back or in the future, a key that nobody handed
 * over to, a version out of turn. Memory grows with the number of records and versions, not of entries.
 */
export class History {
  chain: ChainedKey[] = [];
  readonly records = new Map<string, RecordHead>();
  readonly releases: LoggedRelease[] = [];
  newest: Instant | undefined;
  readonly #origin: string;
  readonly #now: Instant;

  constructor(origin: string, now: Instant) {
    this.#origin = origin;
    this.#now = now;
  }

  /** Takes the next entry; gives what is wrong with it, or undefined. */
  add(index: number, bytes: Buffer, leaf: Buffer, rootBefore: TreeBefore): string | undefined {
    const parsed = LogEntry.safeParse(jsonOf(bytes.toString('utf8')));
    if (!parsed.success) return 'it is no entry that this version knows.';
    const entry = parsed.data;
    const at = timeOf(entry);
    if (Date.parse(at) > Date.parse(this.#now) + TIME_SLACK_MS) return `it is dated in the future (${at}).`;
    if (this.newest !== undefined && Date.parse(at) < Date.parse(this.newest) - TIME_SLACK_MS)
      return `it is dated back: it says ${at}, but an entry before it is from ${this.newest}.`;
    this.newest = latest(this.newest, at);
    const place: PreviousEntry = { index, digest: leaf.toString('hex') };
    switch (entry.schema) {
      case 'candor/key@1':
        return this.#key(entry);
      case 'candor/release@1':
        return this.#release(entry, index, hash('sha256', bytes), rootBefore);
      default:
        return this.#record(entry, place);
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
    this.releases.push({ release, index, digest });
    return undefined;
  }

  #record(entry: Evidence | Heartbeat | Retirement, place: PreviousEntry): string | undefined {
    const name = recordOf(entry) ?? '';
    const head = this.records.get(name);
    const { previous } = entry;
    if (previous?.index !== head?.newest.index || previous?.digest !== head?.newest.digest)
      return `it does not follow the newest entry of ${name}: something was removed, reordered or put back.`;
    if (entry.schema === 'candor/retirement@1') {
      this.records.delete(name);
      return undefined;
    }
    const { collectedAt, run } = entry;
    if (head !== undefined && Date.parse(collectedAt) <= Date.parse(head.collectedAt))
      return `it is dated back: ${name} was collected at ${head.collectedAt} before, and this says ${collectedAt}.`;
    if (Date.parse(run.endedAt) < Date.parse(collectedAt)) return 'it ended before it was collected.';
    if (entry.schema === 'candor/evidence@1') {
      if (evidenceId(entry) !== entry.id) return 'its content does not match its id.';
      this.records.set(name, { newest: place, collectedAt, whole: place, id: entry.id });
      return undefined;
    }
    if (head === undefined || entry.record !== head.id) return 'it renews a record that is not there.';
    this.records.set(name, { ...head, newest: place, collectedAt });
    return undefined;
  }
}
