import { join } from 'node:path';
import { folder } from 'virtual:candor/content';
import { type ChainedKey, keyFileName, keysAt } from '../../ledger/keys/chain.ts';
import { verifierKey } from '../../ledger/log/note.ts';
import { jsonOf, type Log, lastBundle, textOf } from '../../ledger/reader.ts';
import { recordFiles } from '../../ledger/records/files.ts';
import { openStatement } from '../../ledger/statement.ts';
import { latest, timeOf } from '../../ledger/times.ts';
import { type Instant, LogEntry } from '../../schemas/index.ts';
import type { Site } from '../trust.ts';

/** A record of this page that the commands on /verify/ can be tried on. Paths are relative to the page’s root. */
export type Example = {
  /** The record without the end of its name: `evidence/<source>/<collector>`. */
  record: string;
  /** The files that its signature covers: the record, and its newest heartbeat when there is one. */
  signed: string[];
  bundle: string;
  /** The public key that has signed it, in PEM. */
  key: string;
  /** The file whose bytes are its newest leaf, and the proof that it is in the log. */
  leaf: string;
  proof: string;
  /** Go’s verifier keys of those that may sign the head of the log as it is, each with the end of its time or nothing. */
  headKeys: [key: string, until: string][];
  /** The same of all that ever could. */
  allKeys: string[];
};

/** The first record with a signature that holds; undefined when there is none. */
export async function exampleOf({ kept, log }: Site): Promise<Example | undefined> {
  if (log === undefined) return undefined;
  const keys = keysAt(log.chain, 'statement');
  for (const [name, { record, current }] of [...kept].sort(([a], [b]) => a.localeCompare(b))) {
    const files = recordFiles(record.source, record.collector.id);
    const opened = openStatement(
      (await textOf(join(folder, files.bundle))) ?? '',
      keys.map(({ publicKey }) => publicKey),
    );
    const signer = 'by' in opened ? keys.find(({ publicKey }) => publicKey.equals(opened.by)) : undefined;
    if (signer === undefined || 'flaw' in opened) continue;
    const renewed = current !== record;
    return {
      record: `evidence/${name}`,
      signed: opened.statement.subject.map((subject) => subject.name),
      bundle: files.bundle,
      key: `keys/${keyFileName(signer.entry)}.pem`,
      leaf: renewed ? files.heartbeat : files.record,
      proof: renewed ? files.heartbeatProof : files.proof,
      headKeys: keysAt(log.chain, 'checkpoint', await newestOf(log)).map((key) => [
        verifierKeyOf(key),
        key.endsAt ?? '',
      ]),
      allKeys: keysAt(log.chain, 'checkpoint').map(verifierKeyOf),
    };
  }
  return undefined;
}

/** When the newest entry was made, and the head of the log signed: a key that ended since then could still sign it. */
async function newestOf(log: Log): Promise<Instant | undefined> {
  const times = (await lastBundle(folder, log)).map((bytes) => timeOf(LogEntry.parse(jsonOf(bytes.toString('utf8')))));
  return times.reduce<Instant | undefined>((newest, at) => latest(newest, at), undefined);
}

function verifierKeyOf({ entry, publicKey }: ChainedKey): string {
  return verifierKey({ name: entry.origin, publicKey });
}
