import type { z } from 'zod';
import type { Instant } from '../../schemas/index.ts';
import { type GitHub, GitHubUnreadable, type Parameters } from '../clients/github.ts';

/** A list that was read, or undefined where the token may not see it. */
export type Read<T> = { items: T[]; complete: boolean } | undefined;

/** Reads a list whole; undefined where the token may not see it. */
export async function readAll<T>(
  github: GitHub,
  shape: z.ZodType<T>,
  path: string,
  parameters: Parameters,
): Promise<Read<T>> {
  const items: T[] = [];
  try {
    const { complete } = await github.each(shape, path, parameters, (item) => items.push(item));
    return { items, complete };
  } catch (error) {
    // GitHub answers 422 to a filter that only owners may use.
    const isHidden = error instanceof GitHubUnreadable && ['FORBIDDEN', 'NOT_FOUND', 'INVALID'].includes(error.code);
    if (isHidden) return undefined;
    throw error;
  }
}

/** GitHub’s times, some of them with another offset, in UTC; null for one that is not there or not a time. */
export function utc(at: string | null | undefined): Instant | null {
  const time = at === null || at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
