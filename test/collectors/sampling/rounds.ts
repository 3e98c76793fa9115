/** Rounds of quicknet as they came, from public test vectors and recordings; the network’s own key verifies each. */
export const rounds = {
  /** Due on 23 August 2023, 15:59:24 UTC: drand’s own example. */
  1000: 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
  /** Due on 14 October 2024, 17:13:33 UTC: of the test data of drand’s tlock. */
  12040883: '929906c959032ab363c9f26570d215d66f5c06cb0c44fe508c12bb5839f04ec895bb6868e5b9ff13ab289bdb5266b394',
  /** Due on 17 September 2026, 15:23:39 UTC. */
  32285085: '81dbce51d584d90d618547f4b50391d53ace6f6b9aeb8fb67e1879427af9d0310ac0ec6f519271d9a313ee84b378d416',
} as const;

/** A round of fastnet, another network with other keys, that quicknet’s key must refuse. */
export const fastnetRound1000 =
  'b09eacd45767c4d58306b98901ad0d6086e2663766f3a4ec71d00cf26f0f49eaf248abc7151c60cf419c4e8b37e80412';

/** The newest of them, and a moment an hour before it. */
export const ROUND = 32_285_085;
export const ROUND_AT = Date.parse('2026-09-17T15:23:39.000Z');
export const BEFORE = ROUND_AT - 3_600_000;

/** That round as the seed of a draw. */
export const roundSeed = { kind: 'beacon', round: ROUND, signature: rounds[ROUND] } as const;
