import { distance } from 'fastest-levenshtein';

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The candidate that was probably meant, or undefined when none is near. Case, hyphens and underscores hardly count. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const found = plain(candidate);
    const steps = distance(wanted, found);
    if (candidate !== name && steps < least && steps <= Math.max(wanted.length, found.length) / 3) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}
