import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { renew } from '../../posture/heartbeat.ts';
import {
  type CandorError,
  candorError,
  Evidence,
  Heartbeat,
  LogEntry,
  type PreviousEntry,
} from '../../schemas/index.ts';
import { isUnfinished } from '../files/commit.ts';
import { codeOf } from '../files/error-code.ts';
import { isLocked } from '../files/lock.ts';
import { leafHash, rootFromInclusion } from '../log/merkle.ts';
import { parseProof } from '../log/proof.ts';
import { rootAt } from '../log/tiles.ts';
import { jsonOf, type Log, newestFirst, readLog, textOf } from '../reader.ts';
import { recordOf } from '../times.ts';
import { flawOf } from './seal.ts';

/** A record that was found but cannot be trusted. */
export type DamagedRecord = { source: string; collector: string; reason: string; error: CandorError };

/** A record as it was kept: the whole one, what it says now (with the times of its last heartbeat), and its newest entry. */
export type KeptRecord = { record: Evidence; current: Evidence; newest: PreviousEntry };

/** Everything that is recorded in a content folder. `evidence` is what the records say now. */
export type Recorded = {
  evidence: Evidence[];
  damaged: DamagedRecord[];
  kept: ReadonlyMap<string, KeptRecord>;
  /** The newest entry of each record that was looked for, by `<source>/<collector>`, its files being there or not. */
  newest: ReadonlyMap<string, PreviousEntry>;
};

/** The files of one record, relative to the content folder. Each is published under the same path. */
export function recordFiles(source: string, collector: string) {
  const base = `evidence/${source}/${collector}`;
  return {
    record: `${base}.json`,
    proof: `${base}.tlog-proof`,
    heartbeat: `${base}.heartbeat.json`,
    heartbeatProof: `${base}.heartbeat.tlog-proof`,
    bundle: `${base}.sigstore.json`,
  };
}

/** How often a reader looks again while somebody writes. */
const TRIES = 100;
const PAUSE_MS = 50;

/**
 * Reads every record; what cannot be trusted is named, never skipped. A record counts only when it is the newest of its
 * kind in the signed log. A folder that is not there holds nothing. `also` names records whose files may be missing.
 * Throws LedgerDamaged, LedgerUnfinished.
 */
export async function readEvidence(content: string, also: readonly RecordName[] = []): Promise<Recorded> {
  for (let attempt = 0, cutOff = 0; attempt < TRIES && cutOff < 3; attempt += 1) {
    if (isUnfinished(content)) cutOff = (await isLocked(content)) ? 0 : cutOff + 1;
    else {
      const before = await textOf(join(content, 'ledger/log/checkpoint'));
      const recorded = await readAll(content, also).catch((error: unknown) => ({ error }));
      const after = await textOf(join(content, 'ledger/log/checkpoint'));
      // Somebody may have written in between; then it is neither the old nor the new.
      if (before === after && !isUnfinished(content)) {
        if ('error' in recorded) throw recorded.error;
        return recorded;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw candorError('LedgerUnfinished', { folder: content });
}

async function readAll(content: string, also: readonly RecordName[]): Promise<Recorded> {
  const log = await readLog(content);
  const names = await recordNames(content);
  const newest = log === undefined ? new Map() : await newestEntries(content, log, [...names, ...also]);
  const kept = new Map<string, KeptRecord>();
  const recorded: Recorded = { evidence: [], damaged: [], kept, newest };
  for (const { source, collector } of names) {
    const result = await readRecord(content, source, collector, log, newest);
    if ('reason' in result) recorded.damaged.push(result);
    else {
      kept.set(`${source}/${collector}`, result);
      recorded.evidence.push(result.current);
    }
  }
  return recorded;
}

/** A record by the names that it is filed under. */
export type RecordName = { source: string; collector: string };

/** The records that lie in a content folder, by source and collector. */
async function recordNames(content: string): Promise<RecordName[]> {
  const names: RecordName[] = [];
  const root = join(content, 'evidence');
  for (const source of await list(root, true))
    for (const name of await list(join(root, source), false))
      if (name.endsWith('.json') && !name.startsWith('.') && !/\.(heartbeat|sigstore)\.json$/.test(name))
        names.push({ source, collector: name.slice(0, -'.json'.length) });
  return names;
}

/** The newest entry of each record, found from the end of the log. */
async function newestEntries(
  content: string,
  log: Log,
  names: readonly RecordName[],
): Promise<Map<string, PreviousEntry>> {
  const wanted = new Set(names.map(({ source, collector }) => `${source}/${collector}`));
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

async function readRecord(
  content: string,
  source: string,
  collector: string,
  log: Log | undefined,
  newestOf: ReadonlyMap<string, PreviousEntry>,
): Promise<KeptRecord | DamagedRecord> {
  const files = recordFiles(source, collector);
  const damaged = (reason: string, file = files.record): DamagedRecord => ({
    source,
    collector,
    reason,
    error: candorError('EvidenceDamaged', { problem: reason }, { file: join(content, file), line: 1, column: 1 }),
  });
  try {
    const text = await textOf(join(content, files.record));
    if (text === undefined) return damaged('it vanished while it was read.');
    const value = jsonOf(text);
    if (value === undefined) return damaged('it is not JSON; it was cut off or changed.');
    const flaw = flawOf(value, source, collector);
    if (flaw !== undefined) return damaged(flaw);
    const record = Evidence.parse(value);
    const hash = leafHash(Buffer.from(text));
    const newest = newestOf.get(`${source}/${collector}`);
    if (log === undefined || newest === undefined) return damaged('it is not in the log, so nobody signed it.');

    const heartbeatText = await textOf(join(content, files.heartbeat));
    if (heartbeatText === undefined) {
      if (hash.toString('hex') !== newest.digest) return damaged('the log holds another record that is newer.');
      return { record, current: record, newest };
    }
    const heartbeat = Heartbeat.safeParse(jsonOf(heartbeatText));
    if (!heartbeat.success) return damaged('it is not a heartbeat.', files.heartbeat);
    if (leafHash(Buffer.from(heartbeatText)).toString('hex') !== newest.digest)
      return damaged('it is not the newest entry of its record in the log.', files.heartbeat);
    if (heartbeat.data.record !== record.id) return damaged('it is of another record.', files.heartbeat);
    if (!(await isIncluded(log, hash, (await textOf(join(content, files.proof))) ?? '')))
      return damaged('its proof does not lead to the log.', files.proof);
    return { record, current: renew(record, heartbeat.data), newest };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return damaged(`it cannot be read (${code}).`);
  }
}

/** Whether a proof file leads from a leaf to the log, at the size that the proof was made for. */
async function isIncluded({ checkpoint, readTile }: Log, leaf: Buffer, text: string): Promise<boolean> {
  const proof = parseProof(text);
  const [, size] = proof?.checkpoint.split('\n') ?? [];
  if (proof === undefined || size === undefined || !(Number(size) <= checkpoint.size)) return false;
  const root = rootFromInclusion(leaf, proof.index, Number(size), proof.hashes);
  return root?.equals(await rootAt(Number(size), checkpoint.size, readTile)) ?? false;
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
