import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../posture/digest.ts';
import { Digest } from '../schemas/index.ts';
import { fingerprintOf } from './keys/chain.ts';
import { jsonOf } from './reader.ts';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** in-toto Statement v1: these files, by digest, and what is said about them. */
export const Statement = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.strictObject({ name: z.string().min(1), digest: z.strictObject({ sha256: Digest }) })).min(1),
  predicateType: z.string().regex(/^urn:candor:[a-z]+:1$/),
  predicate: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Statement = z.infer<typeof Statement>;

/** A statement about files, by their published paths. */
export function statementOf(
  files: readonly [path: string, bytes: Buffer][],
  predicateType: Statement['predicateType'],
  predicate: Statement['predicate'],
): Statement {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: files.map(([name, bytes]) => ({ name, digest: { sha256: hash('sha256', bytes) } })),
    predicateType,
    predicate,
  };
}

/** A sigstore bundle (v0.3) around a DSSE envelope, signed with a key of one’s own. */
const Bundle = z.strictObject({
  mediaType: z.literal(BUNDLE_TYPE),
  verificationMaterial: z.strictObject({ publicKey: z.strictObject({ hint: Digest }) }),
  dsseEnvelope: z.strictObject({
    payload: z.base64(),
    payloadType: z.literal(PAYLOAD_TYPE),
    signatures: z.tuple([z.strictObject({ sig: z.base64() })]),
  }),
});

/** What is signed: DSSE’s pre-authentication encoding of a payload. */
export function preAuthEncoding(type: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** Signs a statement; the text of the bundle is canonical JSON and a newline. */
export function signStatement(statement: Statement, privateKey: KeyObject): string {
  const payload = Buffer.from(canonicalJson(Statement.parse(statement)));
  const bundle: z.infer<typeof Bundle> = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: fingerprintOf(createPublicKey(privateKey)) } },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: sign('sha256', preAuthEncoding(PAYLOAD_TYPE, payload), privateKey).toString('base64') }],
    },
  };
  return `${canonicalJson(bundle)}\n`;
}

/** The fingerprint of the key that a bundle says it is signed with; undefined for what is no bundle. */
export function hintOf(text: string): Digest | undefined {
  return bundleIn(text)?.verificationMaterial.publicKey.hint;
}

/** Opens a bundle. Each of its bytes has a meaning: one that is not as this project writes it is refused. */
export function openStatement(
  text: string,
  keys: readonly KeyObject[],
): { statement: Statement; by: KeyObject } | { flaw: string } {
  const bundle = bundleIn(text);
  if (bundle === undefined) return { flaw: 'it is not a sigstore bundle.' };
  const { dsseEnvelope, verificationMaterial } = bundle;
  const key = keys.find((each) => fingerprintOf(each) === verificationMaterial.publicKey.hint);
  if (key === undefined)
    return { flaw: 'it is signed by a key that is not in the log, or that may not sign any more.' };
  const [payload, signature] = [dsseEnvelope.payload, dsseEnvelope.signatures[0].sig].map((encoded) => {
    const bytes = Buffer.from(encoded, 'base64');
    return bytes.toString('base64') === encoded ? bytes : undefined;
  });
  if (payload === undefined || signature === undefined) return { flaw: 'it is not proper base64.' };
  if (!verify('sha256', preAuthEncoding(PAYLOAD_TYPE, payload), key, signature))
    return { flaw: 'its signature is wrong.' };
  const statement = Statement.safeParse(jsonOf(payload.toString('utf8')));
  return statement.success ? { statement: statement.data, by: key } : { flaw: 'it is not an in-toto statement.' };
}

function bundleIn(text: string): z.infer<typeof Bundle> | undefined {
  const bundle = Bundle.safeParse(jsonOf(text));
  return bundle.success && `${canonicalJson(bundle.data)}\n` === text ? bundle.data : undefined;
}
