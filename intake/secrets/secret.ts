import { hash, randomBytes, randomInt } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Digest } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';

/**
 * What a secret opens. `status`: whoever holds it may look at a request and act on it. `link`: it confirms the address that
 * it was sent to. `code`: it does so too, typed into the tab in which the request was made. `unsubscribe`: it ends a
 * subscription. `grant`: a document is downloaded with it.
 */
export type Purpose = 'status' | 'link' | 'code' | 'unsubscribe' | 'grant';

/** A secret as it is kept: what it opens, until when, and nothing by which it could be used. */
export type SecretRow = { digest: Digest; purpose: Purpose; expiresAt: Date };

/** For a secret that opens something for as long as that is kept: both are deleted together. */
export const AS_LONG_AS_KEPT_MS = 100 * 366 * 86_400_000;

/** How often a code may be typed. Of a million codes, five tries find one in 200,000. */
export const CODE_TRIES = 5;

/** A secret of 256 bits for an address, random or following from a secret `seed`, and the row that knows it again. */
export function newSecret(
  purpose: Exclude<Purpose, 'code'>,
  expiresAt: Date,
  seed?: string,
): { secret: string; row: SecretRow } {
  const secret =
    seed === undefined ? randomBytes(32).toString('base64url') : hash('sha256', `${purpose}:${seed}`, 'base64url');
  return { secret, row: { digest: digestOfSecret(secret), purpose, expiresAt } };
}

/** A code of six digits. Its digest holds the secret of the tab too: whoever reads the database cannot try all codes. */
export function newCode(status: string, expiresAt: Date): { code: string; row: SecretRow } {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  return { code, row: { digest: digestOfCode(status, code), purpose: 'code', expiresAt } };
}

/** SHA-256 of a secret. It is looked up by this, so no comparison tells by its time how much of it was right. */
export function digestOfSecret(secret: string): Digest {
  return hash('sha256', `secret:${secret}`);
}

/** SHA-256 of a code as it was typed, spaces left out, together with the secret of the tab. */
export function digestOfCode(status: string, code: string): Digest {
  return hash('sha256', `code:${status}:${code.replace(/\s/g, '')}`);
}

/** The id of what a secret opens; undefined when it opens nothing, or no longer. */
export async function openedBy(
  db: Kysely<Tables>,
  secret: string,
  purpose: Exclude<Purpose, 'code'>,
  at: Date,
): Promise<string | undefined> {
  const found = await db
    .selectFrom('secret')
    .select('submission')
    .where('digest', '=', digestOfSecret(secret))
    .where('purpose', '=', purpose)
    .where('expiresAt', '>', at)
    .executeTakeFirst();
  return found?.submission;
}
