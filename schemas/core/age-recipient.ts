import { bech32 } from '@scure/base';

/** The public key of X25519 with ML-KEM-768, in bytes (c2sp.org/age). */
const HYBRID_BYTES = 1216;

/** Whether a text is a hybrid age recipient, `age1pq1…`: whole, with its checksum, and of the right length. */
export function isHybridRecipient(text: string): boolean {
  // No limit on the length: a specification of Bech32 has one, that of age has none.
  const decoded = text.startsWith('age1pq1') ? bech32.decodeUnsafe(text, false) : undefined;
  if (!decoded) return false;
  return bech32.fromWordsUnsafe(decoded.words)?.length === HYBRID_BYTES;
}
