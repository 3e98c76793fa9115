import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** Ed25519 in the key ids of signed notes. C2SP signed-note. */
const ED25519 = 0x01;

/** Who signs notes under which name. */
export type NoteSigner = { name: string; privateKey: KeyObject };
/** Whose signature a note may carry. */
export type NoteVerifier = { name: string; publicKey: KeyObject };
/** A note that was read: its text, and the verifiers whose signatures are right. */
export type OpenedNote = { text: string; by: NoteVerifier[] };

/** The 32 bytes of an Ed25519 public key. */
export function rawKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32);
}

/** First 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key). C2SP signed-note. */
export function noteKeyId({ name, publicKey }: NoteVerifier): Buffer {
  return hash(
    'sha256',
    Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), rawKey(publicKey)]),
    'buffer',
  ).subarray(0, 4);
}

/** The verifier key as Go’s sumdb/note reads it: `name+hex(id)+base64(type ‖ key)`. */
export function verifierKey(verifier: NoteVerifier): string {
  const key = Buffer.concat([Buffer.of(ED25519), rawKey(verifier.publicKey)]).toString('base64');
  return `${verifier.name}+${noteKeyId(verifier).toString('hex')}+${key}`;
}

/** Signs a text that ends in a newline, once for each signer. A name has neither spaces nor `+` in it. C2SP signed-note. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n')) throw new TypeError('the text of a note ends in a newline');
  if (!signers.every(({ name }) => /^[^\s+]+$/.test(name)))
    throw new TypeError('a signer’s name has no spaces and no +');
  const lines = signers.map(({ name, privateKey }) => {
    const id = noteKeyId({ name, publicKey: createPublicKey(privateKey) });
    return `— ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Opens a note. Every signature line must be of a known verifier and right, and there must be one at least: this log
 * has no other signers, so a line that nobody can check is a changed line. Gives what is wrong otherwise.
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote | { flaw: string } {
  // Verified bytes are those of the file: text that was not UTF-8 would have changed on the way.
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !note.endsWith('\n')) return { flaw: 'it is not a signed note.' };
  const text = note.slice(0, cut + 1);
  const lines = note
    .slice(cut + 2)
    .split('\n')
    .slice(0, -1);
  const by: NoteVerifier[] = [];
  for (const line of lines) {
    const [, name, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
    if (name === undefined || encoded === undefined) return { flaw: 'a signature line is malformed.' };
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.toString('base64') !== encoded) return { flaw: 'a signature is not proper base64.' };
    const known = verifiers.find((each) => each.name === name && noteKeyId(each).equals(bytes.subarray(0, 4)));
    if (known === undefined) return { flaw: `it is signed by a key that is not known (${name}).` };
    if (!verify(null, Buffer.from(text), known.publicKey, bytes.subarray(4)))
      return { flaw: `the signature of ${name} is wrong.` };
    if (by.includes(known)) return { flaw: `${name} has signed it twice with one key.` };
    by.push(known);
  }
  return by.length === 0 ? { flaw: 'nobody has signed it.' } : { text, by };
}
