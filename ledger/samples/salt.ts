import { hkdfSync, type KeyObject } from 'node:crypto';
import type { SampleCommitment } from '../../schemas/index.ts';

/** Names what the derived bytes are for, so that nothing else that is ever derived from the same key is a salt. */
const PURPOSE = 'candor/sample-salt@1';

/**
 * The secret salt of one sample: HKDF-SHA256 (RFC 5869) of the private scalar of a statement key, with the commitment’s
 * nonce as salt and the log’s name in the info; 32 bytes.
 *
 * Derived and not stored, so that there is nothing more to keep, to lose or to publish by mistake: who can sign can also
 * draw. Handing it over tells nothing of the key or of the salt of any other sample. Throws a TypeError for a key that is
 * not P-256.
 */
export function saltOf(
  privateKey: KeyObject,
  origin: string,
  { nonce }: Pick<SampleCommitment['salt'], 'nonce'>,
): Buffer {
  const { d } = privateKey.export({ format: 'jwk' });
  if (d === undefined || privateKey.asymmetricKeyType !== 'ec')
    throw new TypeError('a salt is derived from a P-256 key');
  const secret = Buffer.from(d, 'base64url');
  return Buffer.from(hkdfSync('sha256', secret, Buffer.from(nonce, 'hex'), `${PURPOSE} ${origin}`, 32));
}
