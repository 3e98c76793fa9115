import type { Instant, KeyUse } from '../../schemas/index.ts';
import { type ChainedKey, keysAt, noteVerifiers } from '../keys/chain.ts';
import { openCheckpoint, parseCheckpoint } from '../log/checkpoint.ts';
import { rootFromInclusion } from '../log/merkle.ts';
import { type ProofFile, parseProof } from '../log/proof.ts';
import { openStatement, type Statement } from '../statement.ts';
import { fails, leafOf, type ProvenFiles } from './files.ts';
import type { ProvenLog } from './log.ts';

/** A proof file that was read, with the size of the log that it leads to. */
export type ReadProof = ProofFile & { path: string; size: number; root: Buffer };

/** Reads all proof files. Throws DoesNotHold for one that is none. */
export async function readProofs(files: ProvenFiles): Promise<ReadProof[]> {
  const proofs: ReadProof[] = [];
  for (const path of files.paths(/\.tlog-proof$/)) {
    const proof = parseProof(await files.text(path));
    const checkpoint = proof === undefined ? undefined : parseCheckpoint(proof.checkpoint);
    if (proof === undefined || checkpoint === undefined) throw fails(path, 'it is not an inclusion proof.');
    proofs.push({ ...proof, path, size: checkpoint.size, root: checkpoint.root });
  }
  return proofs;
}

/** That each proof leads from the file beside it to a checkpoint that this log had. Throws DoesNotHold. */
export async function verifyProofs(files: ProvenFiles, proofs: readonly ReadProof[], log: ProvenLog): Promise<void> {
  const verifiers = noteVerifiers(log.history.chain);
  for (const { path, index, hashes, checkpoint, size, root } of proofs) {
    const subject = path.replace(/\.tlog-proof$/, '.json');
    const opened = openCheckpoint(checkpoint, verifiers);
    if ('flaw' in opened) throw fails(path, opened.flaw);
    if (opened.checkpoint.origin !== log.checkpoint.origin) throw fails(path, 'it leads to another log.');
    if (log.rootAt.get(size)?.equals(root) !== true)
      throw fails(path, 'it leads to a checkpoint that this log never had.');
    const reached = rootFromInclusion(await leafOf(files, subject), index, size, hashes);
    if (reached?.equals(root) !== true) throw fails(path, `it does not lead from ${subject} to its checkpoint.`);
  }
}

/** A bundle that was opened with the keys that could sign at an instant. Throws DoesNotHold. */
export async function openBundleAt(
  files: ProvenFiles,
  path: string,
  chain: readonly ChainedKey[],
  at: Instant,
): Promise<Statement> {
  const use: KeyUse = 'statement';
  const opened = openStatement(
    await files.text(path),
    keysAt(chain, use, at).map(({ publicKey }) => publicKey),
  );
  if ('flaw' in opened) throw fails(path, opened.flaw);
  return opened.statement;
}
