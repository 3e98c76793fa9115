import type { Instant } from '../../schemas/index.ts';
import { type ChainedKey, fingerprintOf, keyFileName, keysAt } from '../keys/chain.ts';
import { keyFiles } from '../keys/files.ts';
import { fails, type ProvenFiles } from './files.ts';
import type { ProvenLog } from './log.ts';

/** That the published keys are those of the log, no more and no less. Throws DoesNotHold. */
export async function verifyKeys(files: ProvenFiles, { history: { chain } }: ProvenLog): Promise<void> {
  const expected = new Set(['keys/index.html']);
  for (const { entry } of chain) {
    for (const [name, bytes] of keyFiles(entry)) {
      const path = `keys/${name}`;
      expected.add(path);
      if (files.digestOf(path) === undefined) throw fails(path, 'it is missing; the log has this key.');
      if (!(await files.read(path)).equals(bytes)) throw fails(path, 'it is not the key that the log has.');
    }
    const proof = `keys/${keyFileName(entry)}.tlog-proof`;
    expected.add(proof);
    if (files.digestOf(proof) === undefined) throw fails(proof, 'it is missing; the log has this key.');
  }
  for (const path of files.paths(/^keys\//))
    if (!expected.has(path)) throw fails(path, 'it is a key that the log does not have.');
}

/**
 * That the manifest is signed by a key of the log that may sign at `now`: whoever has an old one could date back what it
 * signs. Throws DoesNotHold.
 */
export function requireSigner(files: ProvenFiles, { history: { chain } }: ProvenLog, now: Instant): void {
  const signers = keysAt(chain, 'statement', now).map(({ publicKey }) => fingerprintOf(publicKey));
  if (!signers.includes(files.signedBy))
    throw fails(
      'manifest.sigstore.json',
      'it is signed by a key that is not in the log, or that could not sign any more.',
    );
}

/** That the key whose fingerprint begins so is among the keys of the log. Throws DoesNotHold. */
export function requirePinned(chain: readonly ChainedKey[], pinned: string): void {
  if (!chain.some(({ entry }) => entry.fingerprint.startsWith(pinned)))
    throw fails('keys/', `none of these keys has the fingerprint that you gave (${pinned}).`, 'fingerprint');
}
