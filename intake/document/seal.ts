import { sign } from 'node:crypto';
import { PDF } from '@libpdf/core';
import { candorError } from '../../schemas/index.ts';
import { type SealKey, sealsAt } from './seal-key.ts';

/** How a file ends before it is sealed; what follows is the seal. */
const END = '%%EOF\n';

/**
 * Seals a PDF: a detached CAdES signature (ETSI EN 319 142-1, PAdES B-B) in an incremental update, so that the first
 * `unsigned.length` bytes are the unsigned file as it was. `at` is the time that the seal claims; nothing proves it.
 * ECDSA is random: two seals of one file differ. Throws AgreementFailed, SealInvalid.
 */
export async function sealPdf(unsigned: Uint8Array, sealKey: SealKey, at: Date): Promise<Buffer> {
  const { key, certificate } = sealKey;
  if (!sealsAt(sealKey, at))
    throw candorError('SealInvalid', { problem: `its certificate is not valid on ${at.toISOString().slice(0, 10)}` });
  if (Buffer.from(unsigned).toString('latin1', unsigned.length - END.length) !== END)
    throw candorError('AgreementFailed', { problem: 'the file to seal does not end as a PDF does' });
  const pdf = await PDF.load(unsigned);
  const { bytes } = await pdf.sign({
    signer: {
      certificate: certificate.raw,
      keyType: 'EC',
      signatureAlgorithm: 'ECDSA',
      sign: async (data) => sign('sha256', data, key),
    },
    signingTime: at,
    fieldName: 'Seal',
    reason: 'Sealed by the processor',
    level: 'B-B',
    digestAlgorithm: 'SHA-256',
  });
  const sealed = Buffer.from(bytes);
  if (!sealed.subarray(0, unsigned.length).equals(unsigned))
    throw candorError('AgreementFailed', { problem: 'the seal would have changed the file that it seals' });
  return sealed;
}

/** What a seal covers, in its own words. `null` when a file has no seal, or one that leaves out more than itself. */
export type Seal = {
  /** The detached CMS, DER. */
  signature: Buffer;
  /** The bytes that it signs. */
  signed: Buffer;
  /** The file before it was sealed. */
  unsigned: Buffer;
};

/** Takes a sealed PDF apart, for `openssl cms -verify -binary -inform DER -content signed`. Checks no signature. */
export function sealOf(sealed: Buffer): Seal | null {
  const text = sealed.toString('latin1');
  const ranges = [...text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)];
  const [start, length, again, rest] = ranges[0]?.slice(1).map(Number) ?? [];
  if (ranges.length !== 1 || start !== 0 || length === undefined || again === undefined || rest === undefined)
    return null;
  const hex = text.slice(length, again);
  if (again <= length || again + rest !== sealed.length || !/^<[0-9A-Fa-f]+>$/.test(hex)) return null;
  const padded = Buffer.from(hex.slice(1, -1), 'hex');
  const end = text.lastIndexOf(END, length);
  if (end < 0) return null;
  return {
    signature: padded.subarray(0, derLength(padded)),
    signed: Buffer.concat([sealed.subarray(0, length), sealed.subarray(again)]),
    unsigned: sealed.subarray(0, end + END.length),
  };
}

/** How long the DER value at the start is, its head included; what follows is padding. */
function derLength(bytes: Buffer): number {
  const first = bytes[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  return 2 + octets + bytes.readUIntBE(2, octets);
}
