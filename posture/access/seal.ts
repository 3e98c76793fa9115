import type { AccessReview, Digest, PulledPrincipal } from '../../schemas/index.ts';
import { digestOf } from '../digest.ts';

/** The seal of an entry: the first 16 digits of the SHA-256 of what was pulled, as canonical JSON. */
export function sealOf({ seal: _, ...pulled }: Omit<PulledPrincipal, 'seal'> & { seal?: string }): string {
  return digestOf(pulled).slice(0, 16);
}

/**
 * SHA-256 over everything that was pulled: the head of the list, the dates, and the seals, in no order, so that people
 * may sort the entries. What people write is no part of it.
 */
export function listDigest({ system, openedAt, dueAt, previous, list, entries }: AccessReview): Digest {
  const { digest: _, ...head } = list;
  return digestOf({ system, openedAt, dueAt, previous, head, seals: entries.map(({ pulled }) => pulled.seal).sort() });
}

/** SHA-256 over a whole review as it was signed off. Undefined while it is open. */
export function signOffDigest({ closed, ...review }: AccessReview): Digest | undefined {
  return closed && digestOf({ ...review, at: closed.at, by: closed.by });
}
