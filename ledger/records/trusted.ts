import { join } from 'node:path';
import { canonicalJson } from '../../posture/digest.ts';
import { renew } from '../../posture/heartbeat.ts';
import { candorError, Evidence, Heartbeat, type PreviousEntry } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { keysAt } from '../keys/chain.ts';
import { leafHash, rootFromInclusion } from '../log/merkle.ts';
import { parseProof } from '../log/proof.ts';
import { rootAt } from '../log/tiles.ts';
import { jsonOf, type Log, textOf } from '../reader.ts';
import { openStatement, statementOf } from '../statement.ts';
import { recordFiles } from './files.ts';
import { flawOf } from './seal.ts';
import type { DamagedRecord, KeptRecord, RecordName } from './store.ts';

/** A record that was found, or should have been, and cannot be trusted; `reason` is shown to the public. */
export function damagedRecord(content: string, { source, collector }: RecordName, reason: string, file?: string) {
  const place = join(content, file ?? recordFiles(source, collector).record);
  const error = candorError('EvidenceDamaged', { problem: reason }, { file: place, line: 1, column: 1 });
  return { source, collector, reason, error } satisfies DamagedRecord;
}

/**
 * Reads one record with all its files. It counts only when a stranger could prove each of them: `newest` is its newest
 * entry in the log, the proofs lead there, and the bundle signs just these bytes.
 */
export async function readRecord(
  content: string,
  name: RecordName,
  log: Log | undefined,
  newest: PreviousEntry | undefined,
): Promise<KeptRecord | DamagedRecord> {
  const files = recordFiles(name.source, name.collector);
  const damaged = (reason: string, file?: string) => damagedRecord(content, name, reason, file);
  const read = (file: string) => textOf(join(content, file));
  try {
    const text = await read(files.record);
    if (text === undefined) return damaged('it vanished while it was read.');
    const value = jsonOf(text);
    if (value === undefined) return damaged('it is not JSON; it was cut off or changed.');
    const flaw = flawOf(value, name.source, name.collector);
    if (flaw !== undefined) return damaged(flaw);
    const record = Evidence.parse(value);
    if (log === undefined || newest === undefined) return damaged('it is not in the log, so nobody signed it.');

    const bytes = Buffer.from(text);
    const signed: [string, Buffer][] = [[files.record, bytes]];
    let current = record;
    const heartbeatText = await read(files.heartbeat);
    if (heartbeatText === undefined) {
      if (!isLeaf(bytes, newest)) return damaged('the log holds another record that is newer.');
    } else {
      const heartbeat = Heartbeat.safeParse(jsonOf(heartbeatText));
      if (!heartbeat.success) return damaged('it is not a heartbeat.', files.heartbeat);
      const beat = Buffer.from(heartbeatText);
      if (!isLeaf(beat, newest))
        return damaged('it is not the newest entry of its record in the log.', files.heartbeat);
      if (heartbeat.data.record !== record.id) return damaged('it is of another record.', files.heartbeat);
      if (!(await isIncluded(log, beat, await read(files.heartbeatProof))))
        return damaged('its proof is missing or does not lead to the log.', files.heartbeatProof);
      signed.push([files.heartbeat, beat]);
      current = renew(record, heartbeat.data);
    }
    if (!(await isIncluded(log, bytes, await read(files.proof))))
      return damaged('its proof is missing or does not lead to the log.', files.proof);
    if (!isSigned(log, signed, newest.index, current, await read(files.bundle)))
      return damaged('its signature is missing or is not of this record.', files.bundle);
    return { record, current, newest };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return damaged(`it cannot be read (${code}).`);
  }
}

function isLeaf(bytes: Buffer, { digest }: PreviousEntry): boolean {
  return leafHash(bytes).toString('hex') === digest;
}

/** Whether a proof file leads from the bytes of a leaf to the log, at the size that the proof was made for. */
async function isIncluded({ checkpoint, readTile }: Log, bytes: Buffer, text: string | undefined): Promise<boolean> {
  const proof = text === undefined ? undefined : parseProof(text);
  const [, size] = proof?.checkpoint.split('\n') ?? [];
  if (proof === undefined || size === undefined || !(Number(size) <= checkpoint.size)) return false;
  const root = rootFromInclusion(leafHash(bytes), proof.index, Number(size), proof.hashes);
  return root?.equals(await rootAt(Number(size), checkpoint.size, readTile)) ?? false;
}

/** Whether a bundle says just what this record’s bundle says, signed by a key that could sign then. */
function isSigned(
  { chain, checkpoint: { origin } }: Log,
  files: readonly [string, Buffer][],
  index: number,
  { collectedAt }: Evidence,
  text: string | undefined,
): boolean {
  const keys = keysAt(chain, 'statement', collectedAt).map(({ publicKey }) => publicKey);
  const opened = openStatement(text ?? '', keys);
  const expected = statementOf(files, 'urn:candor:evidence:1', { origin, index, collectedAt });
  return 'statement' in opened && canonicalJson(opened.statement) === canonicalJson(expected);
}
