import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type CandorError, type Content, type Evidence, LogEntry, type PreviousEntry } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { quietly } from '../files/quiet.ts';
import { jsonOf, type Log, newestFirst, readLog } from '../reader.ts';
import { recordOf } from '../times.ts';
import { damagedRecord, readRecord } from './trusted.ts';

/** A record that was found but cannot be trusted. */
export type DamagedRecord = { source: string; collector: string; reason: string; error: CandorError };

/** A record as it was kept: the whole one, what it says now (with the times of its last heartbeat), and its newest entry. */
export type KeptRecord = { record: Evidence; current: Evidence; newest: PreviousEntry };

/** Everything that is recorded in a content folder. `evidence` is what the records say now. */
export type Recorded = {
  evidence: Evidence[];
  damaged: DamagedRecord[];
  /** Records that were looked for and that the log has, but whose file is not there. */
  missing: DamagedRecord[];
  kept: ReadonlyMap<string, KeptRecord>;
  /** The newest entry of each record that was looked for, by `<source>/<collector>`, its files being there or not. */
  newest: ReadonlyMap<string, PreviousEntry>;
};

/**
 * Reads every record; what cannot be trusted is named, never skipped. A record counts only when it is the newest of its
 * kind in the signed log. A folder that is not there holds nothing. `also` names records whose files may be missing.
 * Throws LedgerDamaged, LedgerUnfinished.
 */
export async function readEvidence(content: string, also: readonly RecordName[] = []): Promise<Recorded> {
  return quietly(content, () => readAll(content, also));
}

async function readAll(content: string, also: readonly RecordName[]): Promise<Recorded> {
  const log = await readLog(content);
  const names = await recordNames(content);
  const newest = log === undefined ? new Map() : await newestEntries(content, log, [...names, ...also]);
  const kept = new Map<string, KeptRecord>();
  const missing = also
    .filter((name) => newest.has(keyOf(name)) && !names.some((there) => keyOf(there) === keyOf(name)))
    .map((name) => damagedRecord(content, name, 'it is missing, though the log has it.'));
  const recorded: Recorded = { evidence: [], damaged: [], missing, kept, newest };
  for (const name of names) {
    const result = await readRecord(content, name, log, newest.get(keyOf(name)));
    if ('reason' in result) recorded.damaged.push(result);
    else {
      kept.set(keyOf(name), result);
      recorded.evidence.push(result.current);
    }
  }
  return recorded;
}

/** A record by the names that it is filed under. */
export type RecordName = { source: string; collector: string };

/** The records that a company declares: what each source collects. */
export function declaredRecords({ sources }: Pick<Content, 'sources'>): RecordName[] {
  return sources.flatMap(({ id: source, data }) =>
    Object.keys(data.collect).map((collector) => ({ source, collector })),
  );
}

/** The records that lie in a content folder, by source and collector. */
export async function recordNames(content: string): Promise<RecordName[]> {
  const names: RecordName[] = [];
  const root = join(content, 'evidence');
  for (const source of await list(root, true))
    for (const name of await list(join(root, source), false))
      if (name.endsWith('.json') && !name.startsWith('.') && !/\.(heartbeat|sigstore)\.json$/.test(name))
        names.push({ source, collector: name.slice(0, -'.json'.length) });
  return names;
}

function keyOf({ source, collector }: RecordName): string {
  return `${source}/${collector}`;
}

/** The newest entry of each record, found from the end of the log. */
async function newestEntries(
  content: string,
  log: Log,
  names: readonly RecordName[],
): Promise<Map<string, PreviousEntry>> {
  const wanted = new Set(names.map(keyOf));
  const found = new Map<string, PreviousEntry>();
  if (wanted.size === 0) return found;
  for await (const { index, bytes, hash } of newestFirst(content, log)) {
    const entry = LogEntry.safeParse(jsonOf(bytes.toString('utf8')));
    const record = entry.success ? recordOf(entry.data) : undefined;
    if (record === undefined || !wanted.delete(record)) continue;
    if (entry.data?.schema !== 'candor/retirement@1') found.set(record, { index, digest: hash.toString('hex') });
    if (wanted.size === 0) break;
  }
  return found;
}

/** All records that the log holds and that have not ended, with their newest entries. Throws LedgerDamaged. */
export async function loggedRecords(content: string): Promise<Map<string, PreviousEntry>> {
  const log = await readLog(content);
  const found = new Map<string, PreviousEntry>();
  const ended = new Set<string>();
  if (log === undefined) return found;
  for await (const { index, bytes, hash } of newestFirst(content, log)) {
    const entry = LogEntry.safeParse(jsonOf(bytes.toString('utf8')));
    const record = entry.success ? recordOf(entry.data) : undefined;
    if (record === undefined || ended.has(record) || found.has(record)) continue;
    if (entry.data?.schema === 'candor/retirement@1') ended.add(record);
    else found.set(record, { index, digest: hash.toString('hex') });
  }
  return found;
}

/** The names in `<source>/<collector>`. */
export function recordName(key: string): RecordName {
  const [source = '', collector = ''] = key.split('/');
  return { source, collector };
}

async function list(folder: string, folders: boolean): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() === folders)
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
