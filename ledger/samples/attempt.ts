import type { SampleCommitment, SampleWindow } from '../../schemas/index.ts';

/** Whether two periods have an instant in common. */
export function overlap(a: SampleWindow, b: SampleWindow): boolean {
  return Date.parse(a.from) < Date.parse(b.until) && Date.parse(b.from) < Date.parse(a.until);
}

/** A commitment as far as it counts among the attempts at a period. */
export type Attempt = Pick<SampleCommitment, 'source' | 'collector'> & { population: { window: SampleWindow } };

/** How many commitments to a period there are with the next one: those before of the same source whose periods overlap it. */
export function attemptOf(next: Attempt, before: readonly Attempt[]): number {
  const rivals = before.filter(
    ({ source, collector, population }) =>
      source === next.source && collector === next.collector && overlap(population.window, next.population.window),
  );
  return rivals.length + 1;
}
