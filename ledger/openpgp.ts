import {
  createCleartextMessage,
  createMessage,
  type PrivateKey,
  type PublicKey,
  readKey,
  readPrivateKey,
  sign,
} from 'openpgp';
import { candorError } from '../schemas/index.ts';
import { readKeyFile } from './keys/private.ts';

/** A key that signs for readers who have OpenPGP alone (RFC 9580); no secret of ours is in `publicKey`. */
export type OpenpgpKey = { privateKey: PrivateKey; publicKey: string };

/**
 * The signing key: armored in CANDOR_OPENPGP_KEY, or in the file that CANDOR_OPENPGP_KEY_FILE names. Undefined when neither
 * is set. Throws OpenpgpKeyInvalid, KeysUnreadable, and KeysExposed for a file that others can read.
 */
export async function openpgpKey(
  environment: Readonly<Record<string, string | undefined>>,
  content: string,
): Promise<OpenpgpKey | undefined> {
  const { CANDOR_OPENPGP_KEY: armored, CANDOR_OPENPGP_KEY_FILE: file } = environment;
  if (armored) return parseKey(armored, 'CANDOR_OPENPGP_KEY');
  return file ? parseKey(await readKeyFile(file, content), file) : undefined;
}

async function parseKey(armoredKey: string, source: string): Promise<OpenpgpKey> {
  const invalid = (problem: string) => candorError('OpenpgpKeyInvalid', { source, problem });
  const privateKey = await readPrivateKey({ armoredKey }).catch(() => undefined);
  if (privateKey === undefined) throw invalid('it is no armored private key');
  if (!privateKey.isDecrypted()) throw invalid('it is protected by a passphrase');
  const signing = await privateKey.getSigningKey().catch(() => undefined);
  if (signing === undefined) throw invalid('it cannot sign, or no longer');
  return { privateKey, publicKey: privateKey.toPublic().armor() };
}

/** A public key and its fingerprint, 40 or more hexadecimal digits in upper case. Throws for a text that is none. */
export async function readPublicKey(armoredKey: string): Promise<{ key: PublicKey; fingerprint: string }> {
  const key = await readKey({ armoredKey });
  return { key, fingerprint: key.getFingerprint().toUpperCase() };
}

/**
 * A detached, armored signature over exactly these bytes. It is of `at`, or of the key’s own making where that is later, and
 * holds no random value of ours: with Ed25519 and RSA the same bytes have the same signature in every build.
 */
export async function signDetached(key: OpenpgpKey, bytes: Uint8Array, at: Date): Promise<string> {
  const message = await createMessage({ binary: bytes });
  return sign({ message, detached: true, format: 'armored', ...signing(key, at) });
}

/** A text with its signature around it, which stays readable (RFC 9580, 7): it is over lines that end in CRLF, however they are written. */
export async function signCleartext(key: OpenpgpKey, text: string, at: Date): Promise<string> {
  const message = await createCleartextMessage({ text });
  const signed = await sign({ message, format: 'armored', ...signing(key, at) });
  return signed.replaceAll('\r\n', '\n');
}

function signing({ privateKey }: OpenpgpKey, at: Date) {
  const made = [privateKey, ...privateKey.getSubkeys()].map((key) => key.getCreationTime().getTime());
  const date = new Date(Math.max(at.getTime(), ...made));
  return { signingKeys: privateKey, date, config: { nonDeterministicSignaturesViaNotation: false } };
}
