import { hash } from 'node:crypto';
import { canonicalJson } from '../../posture/digest.ts';
import type { FileDigest } from '../../schemas/index.ts';

/** As all JSON is published: canonical, with a newline. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${canonicalJson(value)}\n`);
}

/** A file as lists of files name it. */
export function fileDigest(path: string, bytes: Buffer): FileDigest {
  return { path, bytes: bytes.length, digest: hash('sha256', bytes) };
}

/** The order of such lists. */
export function byPath(a: FileDigest, b: FileDigest): number {
  return a.path < b.path ? -1 : 1;
}
