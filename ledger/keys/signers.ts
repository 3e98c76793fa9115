import { createPublicKey, type KeyObject } from 'node:crypto';
import { earlier } from '../../posture/time.ts';
import { candorError, type Instant, type KeyUse, type LogKey } from '../../schemas/index.ts';
import type { NoteSigner } from '../log/note.ts';
import { accept, type ChainedKey, fingerprintOf, keyEntry, keysAt, newestKey } from './chain.ts';
import type { PrivateKeys } from './private.ts';

/** The keys of a log that is about to begin. */
export function newChain(keys: PrivateKeys, at: Instant, origin: string): ChainedKey[] {
  const first = [...keys.checkpoint.slice(0, 1), ...keys.statement.slice(0, 1)];
  return first.map((key) => keyEntry(createPublicKey(key), { at, origin })).reduce(extended, [] as ChainedKey[]);
}

/** A longer chain. Throws KeysInvalid for a key that cannot follow. */
export function extended(chain: ChainedKey[], entry: LogKey): ChainedKey[] {
  const longer = accept(chain, entry);
  if ('flaw' in longer) throw candorError('KeysInvalid', { problem: longer.flaw });
  return longer;
}

/** The fingerprint of the first key, by which a log is told from another of the same name. */
export function firstKeyOf(chain: readonly ChainedKey[]): string {
  return chain.find(({ entry }) => entry.use === 'checkpoint')?.entry.fingerprint ?? '';
}

/** The order of keys follows from their times, so each is later than the one before. */
export function afterLastKey(chain: readonly ChainedKey[], now: Instant): Instant {
  const last = Math.max(...chain.map(({ entry }) => Date.parse(entry.at)));
  return new Date(Math.max(Date.parse(now), last + 1)).toISOString();
}

/**
 * The private half of the newest key of a use. With `at` an older one does as well, while it may still sign then.
 * Throws KeysUnknown when none is at hand.
 */
export function privateHalf(chain: readonly ChainedKey[], keys: PrivateKeys, use: KeyUse, at?: Instant): KeyObject {
  const newest = newestKey(chain, use)?.entry.fingerprint ?? '';
  const valid = at === undefined ? [newest] : keysAt(chain, use, at).map(({ entry }) => entry.fingerprint);
  const atHand = byFingerprint(keys[use]);
  const found = valid.map((fingerprint) => atHand.get(fingerprint)).findLast((key) => key !== undefined);
  if (found === undefined) throw candorError('KeysUnknown', { use, fingerprint: newest });
  return found;
}

/** The earlier of an instant and the end of the key that signs for it: a signature is good for no longer than its key. */
export function whileValid(chain: readonly ChainedKey[], key: KeyObject, until: Instant): Instant {
  const fingerprint = fingerprintOf(createPublicKey(key));
  const endsAt = chain.find(({ entry }) => entry.fingerprint === fingerprint)?.endsAt ?? until;
  return earlier(until, endsAt);
}

/**
 * Who signs a checkpoint now: the newest key, and until the hand-over ends the one before, where they are at hand.
 * Throws KeysUnknown when none is.
 */
export function noteSigners(chain: readonly ChainedKey[], keys: PrivateKeys, at: Instant): NoteSigner[] {
  privateHalf(chain, keys, 'checkpoint', at);
  const atHand = byFingerprint(keys.checkpoint);
  return keysAt(chain, 'checkpoint', at).flatMap(({ entry: { origin, fingerprint } }) => {
    const privateKey = atHand.get(fingerprint);
    return privateKey === undefined ? [] : [{ name: origin, privateKey }];
  });
}

function byFingerprint(keys: readonly KeyObject[]): Map<string, KeyObject> {
  return new Map(keys.map((key) => [fingerprintOf(createPublicKey(key)), key]));
}
