import { z } from 'zod';
import { digestOf } from '../../posture/digest.ts';
import {
  Confidence,
  DateOn,
  DeclaredAttributes,
  type Digest,
  Duration,
  durationMs,
  FieldName,
  Instant,
  MAX_FILTER,
  type SampleWindow,
  TolerableRate,
} from '../../schemas/index.ts';

const Moment = z.union([Instant, DateOn], { error: 'must be a date, or an instant in UTC' });

/** What every sampler’s population is declared by. */
export const populationFields = {
  what: z.string().min(1).max(200).meta({ description: 'What the items are; published.' }),
  window: z
    .strictObject({
      from: Moment.meta({ description: 'The first day or instant (UTC) that belongs to it.' }),
      until: Moment.meta({ description: 'The first day or instant (UTC) that no longer does.' }),
    })
    .refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
      path: ['until'],
      message: 'must be later than from',
    })
    .meta({ description: 'The closed period that the items are of.' }),
};

const Value = z.string().min(1).max(200);

const AnyFilter = z.union(
  [
    z.strictObject({ field: FieldName, equals: Value }),
    z.strictObject({ field: FieldName, oneOf: z.array(Value).min(1).max(50) }),
  ],
  { error: 'must be a field with equals, or with oneOf' },
);
export type Filter = z.infer<typeof AnyFilter>;

/** Which items of a table or file belong to the population. Published in words. */
export const Filter = AnyFilter.refine(
  (filter) => filterWords(filter).length <= MAX_FILTER,
  `must take at most ${MAX_FILTER} characters in words`,
).meta({ description: 'A field, and what it equals or is one of. Published in words.' });

const Seed = z
  .union(
    [
      z.strictObject({
        beacon: z.literal('quicknet'),
        after: Duration.default('1h').meta({ description: 'How long after the commitment the round is due.' }),
        relay: z
          .url({ protocol: /^https?$/ })
          .optional()
          .meta({ description: 'Whom to ask for the round, such as https://api.drand.sh; its signature is checked.' }),
      }),
      z.strictObject({ auditor: z.literal(true) }),
    ],
    { error: 'must be `beacon: quicknet`, or `auditor: true`' },
  )
  .meta({
    description:
      'Where the seed comes from: a round of drand’s quicknet, or the auditor, who hands it over afterwards.',
  });

const commonFields = {
  attributes: DeclaredAttributes,
  confidence: Confidence.default(0.95),
  tolerable: TolerableRate.default(0.05),
  seed: Seed,
  resultWithin: Duration.default('14d').meta({
    description: 'How long after the commitment the result is promised; 14d when left out.',
  }),
  renewWithin: Duration.default('100d').meta({
    description: 'How long after the end of a period its sample is current; 100d when left out.',
  }),
};

/** The declared intent of a sampler: its population, with what all of them have in common. */
export function sampleDeclaration<Shape extends z.ZodRawShape>(population: Shape) {
  return z
    .strictObject({ population: z.strictObject({ ...populationFields, ...population }), ...commonFields })
    .refine(({ seed, resultWithin }) => !('after' in seed) || durationMs(seed.after) < durationMs(resultWithin), {
      path: ['resultWithin'],
      message: 'must be longer than the seed takes (`after`)',
    })
    .meta({ description: 'The population, what is tested, and how many items are drawn with which seed.' });
}

/** What all declarations have in common. */
export const SampleDeclaration = z.object({ population: z.looseObject(populationFields), ...commonFields });
export type SampleDeclaration = z.infer<typeof SampleDeclaration>;

/** The period as instants. */
export function windowOf({ population: { window } }: SampleDeclaration): SampleWindow {
  return { from: new Date(window.from).toISOString(), until: new Date(window.until).toISOString() };
}

/** The digest of all that is declared but the period, which moves on: the tests too, so that they are fixed beforehand. */
export function declaredDigest({ population, ...rest }: SampleDeclaration): Digest {
  const { window: _, ...which } = population;
  return digestOf({ ...rest, population: which });
}

/** A filter in words: `environment is production`. */
export function filterWords(filter: Filter): string {
  return 'equals' in filter
    ? `${filter.field} is ${filter.equals}`
    : `${filter.field} is one of ${filter.oneOf.join(', ')}`;
}
