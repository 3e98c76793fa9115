import type { PostgresSession } from '../clients/postgres.ts';

/** Fewer relations than this are not worth a second session. */
export const WORTH_TWO = 400;

/** Divides what is to be read among sessions that work side by side. A relation is only ever read by one of them. */
export function inParts<Item>(
  items: readonly Item[],
  sessions: readonly PostgresSession[],
): { session: PostgresSession; items: Item[] }[] {
  const used = items.length < WORTH_TWO ? sessions.slice(0, 1) : sessions;
  const size = Math.ceil(items.length / used.length);
  return used.map((session, i) => ({ session, items: items.slice(i * size, (i + 1) * size) }));
}

/** Waits until all have ended, so that no session is closed under another’s feet; then throws the first failure. */
export async function allDone<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
