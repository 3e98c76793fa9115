import { bls12_381 } from '@noble/curves/bls12-381.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beaconSeed,
  isRoundSigned,
  quicknet,
  randomnessOf,
  roundAt,
  seedFlaw,
  seedText,
  timeOfRound,
} from '../../../posture/sampling/beacon.ts';
import type { SampleSeed } from '../../../schemas/index.ts';
import { fastnetRound1000, ROUND, roundSeed, rounds } from '../../collectors/sampling/rounds.ts';

const recorded = Object.entries(rounds).map(([round, signature]) => [Number(round), signature] as const);

describe('a round of quicknet', () => {
  test.each(recorded)('%i as it came is signed by its key', (round, signature) => {
    expect(isRoundSigned(round, signature)).toBe(true);
  });

  test('has the value that drand gives for it', () => {
    expect(randomnessOf(rounds[1000])).toBe('fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd');
    expect(seedText(roundSeed)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(recorded)('%i is not signed by what another round, network or nobody signed', (round, signature) => {
    const others = [...Object.values(rounds).filter((each) => each !== signature), fastnetRound1000];
    for (const other of others) expect(isRoundSigned(round, other)).toBe(false);
    expect(isRoundSigned(round + 1, signature)).toBe(false);
    expect(isRoundSigned(round, '00'.repeat(48))).toBe(false);
    // The point at infinity, which would pass for any message with a careless verifier.
    expect(isRoundSigned(round, `c0${'00'.repeat(47)}`)).toBe(false);
    expect(isRoundSigned(round, 'ab')).toBe(false);
  });

  test('has one spelling: a coordinate that is larger by the prime is none, or there would be two seeds to choose from', () => {
    const spelt = BigInt(`0x${rounds[32285085]}`);
    const other = (spelt + bls12_381.fields.Fp.ORDER).toString(16);
    // Its flags are the same, so that it is the same point.
    expect(other).toMatch(/^9b/);
    expect(isRoundSigned(32285085, other)).toBe(false);
  });

  test('whatever bit is changed, the signature is none', () => {
    fc.assert(
      fc.property(fc.nat(48 * 8 - 1), (bit) => {
        const bytes = Buffer.from(rounds[1000], 'hex');
        const at = Math.floor(bit / 8);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
        return !isRoundSigned(1000, bytes.toString('hex'));
      }),
      { numRuns: 20 },
    );
  });

  test('is due three seconds after the one before, the first when the network began', () => {
    expect(timeOfRound(1)).toBe('2023-08-23T15:09:27.000Z');
    expect(timeOfRound(1000)).toBe('2023-08-23T15:59:24.000Z');
    expect(timeOfRound(ROUND)).toBe('2026-09-17T15:23:39.000Z');
  });

  test('is the first one at an instant or later', () => {
    fc.assert(
      fc.property(fc.integer({ min: quicknet.genesis * 1000, max: 4e12 }), (ms) => {
        const round = roundAt(new Date(ms).toISOString());
        expect(Date.parse(timeOfRound(round))).toBeGreaterThanOrEqual(ms);
        expect(Date.parse(timeOfRound(round - 1))).toBeLessThan(ms);
      }),
    );
    expect(roundAt('2020-01-01T00:00:00Z')).toBe(1);
  });
});

describe('the seed of a commitment', () => {
  const named = beaconSeed(ROUND);
  const before = '2026-09-17T15:23:38.999Z';
  const due = '2026-09-17T15:23:39.000Z';
  const auditor: SampleSeed = { kind: 'auditor', text: 'the seed' };

  test.each<[string, string | undefined, string | undefined]>([
    ['the round that was named, in the very millisecond', seedFlaw(named, roundSeed, before, due), undefined],
    ['before it was due', seedFlaw(named, roundSeed, before, before), 'round 32285085 is not due yet.'],
    [
      'of a commitment in that millisecond',
      seedFlaw(named, roundSeed, due, due),
      'round 32285085 existed when the commitment was made.',
    ],
    [
      'another round',
      seedFlaw(named, { ...roundSeed, round: 1000 }, before, due),
      'it is round 1000, and round 32285085 was named.',
    ],
    [
      'a wrong signature',
      seedFlaw(named, { ...roundSeed, signature: rounds[1000] }, before, due),
      'its signature is not the beacon’s for round 32285085.',
    ],
    ['a made-up seed', seedFlaw(named, auditor, before, due), 'it is not from the beacon that was named.'],
    ['the auditor’s, where theirs was promised', seedFlaw({ kind: 'auditor' }, auditor, before, due), undefined],
    [
      'a round, where the auditor’s was promised',
      seedFlaw({ kind: 'auditor' }, roundSeed, before, due),
      'it is no seed of the auditor’s.',
    ],
  ])('%s', (_, flaw, expected) => expect(flaw).toBe(expected));
});
