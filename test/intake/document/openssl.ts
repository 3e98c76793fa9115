import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Seal } from '../../../intake/document/seal.ts';

/** What `openssl cms -verify` says of a seal at a time, with this certificate alone trusted. Throws when it refuses. */
export async function openssl({ signature, signed }: Seal, certificate: string, at = new Date()): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'candor-seal-'));
  const file = async (name: string, bytes: string | Uint8Array) => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  try {
    const { stderr } = await promisify(execFile)('openssl', [
      ...['cms', '-verify', '-binary', '-inform', 'DER', '-in', await file('seal.der', signature)],
      ...['-content', await file('content.bin', signed), '-CAfile', await file('certificate.pem', certificate)],
      ...['-attime', String(Math.floor(at.getTime() / 1000)), '-out', join(folder, 'out')],
    ]);
    return stderr.trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}
