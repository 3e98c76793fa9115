import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Digest } from '../../schemas/index.ts';

/** How long a code is valid, in seconds, and how many steps before and after it are accepted: clocks differ (RFC 6238, 5.2). */
const PERIOD = 30;
const SKEW = 1;
/** Bytes of a nonce and of a tag of AES-GCM. */
const NONCE = 12;
const TAG = 16;

/** What a new account gets, once: the key, and the seed of its codes as an address for an app and as text to be typed. */
export type NewFactors = { key: string; uri: string; seed: string };

/** What is kept of them: neither opens anything without the other factor or the key itself. */
export type KeptFactors = { keyDigest: Digest; sealedSeed: string };

/** Makes both factors of an account: a key of 256 random bits, and a seed of 160 for codes (RFC 4226, 4). */
export function newFactors(account: string, issuer: string): { shown: NewFactors; kept: KeptFactors } {
  const key = randomBytes(32).toString('base64url');
  const secret = new Secret({ size: 20 });
  const uri = totp(secret, { issuer, label: account }).toString();
  const kept = { keyDigest: digestOfKey(key), sealedSeed: sealSeed(key, secret) };
  return { shown: { key, uri, seed: secret.base32 }, kept };
}

/** SHA-256 of a key, by which its account is found: no comparison tells by its time how much of it was right. */
export function digestOfKey(key: string): Digest {
  return hash('sha256', `staff-key:${key}`);
}

/** The time step whose code this is, near `at`; undefined for a wrong code, and for a seed that this key does not open. */
export function stepOf(key: string, sealedSeed: string, code: string, at: Date): number | undefined {
  const secret = openSeed(key, sealedSeed);
  // A key that opens nothing takes as much work as one that does.
  const timestamp = at.getTime();
  const delta = totp(secret ?? new Secret({ size: 20 })).validate({ token: code, timestamp, window: SKEW });
  return secret === undefined || delta === null ? undefined : TOTP.counter({ period: PERIOD, timestamp }) + delta;
}

function totp(secret: Secret, names: { issuer?: string; label?: string } = {}): TOTP {
  return new TOTP({ ...names, secret, algorithm: 'SHA1', digits: 6, period: PERIOD });
}

function sealSeed(key: string, secret: Secret): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', sealKeyOf(key), nonce);
  return Buffer.concat([nonce, cipher.update(secret.bytes), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function openSeed(key: string, sealed: string): Secret | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealKeyOf(key), bytes.subarray(0, NONCE));
    decipher.setAuthTag(bytes.subarray(-TAG));
    const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
    return new Secret({ buffer: Uint8Array.from(opened).buffer });
  } catch {
    return undefined;
  }
}

/** HKDF (RFC 5869): what encrypts does not follow from the digest that is kept. */
function sealKeyOf(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'candor staff totp seed', 32));
}
