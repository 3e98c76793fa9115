import { overlap } from '../../ledger/samples/attempt.ts';
import { sha256 } from '../../posture/digest.ts';
import { seedFlaw } from '../../posture/sampling/beacon.ts';
import { basisPoints, isWithin, shareInPercent } from '../../posture/sampling/rate.ts';
import {
  type Duration,
  durationMs,
  durationText,
  type Finding,
  minuteText,
  type SampleCommitment,
  type SampleDraw,
} from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import type { SampleCheck } from './checks.ts';
import type { SampleFacts, SampleRaw } from './raw.ts';

type Logged = SampleRaw['samples'][number];
type Drawn = { commitment: SampleCommitment; draw: SampleDraw };
type Found = Omit<Finding, 'check'>;

/**
 * Judges the samples of one source, as the log tells of them; pure. Of those that were drawn the one of the newest period
 * counts, whenever it was drawn; and all that are due.
 */
export function assessSamples(
  { now, declared, samples }: SampleRaw,
  { renewWithin }: { renewWithin: Duration },
): Assessment<SampleFacts> {
  const drawn = samples.flatMap(({ commitment, draw }) => (draw === null ? [] : [{ commitment, draw }]));
  const newest = drawn.toSorted((a, b) => endOf(a) - endOf(b)).at(-1);
  const last = samples.at(-1);
  const found: Record<SampleCheck, Found[]> = {
    'result-in-time': samples.map((sample) => inTime(sample, now, newest, drawn)),
    'first-attempt': samples
      .filter(({ commitment }) => commitment === newest?.commitment || commitment === last?.commitment)
      .map(({ commitment }) => attempt(commitment, samples)),
    'committed-before-its-seed': ofNewest(newest, last, seeded),
    'population-unchanged': ofNewest(newest, last, unchanged),
    'deviations-within-tolerable-rate': newest === undefined ? ofNewest(newest, last, unchanged) : bounded(newest),
    'sample-as-declared': ofNewest(newest, last, (sample) => asDeclared(sample, declared)),
    'sample-is-current': ofNewest(newest, last, (sample) => current(sample, now, renewWithin)),
  };
  return {
    population: {
      description: 'The audit samples of this source that were committed to in the log.',
      queryDigest: sha256('all commitments and draws of this source and collector in the log'),
      count: samples.length,
      complete: true,
    },
    findings: Object.entries(found).flatMap(([check, list]) => list.map((finding) => ({ check, ...finding }))),
    facts: factsOf(samples.length, newest),
  };
}

function endOf({ commitment }: Drawn): number {
  return Date.parse(commitment.population.window.until);
}

function subjectOf({ number }: SampleCommitment): string {
  return `sample ${number}`;
}

/** Nothing was drawn yet: there is nothing to judge, and the newest commitment says why. */
function ofNewest(newest: Drawn | undefined, last: Logged | undefined, judge: (sample: Drawn) => Found): Found[] {
  if (newest !== undefined) return [judge(newest)];
  if (last === undefined) return [];
  const reason = `It was committed to and is not drawn yet; its result is promised until ${minuteText(last.commitment.dueAt)}.`;
  return [{ subject: subjectOf(last.commitment), outcome: 'inconclusive', reason }];
}

function inTime({ commitment, draw }: Logged, now: string, newest: Drawn | undefined, drawn: readonly Drawn[]): Found {
  const subject = subjectOf(commitment);
  const { dueAt } = commitment;
  if (draw === null)
    return Date.parse(now) > Date.parse(dueAt)
      ? { subject, outcome: 'failed', reason: `Its result was promised until ${minuteText(dueAt)}, and there is none.` }
      : { subject, outcome: 'not-applicable', reason: `Its result is promised until ${minuteText(dueAt)}.` };
  if (draw.result === null) return ofVoid(commitment, drawn);
  if (Date.parse(draw.at) <= Date.parse(dueAt))
    return {
      subject,
      outcome: 'passed',
      reason: `Its result was promised until ${minuteText(dueAt)}, and came at ${minuteText(draw.at)}.`,
    };
  const late = `Its result was promised until ${minuteText(dueAt)}, and came late, at ${minuteText(draw.at)}.`;
  return newest?.commitment === commitment
    ? { subject, outcome: 'failed', reason: late }
    : { subject, outcome: 'not-applicable', reason: `${late} A newer sample has taken its place.` };
}

