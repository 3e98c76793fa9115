import { join } from 'node:path';
import { folder } from 'virtual:candor/content';
import { keyFileName, keysAt } from '../../ledger/keys/chain.ts';
import { verifierKey } from '../../ledger/log/note.ts';
import { textOf } from '../../ledger/reader.ts';
import { recordFiles } from '../../ledger/records/files.ts';
import { openStatement } from '../../ledger/statement.ts';
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
  /** Go’s verifier keys of all that ever signed checkpoints. */
  verifierKeys: string[];
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
      verifierKeys: keysAt(log.chain, 'checkpoint').map(({ entry, publicKey }) =>
        verifierKey({ name: entry.origin, publicKey }),
      ),
    };
  }
  return undefined;
}
