import { bech32 } from '@scure/base';
import { identityToRecipient } from 'age-encryption';

/** Crockford’s Base32: no letter is mistaken for another one or for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 32;

/** What a receipt code opens; all of it follows from the code, and nothing of it leads back. */
export type ReceiptKeys = {
  /** Finds the case and proves who asks, at once: 256 bits in Base64url. The server keeps its digest alone. */
  access: string;
  /** The reporter’s own hybrid age identity, `AGE-SECRET-KEY-PQ-1…`, and its recipient, `age1pq1…`. */
  identity: string;
  recipient: string;
};

/** A new receipt code: 160 random bits as eight groups of four characters. `bytes`: 32 that nobody can guess. */
export function newReceiptCode(bytes: Uint8Array = crypto.getRandomValues(new Uint8Array(LENGTH))): string {
  // 256 is a multiple of 32: no character is likelier than another.
  return [...bytes.subarray(0, LENGTH)]
    .map((byte) => ALPHABET[byte % 32])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-');
}

/**
 * A receipt code as it was typed, in its one form: in small letters or capitals, with or without dashes and blanks, with O
 * for 0 and I or L for 1. Undefined when it is none.
 */
export function readReceiptCode(text: string): string | undefined {
  const plain = text
    .toUpperCase()
    .replace(/[\s\-‐-―]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (plain.length !== LENGTH || [...plain].some((character) => !ALPHABET.includes(character))) return undefined;
  return plain.replace(/(.{4})(?=.)/g, '$1-');
}

/** The keys of a receipt code, the same in every browser and on the server (HKDF with SHA-256, RFC 5869). */
export async function keysOf(code: string): Promise<ReceiptKeys> {
  const secret = await crypto.subtle.importKey('raw', bytesOf(code.replaceAll('-', '')), 'HKDF', false, ['deriveBits']);
  const derive = async (info: string) =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: 'HKDF', hash: 'SHA-256', salt: bytesOf('candor receipt 1'), info: bytesOf(info) },
        secret,
        256,
      ),
    );
  const identity = bech32.encodeFromBytes('AGE-SECRET-KEY-PQ-', await derive('identity')).toUpperCase();
  return { access: base64url(await derive('access')), identity, recipient: await identityToRecipient(identity) };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