/** Whoever saw a bad draw coming could change the population: its period stays without a result until it has one. */
function ofVoid({ number, population: { window } }: SampleCommitment, drawn: readonly Drawn[]): Found {
  const subject = `sample ${number}`;
  const again = drawn.find(({ commitment, draw }) => {
    const { from, until } = commitment.population.window;
    const isWhole = Date.parse(from) <= Date.parse(window.from) && Date.parse(until) >= Date.parse(window.until);
    return draw.result !== null && commitment.number > number && isWhole;
  });
  return again === undefined
    ? { subject, outcome: 'failed', reason: 'It has no result, because its population had changed.' }
    : {
        subject,
        outcome: 'not-applicable',
        reason: `It has no result, because its population had changed; ${subjectOf(again.commitment)} has one for its period.`,
      };
}

function attempt(commitment: SampleCommitment, samples: readonly Logged[]): Found {
  const subject = subjectOf(commitment);
  const { window } = commitment.population;
  const rivals = samples
    .map((sample) => sample.commitment)
    .filter((other) => other !== commitment && overlap(other.population.window, window));
  return rivals.length === 0
    ? { subject, outcome: 'passed', reason: 'No other commitment is to a period that overlaps its own.' }
    : {
        subject,
        outcome: 'failed',
        reason: `It is not the only attempt at its period, but one of ${rivals.length + 1}; all of them are in the log.`,
      };
}

function seeded({ commitment, draw }: Drawn): Found {
  const subject = subjectOf(commitment);
  const { seed } = commitment;
  if (seed.kind === 'auditor')
    return {
      subject,
      outcome: 'inconclusive',
      reason:
        'An auditor handed the seed over. That it did not exist before rests on their word; the log cannot show it.',
    };
  const flaw = seedFlaw(seed, draw.seed, commitment.at, draw.at);
  return flaw === undefined
    ? {
        subject,
        outcome: 'passed',
        reason: `It was committed to at ${minuteText(commitment.at)}; round ${seed.round} of quicknet was due at ${minuteText(seed.roundAt)}.`,
      }
    : { subject, outcome: 'failed', reason: `Its seed is wrong: ${flaw}` };
}

function unchanged({ commitment, draw }: Drawn): Found {
  const subject = subjectOf(commitment);
  const { count } = commitment.population;
  return draw.result === null
    ? { subject, outcome: 'failed', reason: `Its population of ${count} had changed when it was to be drawn.` }
    : { subject, outcome: 'passed', reason: `The same ${count} ids, in the same order.` };
}

function bounded({ commitment, draw: { result } }: Drawn): Found[] {
  const { attributes, population, tolerable, confidence } = commitment;
  if (result === null)
    return attributes.map(({ id }) => ({
      subject: id,
      outcome: 'inconclusive',
      reason: 'Nothing was drawn, because the population had changed.',
    }));
  return result.attributes.map(({ id, deviations, unavailable, upperCount }) => {
    const holds = isWithin(upperCount, population.count, tolerable);
    const missing = unavailable === 0 ? '' : `, ${unavailable} of them not available`;
    return {
      subject: id,
      outcome: holds ? 'passed' : 'failed',
      reason: `${deviations} of ${result.size} items deviate${missing}: with ${percent(confidence)} confidence at most ${upperCount} of ${population.count} do; tolerable are ${percent(tolerable)}.`,
    };
  });
}

function asDeclared({ commitment }: Drawn, declared: string): Found {
  const subject = subjectOf(commitment);
  return commitment.declared === declared
    ? { subject, outcome: 'passed', reason: 'Nothing that is declared has changed since, but for the period.' }
    : {
        subject,
        outcome: 'failed',
        reason: 'What is declared today is not what it was committed to with; draw a new one.',
      };
}

function current({ commitment }: Drawn, now: string, renewWithin: Duration): Found {
  const subject = subjectOf(commitment);
  const { until } = commitment.population.window;
  return Date.parse(now) <= Date.parse(until) + durationMs(renewWithin)
    ? { subject, outcome: 'passed', reason: `Its period ended at ${minuteText(until)}.` }
    : {
        subject,
        outcome: 'failed',
        reason: `Its period ended at ${minuteText(until)}, longer ago than ${durationText(renewWithin)}.`,
      };
}

function factsOf(samples: number, newest: Drawn | undefined): SampleFacts {
  const result = newest?.draw.result;
  const count = newest?.commitment.population.count;
  return {
    samples,
    newestSample: newest?.commitment.number ?? null,
    populationCount: count ?? null,
    sampleSize: result?.size ?? null,
    deviations: result?.deviations ?? null,
    upperBoundPercent: result && count ? shareInPercent(result.upperCount, count) : null,
  };
}

/** A rate of whole basis points in percent: 0.05 is `5 %`, which no line breaks. */
function percent(rate: number): string {
  return `${basisPoints(rate) / 100}\u00a0%`;
}
