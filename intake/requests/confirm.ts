import { type Kysely, sql } from 'kysely';
import type { Desk } from '../desk.ts';
import { moveOn, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { CODE_TRIES, digestOfCode, openedBy } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { Refusal } from '../web/refusal.ts';
import { decide } from './decide.ts';

/** What came of a confirmation. `spent`: the code was typed too often, or is too old; the link still works while it lasts. */
export type Confirmation = { outcome: 'confirmed'; request: Submission } | { outcome: 'wrong' | 'spent' | 'unknown' };

/**
 * Confirms an address by the link that was sent to it. Only for POST: programs that look through mail open every link.
 * A second time is no error.
 */
export async function confirmByLink(db: Kysely<Tables>, link: string, at: Date): Promise<Confirmation> {
  const id = await openedBy(db, link, 'link', at);
  return id === undefined ? { outcome: 'unknown' } : confirmed(db, id, 'link', at);
}

/** Confirms an address by the code, typed into the tab that holds the status secret. Each try is counted first. */
export async function confirmByCode(db: Kysely<Tables>, status: string, code: string, at: Date): Promise<Confirmation> {
  const id = await openedBy(db, status, 'status', at);
  if (id === undefined) return { outcome: 'unknown' };
  const counted = await db
    .updateTable('secret')
    .set({ tries: sql<never>`tries + 1` })
    .where('submission', '=', id)
    .where('purpose', '=', 'code')
    .where('expiresAt', '>', at)
    .where('tries', '<', CODE_TRIES)
    .returning('digest')
    .execute();
  if (counted.length === 0) return { outcome: 'spent' };
  const typed = digestOfCode(status, code);
  return counted.some(({ digest }) => digest === typed) ? confirmed(db, id, 'code', at) : { outcome: 'wrong' };
}

async function confirmed(db: Kysely<Tables>, id: string, by: 'link' | 'code', at: Date): Promise<Confirmation> {
  const found = await submissionOf(db, id);
  if (found?.kind !== 'dpa-request') return { outcome: 'unknown' };
  const cause = { at, actor: 'visitor', facts: { by } };
  const request = found.state === 'received' ? await moveOn(db, found, 'verified', cause) : found;
  return request.state === 'expired' ? { outcome: 'unknown' } : { outcome: 'confirmed', request };
}

/**
 * Confirms an address, and applies the rules at once. A decision that fails is made by the next look of the jobs: the
 * address stays confirmed. Throws Refusal unknown: alike for wrong, expired and forgotten secrets.
 */
export async function confirmAndDecide(
  desk: Desk,
  by: { link: string } | { status: string; code: string },
): Promise<'confirmed' | 'wrong' | 'spent'> {
  const { db, now } = desk;
  const came =
    'link' in by ? await confirmByLink(db, by.link, now()) : await confirmByCode(db, by.status, by.code, now());
  if (came.outcome === 'unknown') throw new Refusal('unknown');
  if (came.outcome !== 'confirmed') return came.outcome;
  await decide(desk, came.request);
  return 'confirmed';
}
