import { HASH_BYTES } from './merkle.ts';
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './note.ts';

/** What a checkpoint says: which log, how many entries, and their root. C2SP tlog-checkpoint. */
export type Checkpoint = { origin: string; size: number; root: Buffer };

/** The text of a checkpoint: origin, size and base64 root, a line each. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** A signed checkpoint. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[]): string {
  return signNote(checkpointText(checkpoint), signers);
}

/** Reads a checkpoint without its signatures; undefined when it is none. Extension lines are not used here. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [, origin, digits, encoded] =
    /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:\n|$)/.exec(text) ?? [];
  if (origin === undefined || digits === undefined || encoded === undefined) return undefined;
  const root = Buffer.from(encoded, 'base64');
  const size = Number(digits);
  if (root.length !== HASH_BYTES || root.toString('base64') !== encoded || !Number.isSafeInteger(size))
    return undefined;
  return { origin, size, root };
}

/** Opens a signed checkpoint, or says what is wrong with it. */
export function openCheckpoint(
  note: string,
  verifiers: readonly NoteVerifier[],
): { checkpoint: Checkpoint; by: NoteVerifier[] } | { flaw: string } {
  const opened = openNote(note, verifiers);
  if ('flaw' in opened) return opened;
  const checkpoint = parseCheckpoint(opened.text);
  // Each byte has a meaning: what this project would not write itself is not a checkpoint of it.
  if (checkpoint === undefined || checkpointText(checkpoint) !== opened.text)
    return { flaw: 'it is not a checkpoint.' };
  return { checkpoint, by: opened.by };
}
