import { isRenewal, renew } from '../../posture/heartbeat.ts';
import { Evidence, Heartbeat, type Instant, type PreviousEntry, type Retirement } from '../../schemas/index.ts';
import { jsonBytes } from '../files/bytes.ts';
import { statementOf } from '../statement.ts';
import type { Ledger, NewEntry } from '../writer.ts';
import { recordFiles } from './files.ts';
import { seal, type UnsealedEvidence } from './seal.ts';
import type { KeptRecord, RecordName } from './store.ts';

/**
 * Keeps what a run found: as a whole record, or as a heartbeat when it says what the record before says. Entry,
 * signature, proof and files change as one. `newest` is the newest entry of the record in the log. Gives what the record
 * says now. Throws LedgerNotWritten, LedgerClockBehind.
 */
export async function keep(
  ledger: Ledger,
  unsealed: Omit<UnsealedEvidence, 'previous'>,
  before: KeptRecord | undefined,
  newest: PreviousEntry | undefined,
): Promise<Evidence> {
  const record = seal({ ...unsealed, previous: newest ?? null });
  if (before === undefined || !isRenewal(before.record, record)) {
    await ledger.append([entryOfRecord(ledger, record)]);
    return record;
  }
  const heartbeat: Heartbeat = {
    schema: 'candor/heartbeat@1',
    source: record.source,
    collector: record.collector.id,
    record: before.record.id,
    commit: record.collector.commit,
    run: record.run,
    collectedAt: record.collectedAt,
    previous: before.newest,
  };
  await ledger.append([entryOfHeartbeat(ledger, Heartbeat.parse(heartbeat), jsonBytes(before.record))]);
  return renew(before.record, heartbeat);
}

/** Ends a record: its files go, and the log says so. `newest` is its newest entry in the log. */
export async function retire(
  ledger: Ledger,
  { source, collector }: RecordName,
  newest: PreviousEntry,
  reason: string,
): Promise<void> {
  const entry: Retirement = {
    schema: 'candor/retirement@1',
    source,
    collector,
    at: ledger.now(),
    reason,
    previous: newest,
  };
  const bytes = jsonBytes(entry);
  const files = Object.values(recordFiles(source, collector));
  await ledger.append([{ entry, bytes, files: () => files.map((path) => [path, null]) }]);
}

function entryOfRecord(ledger: Ledger, record: Evidence): NewEntry {
  const files = recordFiles(record.source, record.collector.id);
  const bytes = jsonBytes(record);
  return {
    entry: Evidence.parse(record),
    bytes,
    files: ({ index, proof }) => [
      [files.record, bytes],
      [files.proof, Buffer.from(proof)],
      [files.heartbeat, null],
      [files.heartbeatProof, null],
      [files.bundle, bundle(ledger, [[files.record, bytes]], index, record.collectedAt)],
    ],
  };
}

function entryOfHeartbeat(ledger: Ledger, heartbeat: Heartbeat, record: Buffer): NewEntry {
  const files = recordFiles(heartbeat.source, heartbeat.collector);
  const bytes = jsonBytes(heartbeat);
  const subjects: [string, Buffer][] = [
    [files.record, record],
    [files.heartbeat, bytes],
  ];
  return {
    entry: heartbeat,
    bytes,
    files: ({ index, proof }) => [
      [files.heartbeat, bytes],
      [files.heartbeatProof, Buffer.from(proof)],
      [files.bundle, bundle(ledger, subjects, index, heartbeat.collectedAt)],
    ],
  };
}

function bundle(ledger: Ledger, files: readonly [string, Buffer][], index: number, collectedAt: Instant): Buffer {
  const predicate = { origin: ledger.origin, index, collectedAt };
  return Buffer.from(ledger.sign(statementOf(files, 'urn:candor:evidence:1', predicate)));
}
