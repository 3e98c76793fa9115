import { hash } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import type { Digest, Instant, SampleSeed, SeedSource } from '../../schemas/index.ts';

/**
 * The League of Entropy’s drand network `quicknet`: a round each three seconds, each signed by a threshold of independent
 * organizations and by nobody alone, so no value can be known before its time. Its scheme is bls-unchained-g1-rfc9380: a
 * BLS12-381 signature in G1 over SHA-256 of the round, RFC 9380. https://docs.drand.love/docs/specification/
 */
export const quicknet = {
  chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  /** When round 1 was due, in seconds since 1970. */
  genesis: 1_692_803_367,
  /** Seconds between two rounds. */
  period: 3,
} as const;

const DOMAIN = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';

/** When a round of quicknet is due: it has no value before. */
export function timeOfRound(round: number): Instant {
  return new Date((quicknet.genesis + (round - 1) * quicknet.period) * 1000).toISOString();
}

/** The first round of quicknet that is due at an instant or later. */
export function roundAt(at: Instant): number {
  return Math.max(1, Math.ceil((Date.parse(at) / 1000 - quicknet.genesis) / quicknet.period) + 1);
}

/** A round of quicknet as the seed that a commitment names in advance. */
export function beaconSeed(round: number): Extract<SeedSource, { kind: 'beacon' }> {
  const { chain, publicKey } = quicknet;
  return { kind: 'beacon', beacon: 'quicknet', chain, publicKey, round, roundAt: timeOfRound(round) };
}

/** Whether a signature (hexadecimal) is quicknet’s for a round. About 30 ms. */
export function isRoundSigned(round: number, signature: string): boolean {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(round));
  const digest = hash('sha256', message, 'buffer');
  try {
    const { shortSignatures } = bls12_381;
    const point = shortSignatures.hash(Uint8Array.from(digest), DOMAIN);
    return shortSignatures.verify(bytesOf(signature), point, bytesOf(quicknet.publicKey));
  } catch {
    // What is no point of the curve is no signature.
    return false;
  }
}

/** The value of a round: SHA-256 of its signature. */
export function randomnessOf(signature: string): Digest {
  return hash('sha256', bytesOf(signature));
}

/** What Rivest’s sampler is seeded with: the value of the round in hexadecimal, or the auditor’s text as it is. */
export function seedText(seed: SampleSeed): string {
  return seed.kind === 'beacon' ? randomnessOf(seed.signature) : seed.text;
}

/**
 * What is wrong with a seed that came for a source which a commitment made at `committedAt` named; undefined when it is
 * the one. A round that was due when the commitment was made is none: its value was known.
 */
export function seedFlaw(source: SeedSource, seed: SampleSeed, committedAt: Instant, at: Instant): string | undefined {
  if (source.kind === 'auditor') return seed.kind === 'auditor' ? undefined : 'it is no seed of the auditor’s.';
  if (seed.kind !== 'beacon') return 'it is not from the beacon that was named.';
  if (seed.round !== source.round) return `it is round ${seed.round}, and round ${source.round} was named.`;
  if (Date.parse(timeOfRound(seed.round)) <= Date.parse(committedAt))
    return `round ${seed.round} existed when the commitment was made.`;
  if (Date.parse(timeOfRound(seed.round)) > Date.parse(at)) return `round ${seed.round} is not due yet.`;
  if (!isRoundSigned(seed.round, seed.signature)) return `its signature is not the beacon’s for round ${seed.round}.`;
  return undefined;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
