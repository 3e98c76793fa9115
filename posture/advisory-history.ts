import type { Advisory, Instant } from '../schemas/index.ts';

/** First publication, what was changed since, and withdrawal: each is later than the one before it. */
export function advisoryHistory({
  publishedAt,
  revisions,
  withdrawn,
}: Pick<Advisory, 'publishedAt' | 'revisions' | 'withdrawn'>): { at: Instant; summary: string }[] {
  const times = [
    { at: publishedAt, summary: 'First published.' },
    ...revisions,
    ...(withdrawn === undefined ? [] : [{ at: withdrawn.at, summary: `Withdrawn: ${withdrawn.reason}` }]),
  ];
  // One spelling of an instant, so that texts sort as times do.
  return times.map(({ at, summary }) => ({ at: new Date(at).toISOString(), summary }));
}
