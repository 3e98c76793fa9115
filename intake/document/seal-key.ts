import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { readKeyFile } from '../../ledger/keys/private.ts';
import { candorError } from '../../schemas/index.ts';

/** What an agreement is sealed with: a P-256 key, and the certificate that everybody checks the seal against. */
export type SealKey = { key: KeyObject; certificate: X509Certificate };

/** Ids of attributes and extensions (X.520, RFC 5280, RFC 9336). */
const OID = {
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  documentSigning: '1.3.6.1.5.5.7.3.36',
  emailProtection: '1.3.6.1.5.5.7.3.4',
} as const;

/**
 * Makes a key and a certificate that it issues to itself, as PEM. `organization` is the legal name. Nobody trusts it
 * who was not given it: its fingerprint belongs on the page.
 */
export async function makeSealKey(organization: string, from: Date, until: Date): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const engine = new pkijs.CryptoEngine({ crypto, name: 'node' });
  const [signing, checking] = await Promise.all([
    crypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), P256, false, ['sign']),
    crypto.subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), P256, true, ['verify']),
  ]);
  const certificate = new pkijs.Certificate({ version: 2 });
  certificate.serialNumber = new asn1js.Integer({ valueHex: serialNumber() });
  // A common name has at most 64 characters (X.520).
  const value = new asn1js.Utf8String({ value: [...organization].slice(0, 64).join('') });
  for (const name of [certificate.issuer, certificate.subject])
    name.typesAndValues.push(new pkijs.AttributeTypeAndValue({ type: OID.commonName, value }));
  certificate.notBefore = timeOf(from);
  certificate.notAfter = timeOf(until);
  certificate.extensions = [
    extension(OID.basicConstraints, true, new pkijs.BasicConstraints({ cA: false }).toSchema()),
    // digitalSignature and nonRepudiation: the two highest bits.
    extension(OID.keyUsage, true, new asn1js.BitString({ valueHex: new Uint8Array([0xc0]).buffer, unusedBits: 6 })),
    extension(
      OID.extendedKeyUsage,
      false,
      new pkijs.ExtKeyUsage({ keyPurposes: [OID.documentSigning, OID.emailProtection] }).toSchema(),
    ),
  ];
  await certificate.subjectPublicKeyInfo.importKey(checking, engine);
  await certificate.sign(signing, 'SHA-256', engine);
  const made = new X509Certificate(Buffer.from(certificate.toSchema(true).toBER(false)));
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() + made.toString();
}

/** Reads a key and its certificate from PEM. `from` says where. Throws SealInvalid. */
export function parseSealKey(pem: string, from = 'the text of the seal'): SealKey {
  const refuse = (problem: string) => candorError('SealInvalid', { problem: `in ${from} ${problem}` });
  const block = (name: RegExp) =>
    pem.match(new RegExp(`-----BEGIN ${name.source}-----[\\s\\S]*?-----END ${name.source}-----`))?.[0];
  const key = read(() => createPrivateKey(block(/(?:EC )?PRIVATE KEY/) ?? ''));
  if (key?.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw refuse('there is no P-256 private key');
  const certificate = read(() => new X509Certificate(block(/CERTIFICATE/) ?? ''));
  if (certificate === undefined) throw refuse('there is no certificate');
  if (!certificate.publicKey.equals(createPublicKey(key))) throw refuse('the certificate belongs to another key');
  return { key, certificate };
}

/**
 * The seal of a content folder: from CANDOR_SEAL (PEM), or the file that CANDOR_SEAL_FILE names. Undefined when neither
 * is set. Throws SealInvalid, KeysUnreadable, KeysExposed.
 */
export async function sealKey(
  environment: Readonly<Record<string, string | undefined>>,
  content: string,
): Promise<SealKey | undefined> {
  const { CANDOR_SEAL: pem, CANDOR_SEAL_FILE: file } = environment;
  if (pem) return parseSealKey(pem, 'CANDOR_SEAL');
  return file ? parseSealKey(await readKeyFile(file, content), file) : undefined;
}

/** Whether a key seals at a time: before its certificate begins, and after its end, nobody would accept it. */
export function sealsAt({ certificate }: Pick<SealKey, 'certificate'>, at: Date): boolean {
  return at >= certificate.validFromDate && at <= certificate.validToDate;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** 126 random bits, positive and never zero (RFC 5280, 4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

/** UTCTime has two digits for the year and ends with 2049 (RFC 5280, 4.1.2.5). */
function timeOf(value: Date): pkijs.Time {
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? 0 : 1, value });
}

function extension(extnID: string, critical: boolean, value: asn1js.BaseBlock): pkijs.Extension {
  return new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) });
}

function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
