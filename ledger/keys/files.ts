import { createPublicKey, type KeyObject } from 'node:crypto';
import type { LogKey } from '../../schemas/index.ts';
import { jsonBytes } from '../files/bytes.ts';
import { verifierKey } from '../log/note.ts';
import { keyFileName } from './chain.ts';

/** The bytes of a key’s entry in the log, which are those of its published file. */
export function keyBytes(entry: LogKey): Buffer {
  return jsonBytes(entry);
}

/** The published files of a key but its proof, by name: the entry, PEM for openssl, and Go’s verifier key. */
export function keyFiles(entry: LogKey): [name: string, bytes: Buffer][] {
  const name = keyFileName(entry);
  const publicKey: KeyObject = createPublicKey({
    key: Buffer.from(entry.publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const files: [string, Buffer][] = [
    [`${name}.json`, keyBytes(entry)],
    [`${name}.pem`, Buffer.from(pem)],
  ];
  if (entry.use === 'checkpoint')
    files.push([`${name}.vkey`, Buffer.from(`${verifierKey({ name: entry.origin, publicKey })}\n`)]);
  return files;
}
