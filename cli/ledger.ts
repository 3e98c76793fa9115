import { isUnfinished, recover } from '../ledger/files/commit.ts';
import { lockForWriting } from '../ledger/files/lock.ts';
import { type PrivateKeys, privateKeys } from '../ledger/keys/private.ts';
import { stateFolder } from '../ledger/memory.ts';
import { type Ledger, openLedger, originOf } from '../ledger/writer.ts';
import { type Content, candorError } from '../schemas/index.ts';
import type { Terminal } from './command.ts';

/** The private keys that the environment names. Throws KeysMissing, KeysInvalid, KeysExposed. */
export async function requireKeys(folder: string, { environment }: Terminal): Promise<PrivateKeys> {
  const keys = await privateKeys(environment, folder);
  if (keys === undefined) throw candorError('KeysMissing', {});
  return keys;
}

/** Finishes what a killed writer began; needs no keys. Throws CollectBusy, LedgerNotWritten, LedgerDamaged. */
export async function finishCutOff(folder: string): Promise<void> {
  if (!isUnfinished(folder)) return;
  const lock = await lockForWriting(folder);
  await recover(folder).finally(lock.release);
}

/**
 * Runs `work` with the ledger of a content folder open for writing. Where CANDOR_PUBLISHED names the published page, its
 * head is compared first. Throws what `openLedger` throws.
 */
export async function withLedger<T>(
  folder: string,
  { organization }: Content,
  keys: PrivateKeys,
  { environment, now }: Terminal,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger({
    content: folder,
    origin: originOf(organization.trustUrl),
    keys,
    now,
    state: stateFolder(environment),
    published: environment.CANDOR_PUBLISHED || undefined,
  });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
