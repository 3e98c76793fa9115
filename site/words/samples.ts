import { basisPoints, isWithin, shareInPercent } from '../../posture/sampling/rate.ts';
import type { Instant, SampleCommitment, SampleDraw } from '../../schemas/index.ts';
import { minute } from './dates.ts';
import { number } from './keys.ts';

/** A sample with what became of it so far. */
export type ToldSample = { commitment: SampleCommitment; draw: SampleDraw | null };

/** Where a sample stands: drawn (with a bound that is tolerable, or not), void (its population had changed), waiting for its draw, or overdue. */
export type SampleStanding = 'drawn' | 'exceeded' | 'void' | 'waiting' | 'overdue';

/** The same in a few words. */
export const standingWords: Record<SampleStanding, string> = {
  drawn: 'Drawn.',
  exceeded: 'Drawn; more may deviate than is tolerable.',
  void: 'Void.',
  waiting: 'Waiting for its draw.',
  overdue: 'Overdue.',
};

/** Where a sample stands at an instant. */
export function standingOf({ commitment, draw }: ToldSample, now: Instant): SampleStanding {
  if (draw?.result)
    return draw.result.attributes.every(({ upperCount }) => isTolerable(upperCount, commitment)) ? 'drawn' : 'exceeded';
  if (draw !== null) return 'void';
  return Date.parse(now) > Date.parse(commitment.dueAt) ? 'overdue' : 'waiting';
}

/** A rate of whole basis points: 0.05 is `5 %`, which no line breaks. */
export function percentOf(rate: number): string {
  return `${basisPoints(rate) / 100}\u00a0%`;
}

/** A bound as a share of its population, rounded up so that it promises nothing: 12 of 480 is `2.5 %`. */
export function shareOf(count: number, population: number): string {
  return `${shareInPercent(count, population)}\u00a0%`;
}

/** Whether a bound is not above the tolerable rate. */
export function isTolerable(upperCount: number, { tolerable, population }: SampleCommitment): boolean {
  return isWithin(upperCount, population.count, tolerable);
}

/** One line for a list: `  3  app-db/postgres-sample  59 of 48,211  drawn at …`. */
export function sampleLine(sample: ToldSample, now: Instant): string {
  const { number: own, source, collector, population, size, dueAt, attempt } = sample.commitment;
  const drawn = `drawn at ${sample.draw?.at}: ${sample.draw?.result?.deviations} of ${size} deviate`;
  const standing = {
    drawn,
    exceeded: `${drawn}, MORE than is tolerable`,
    void: `void since ${sample.draw?.at}: its population had changed`,
    waiting: `waits for its draw until ${dueAt}`,
    overdue: `OVERDUE since ${dueAt}`,
  }[standingOf(sample, now)];
  const again = attempt === 1 ? '' : `, attempt ${attempt} at this period`;
  return `${own}  ${source}/${collector}  ${size} of ${number(population.count)}${again}  ${standing}`;
}

/** What a commitment or a draw came to, in a few lines, with what to do next. */
export function sampleText({ commitment, draw }: ToldSample): string {
  const { number: own, population, size, confidence, tolerable, seed, dueAt, attempt } = commitment;
  if (draw === null)
    return [
      `Sample ${own} is committed to: ${number(population.count)} items, root ${population.root}.`,
      `To be drawn: ${size}, enough for ${percentOf(confidence)} confidence that fewer than ${percentOf(tolerable)} deviate, if none of them does.`,
      seed.kind === 'beacon'
        ? `Seed: round ${seed.round} of drand’s quicknet, due on ${minute(seed.roundAt)}. After that: candor sample draw ${own}`
        : `Seed: the auditor’s. When they have handed it over: candor sample draw ${own} --seed TEXT`,
      ...(attempt === 1 ? [] : [`This is attempt ${attempt} at this period; all of them are shown.`]),
      `The result is promised until ${minute(dueAt)}; after that the claims that rest on it fail.\n`,
    ].join('\n');
  const { result } = draw;
  if (result === null)
    return `Sample ${own} is void: its population had changed, from ${number(population.count)} items to ${number(draw.population.count)}. That is in the log.\n`;
  const lines = result.attributes.map(({ id, deviations, unavailable, upperCount }) => {
    const gone = unavailable === 0 ? '' : ` (${unavailable} not available)`;
    const verdict = isTolerable(upperCount, commitment) ? 'tolerable' : 'NOT tolerable';
    return `  ${id}: ${deviations} of ${size} deviate${gone}, at most ${number(upperCount)} of ${number(population.count)} (${shareOf(upperCount, population.count)}): ${verdict}`;
  });
  return `Sample ${own} is drawn: ${size} of ${number(population.count)} items, the same that were committed to.\n${lines.join('\n')}\nWith ${percentOf(confidence)} confidence; tolerable is ${percentOf(tolerable)}.\n`;
}
