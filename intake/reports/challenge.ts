import { hash } from 'node:crypto';
import { type Challenge, createChallenge, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Digest } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import type { Tables } from '../store/tables.ts';

/** How long a challenge can be used, in ms: also by who sends 10 MiB over a slow line. */
const VALID_MS = 1_800_000;
/** What it costs: 256 tries on average, of as many iterations; a second of a laptop, five of an old telephone. One to check. */
const WORK = { algorithm: 'PBKDF2/SHA-256', cost: 5_000, keyPrefix: '00' };

/** A proof of work that was found to be right: by what it is known again, and until when it could be used. */
export type Proof = { digest: Digest; expiresAt: Date };

/** What a browser sends: the challenge as it got it, and what it found, as JSON in Base64. */
const Payload = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.literal(WORK.algorithm),
      nonce: z.string(),
      salt: z.string(),
      cost: z.number(),
      keyLength: z.number(),
      keyPrefix: z.string(),
      expiresAt: z.number(),
    }),
    signature: z.string().length(64),
  }),
  solution: z.object({ counter: z.int().nonnegative(), derivedKey: z.string().max(128) }),
});

/** A new challenge, signed, so that nothing of it needs to be kept. */
export async function newChallenge({ db, now }: Pick<Desk, 'db' | 'now'>): Promise<Challenge> {
  const expiresAt = new Date(now().getTime() + VALID_MS);
  return createChallenge({ ...WORK, deriveKey, expiresAt, hmacSignatureSecret: await signingSecret(db) });
}

/** The proof in a payload; undefined when it is none of ours, is wrong or has run out. Whether it was used before, is not asked. */
export async function proofIn({ db, now }: Pick<Desk, 'db' | 'now'>, payload: string): Promise<Proof | undefined> {
  const parsed = Payload.safeParse(jsonOf(payload));
  if (!parsed.success) return undefined;
  const { challenge, solution } = parsed.data;
  const expiresAt = new Date(challenge.parameters.expiresAt * 1000);
  if (!(expiresAt.getTime() > now().getTime())) return undefined;
  const { verified } = await verifySolution({
    // Its signature is looked at before anything is derived: only our own says what it costs to check.
    challenge,
    solution,
    deriveKey,
    hmacSignatureSecret: await signingSecret(db),
  });
  return verified ? { digest: hash('sha256', `challenge:${challenge.signature}`), expiresAt } : undefined;
}

/** How long after its end a used one is remembered, in ms: clocks of replicas differ. */
const REMEMBERED_MS = 3_600_000;

/** Forgets the used ones that could not be used again. */
export async function sweepChallenges(db: Kysely<Tables>, at: Date): Promise<void> {
  await db
    .deleteFrom('reportChallenge')
    .where('expiresAt', '<=', new Date(at.getTime() - REMEMBERED_MS))
    .execute();
}

const secrets = new WeakMap<Kysely<Tables>, Promise<string>>();

/** What challenges are signed with, the same for all who have the database; read once. */
function signingSecret(db: Kysely<Tables>): Promise<string> {
  const known = secrets.get(db);
  if (known !== undefined) return known;
  const read = db
    .selectFrom('reportChallengeKey')
    .select('secret')
    .executeTakeFirstOrThrow()
    .then(({ secret }) => secret);
  secrets.set(db, read);
  read.catch(() => secrets.delete(db));
  return read;
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
