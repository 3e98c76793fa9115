import { distance } from 'fastest-levenshtein';

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const sorted = (text: string) => [...text].sort().join('');

/** The candidate that was probably meant, or undefined when none is near. Case, hyphens and underscores hardly count. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const found = plain(candidate);
    const steps = distance(wanted, found);
    // Two letters that changed places count as two steps, even in a short word.
    const swapped = steps === 2 && sorted(wanted) === sorted(found);
    const plausible = swapped || steps <= Math.max(wanted.length, found.length) / 3;
    if (candidate !== name && steps < least && plausible) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}
