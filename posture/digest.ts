import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Collection, Digest } from '../schemas/index.ts';

/** Canonical JSON (RFC 8785). Throws a TypeError for what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** SHA-256 of a text’s UTF-8 bytes. */
export function sha256(text: string): Digest {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** SHA-256 of a value’s canonical JSON. */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

/** Names the declared intent that a run is judged against, so that a later change of intent is noticed. */
export function expectDigest(collection: Collection): Digest {
  return digestOf(collection.expect);
}
