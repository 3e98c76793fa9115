import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { type TrustMaterial, toSignedEntity, VerificationError, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fingerprintOf, keyFileName } from '../../ledger/keys/chain.ts';
import { makeKeys, parseKeys } from '../../ledger/keys/private.ts';
import { recordFiles } from '../../ledger/records/files.ts';
import { keep } from '../../ledger/records/keep.ts';
import { openLedger } from '../../ledger/writer.ts';
import { T0 } from '../posture/worlds.ts';
import { unsealed } from './records.ts';

let folder = '';
let pem = '';
/** The bundle of a record that was really kept. */
let bundle = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'candor-statement-'));
  const ledger = await openLedger({
    content: folder,
    origin: 'trust.example.com/log',
    keys: parseKeys(makeKeys()),
    now: () => new Date(T0),
    state: undefined,
  });
  await keep(ledger, unsealed(2), undefined, undefined);
  const key = ledger.chain().find(({ entry }) => entry.use === 'statement');
  await ledger.close();
  if (key === undefined) throw new Error('a log begins with its keys');
  pem = join(folder, 'ledger', 'keys', `${keyFileName(key.entry)}.pem`);
  bundle = readFileSync(join(folder, recordFiles('app-db', 'rows').bundle), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const Parts = z.object({
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string() }) }),
  dsseEnvelope: z.object({ payload: z.string(), signatures: z.tuple([z.object({ sig: z.string() })]) }),
});

/** The parts of a bundle as a stranger reads it. */
function parts(): { payload: Buffer; signature: Buffer; hint: string } {
  const { dsseEnvelope, verificationMaterial } = Parts.parse(JSON.parse(bundle));
  return {
    payload: Buffer.from(dsseEnvelope.payload, 'base64'),
    signature: Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'),
    hint: verificationMaterial.publicKey.hint,
  };
}

const noOpenssl = spawnSync('openssl', ['version']).status !== 0;

describe.skipIf(noOpenssl)(`openssl${noOpenssl ? ' (there is none on this machine)' : ''}`, () => {
  const openssl = (...args: string[]) => spawnSync('openssl', args, { encoding: 'utf8', cwd: folder });

  test('verifies the signature of a bundle over the encoded payload, and no other', () => {
    const { payload, signature } = parts();
    // As the specification of DSSE says, with no code of the ledger.
    const encoded = Buffer.concat([Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `), payload]);
    writeFileSync(join(folder, 'payload'), encoded);
    writeFileSync(join(folder, 'signature'), signature);
    const dgst = () => openssl('dgst', '-sha256', '-verify', pem, '-signature', 'signature', 'payload');
    expect(dgst()).toMatchObject({ status: 0, stdout: 'Verified OK\n' });
    writeFileSync(join(folder, 'payload'), encoded.toString('latin1').replace('app-db', 'app-dc'), 'latin1');
    expect(dgst()).toMatchObject({ status: 1, stdout: expect.stringMatching(/^Verification failure/i) });
  });

  test('tells the fingerprint that names the key', () => {
    const der = join(folder, 'key.der');
    expect(openssl('pkey', '-pubin', '-in', pem, '-outform', 'DER', '-out', der).status).toBe(0);
    expect(openssl('dgst', '-sha256', '-r', der).stdout.slice(0, 64)).toBe(parts().hint);
  });
});

describe('sigstore’s own packages', () => {
  /** Trusts one key, by the hint that a bundle gives; no certificates, logs or clocks of others. */
  function verifier(): Verifier {
    const publicKey = createPublicKey(readFileSync(pem));
    const trust: TrustMaterial = {
      certificateAuthorities: [],
      timestampAuthorities: [],
      tlogs: [],
      ctlogs: [],
      publicKey: (hint) => {
        if (hint !== fingerprintOf(publicKey)) throw new Error('there is no such key');
        return { publicKey, validFor: () => true };
      },
    };
    return new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  }
  const verified = (text: string) => verifier().verify(toSignedEntity(bundleFromJSON(JSON.parse(text))));

  test('read and verify a bundle', () => {
    expect(verified(bundle).key.equals(createPublicKey(readFileSync(pem)))).toBe(true);
  });

  test('refuse another payload and another key', () => {
    const { payload } = parts();
    const other = Buffer.from(payload.toString('utf8').replace('app-db', 'app-dc')).toString('base64');
    expect(() => verified(bundle.replace(payload.toString('base64'), other))).toThrow(VerificationError);
    expect(() => verified(bundle.replace(parts().hint, '0'.repeat(64)))).toThrow();
  });
});
