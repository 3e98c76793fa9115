import { isUnfinished, recover } from '../ledger/files/commit.ts';
import { lockForWriting } from '../ledger/files/lock.ts';
import { type PrivateKeys, privateKeys } from '../ledger/keys/private.ts';
import { stateFolder } from '../ledger/memory.ts';
import { type Ledger, type LedgerOptions, openLedger, originOf } from '../ledger/writer.ts';
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

/** The log of a content folder, and what is known of it: where CANDOR_PUBLISHED names the published page, its head too. */
export function ledgerOptions(
  folder: string,
  { organization }: Content,
  keys: PrivateKeys,
  { environment, now, err }: Terminal,
): LedgerOptions {
  return {
    content: folder,
    origin: originOf(organization.trustUrl),
    keys,
    now,
    state: stateFolder(environment),
    published: environment.CANDOR_PUBLISHED || undefined,
    notice: (message) => err(`${message}\n`),
  };
}

/** Runs `work` with the ledger of a content folder open for writing. Throws what `openLedger` throws. */
export async function withLedger<T>(
  folder: string,
  content: Content,
  keys: PrivateKeys,
  terminal: Terminal,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  const ledger = await openLedger(ledgerOptions(folder, content, keys, terminal));
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
