import type { PostgresSession } from '../clients/postgres.ts';

/** Fewer relations than this are not worth a second session. */
export const WORTH_TWO = 400;

/** Oids of tables made one after the other may all be even, but they are spread over blocks. */
export const BLOCK = 64;

/**
 * Divides what is to be read among sessions that work side by side. A relation is always read by the same one, by its
 * oid, because a session that has read a relation keeps what it knows of it.
 */
export function inParts<Item>(
  items: readonly Item[],
  sessions: readonly PostgresSession[],
  oidOf: (item: Item) => number,
): { session: PostgresSession; items: Item[] }[] {
  return sessions.map((session, part) => ({
    session,
    items: items.filter((item) => Math.floor(oidOf(item) / BLOCK) % sessions.length === part),
  }));
}

/** Waits until all have ended, so that no session is closed under another’s feet; then throws the first failure. */
export async function allDone<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** The same for two of different kinds. */
export async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
