import { HASH_BYTES } from './merkle.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** An inclusion proof as a file: which entry, the hashes, and the checkpoint that they lead to. C2SP tlog-proof. */
export type ProofFile = { index: number; hashes: readonly Buffer[]; checkpoint: string };

/** The text of a proof file. */
export function proofText({ index, hashes, checkpoint }: ProofFile): string {
  return `${[HEADER, `index ${index}`, ...hashes.map((hash) => hash.toString('base64'))].join('\n')}\n\n${checkpoint}`;
}

/** Reads a proof file; undefined when it is none. */
export function parseProof(text: string): ProofFile | undefined {
  const cut = text.indexOf('\n\n');
  if (cut < 0) return undefined;
  const [header, indexLine = '', ...encoded] = text.slice(0, cut).split('\n');
  const [, digits] = /^index (0|[1-9][0-9]{0,15})$/.exec(indexLine) ?? [];
  if (header !== HEADER || digits === undefined) return undefined;
  const hashes = encoded.map((line) => Buffer.from(line, 'base64'));
  const proof = { index: Number(digits), hashes, checkpoint: text.slice(cut + 2) };
  const proper = hashes.every((hash) => hash.length === HASH_BYTES) && proofText(proof) === text;
  return proper ? proof : undefined;
}
