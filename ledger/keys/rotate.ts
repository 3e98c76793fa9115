import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Instant, KeyUse, LogKey } from '../../schemas/index.ts';
import type { Ledger } from '../writer.ts';
import { type ChainedKey, fingerprintOf } from './chain.ts';
import { replaceKeyFile } from './key-file.ts';
import { makeKeys, type PrivateKeys, parseKeys } from './private.ts';
import { privateHalf } from './signers.ts';

/**
 * Hands the log over to a new pair of keys. These are added to `pem`, the keys until now, and written to `file` before
 * the log names them: a crash in between leaves keys that nobody uses yet, and the next rotation takes them. Gives the
 * new entries. Throws KeysExposed, KeysNotWritten, KeysUnknown, LedgerNotWritten.
 */
export async function rotateKeys(
  ledger: Ledger,
  { file, pem, onDisk }: { file: string; pem: string; onDisk: boolean },
  endsAt: Instant,
): Promise<LogKey[]> {
  for (const use of ['checkpoint', 'statement'] as const) privateHalf(ledger.chain(), parseKeys(pem), use);
  const left = unusedPair(ledger.chain(), parseKeys(pem));
  const text = left === undefined ? `${pem.trimEnd()}\n${makeKeys()}` : pem;
  if (text !== pem || !onDisk) await replaceKeyFile(file, text, ledger.content);
  return ledger.handOver(unusedPair(ledger.chain(), parseKeys(text)) ?? { checkpoint: [], statement: [] }, endsAt);
}

/** The last pair that the log does not know. */
function unusedPair(chain: readonly ChainedKey[], keys: PrivateKeys): PrivateKeys | undefined {
  const known = new Set(chain.map(({ entry }) => entry.fingerprint));
  const last = (use: KeyUse): KeyObject | undefined =>
    keys[use].findLast((key) => !known.has(fingerprintOf(createPublicKey(key))));
  const [checkpoint, statement] = [last('checkpoint'), last('statement')];
  return checkpoint === undefined || statement === undefined
    ? undefined
    : { checkpoint: [checkpoint], statement: [statement] };
}
