import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Instant } from './core/time.ts';
import { Environment } from './core/vocabulary.ts';
import { PreviousEntry } from './evidence.ts';

/** A rate above 0 and below 1 with at most four decimals: whole basis points, so that arithmetic on it is exact. */
export const Rate = z
  .number()
  .min(0.0001)
  .max(0.9999)
  .refine((rate) => Math.round(rate * 10_000) / 10_000 === rate, 'must have at most four decimals')
  .meta({ description: 'A rate between 0.0001 and 0.9999 with at most four decimals.' });

/** Confidence of a plan: at least one half. */
export const Confidence = Rate.min(0.5).meta({ description: 'Confidence of the conclusion, for example 0.95.' });

/** The tolerable deviation rate of a plan. */
export const TolerableRate = Rate.min(0.001).meta({
  description: 'The deviation rate that is not to be reached, for example 0.05.',
});

/** Hexadecimal digits for this many bytes. */
function hex(bytes: number) {
  return z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `must be ${2 * bytes} lower-case hexadecimal digits`);
}

/** The longest filter in words. */
export const MAX_FILTER = 1_000;

/** The number of a sample: all samples of a log are numbered from 1 without gaps, so that none can be left out. */
export const SampleNumber = z.int().positive().meta({ description: 'Samples are numbered from 1 without gaps.' });
export type SampleNumber = z.infer<typeof SampleNumber>;

/** The closed period of time that a population is of. */
export const SampleWindow = z
  .strictObject({
    from: Instant.meta({ description: 'The first instant that belongs to it.' }),
    until: Instant.meta({ description: 'The first instant that no longer does.' }),
  })
  .meta({ id: 'SampleWindow', description: 'The closed period of time that a population is of.' });
export type SampleWindow = z.infer<typeof SampleWindow>;

/** A population as it was streamed: how many items, the root over their salted ids, and when. */
export const StreamedPopulation = z
  .strictObject({
    count: z.int().nonnegative().meta({ description: 'How many items there were.' }),
    root: Digest.meta({
      description:
        'RFC 6962 root over the ids in order; the leaf of each is SHA-256(0x00 ‖ salt ‖ id), the salt of 32 bytes.',
    }),
    startedAt: Instant.meta({ description: 'When reading began; where the source can, of one snapshot.' }),
    endedAt: Instant.meta({ description: 'When it ended.' }),
  })
  .meta({ id: 'StreamedPopulation', description: 'A population as it was streamed once.' });
export type StreamedPopulation = z.infer<typeof StreamedPopulation>;

/** One thing that each drawn item is tested for. The test itself is private; the commitment binds it. */
export const SampleAttribute = z
  .strictObject({
    id: Id,
    title: z.string().min(1).max(160).meta({ description: 'What is true of an item that meets it.' }),
  })
  .meta({ id: 'SampleAttribute', description: 'One thing that each drawn item is tested for.' });
export type SampleAttribute = z.infer<typeof SampleAttribute>;

/** Where the seed will come from: a round of a public beacon that is named in advance, or the auditor. */
export const SeedSource = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('beacon'),
      beacon: z.literal('quicknet').meta({ description: 'The League of Entropy’s drand network of this name.' }),
      chain: Digest.meta({ description: 'Its chain hash.' }),
      publicKey: hex(96).meta({ description: 'Its BLS public key, compressed.' }),
      round: z.int().positive().meta({ description: 'The round, which had no value yet.' }),
      roundAt: Instant.meta({ description: 'When the round is due.' }),
    }),
    z.strictObject({ kind: z.literal('auditor') }),
  ])
  .meta({ id: 'SeedSource', description: 'Where the seed of a draw will come from.' });
export type SeedSource = z.infer<typeof SeedSource>;

/**
 * A promise to draw from exactly this population, in this way. Made, signed and logged before a seed exists, so that
 * nobody could choose what is drawn. A leaf of the log: the bytes of /audit-samples/<n>/commitment.json.
 */
export const SampleCommitment = z
  .strictObject({
    schema: z.literal('candor/sample-commitment@1'),
    origin: z.string().min(1).max(200).meta({ description: 'The log: host and path, as on its checkpoints.' }),
    number: SampleNumber,
    attempt: z.int().positive().meta({
      description:
        'How many commitments of this source and collector there are to periods that overlap this one, so far.',
    }),
    source: Id,
    collector: Id,
    environment: Environment,
    at: Instant.meta({ description: 'When it was made.' }),
    population: StreamedPopulation.extend({
      count: z.int().positive(),
      description: z.string().min(1).max(200).meta({ description: 'What the items are.' }),
      filters: z.array(z.string().min(1).max(MAX_FILTER)).max(20).meta({ description: 'Which of them, in words.' }),
      window: SampleWindow,
      queryDigest: Digest.meta({ description: 'SHA-256 of the query that streams the ids, in order of their key.' }),
    }),
    attributes: z.array(SampleAttribute).min(1).max(20),
    declared: Digest.meta({
      description: 'SHA-256 of all that is declared for samples, tests included, but for the period; canonical JSON.',
    }),
    confidence: Confidence,
    tolerable: TolerableRate,
    size: z.int().positive().meta({
      description: 'The smallest sample that is enough when it has no deviation (hypergeometric).',
    }),
    seed: SeedSource,
    dueAt: Instant.meta({ description: 'Until then the result is promised.' }),
    salt: z
      .strictObject({
        key: Digest.meta({ description: 'Fingerprint of the statement key that the salt is derived from.' }),
        nonce: hex(16).meta({ description: 'What makes it the salt of this sample alone.' }),
      })
      .meta({
        description: 'Which secret salt: HKDF-SHA256 of the private key. It is handed to the auditor, never published.',
      }),
  })
  .meta({ id: 'SampleCommitment', description: 'A promise to draw from exactly this population.' });
export type SampleCommitment = z.infer<typeof SampleCommitment>;

/** The seed as it came. */
export const SampleSeed = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('beacon'),
      round: z.int().positive(),
      signature: hex(48).meta({ description: 'BLS signature of the round; the seed is its SHA-256 in hexadecimal.' }),
    }),
    z.strictObject({
      kind: z.literal('auditor'),
      text: z
        .string()
        .regex(
          /^[!-~](?:[ -~]{6,198}[!-~])$/,
          'must be 8 to 200 printable ASCII characters, without blanks at its ends',
        )
        .meta({ description: 'The seed itself.' }),
    }),
  ])
  .meta({ id: 'SampleSeed', description: 'The seed of a draw as it came.' });
export type SampleSeed = z.infer<typeof SampleSeed>;

/** What was found for one attribute, over all drawn items. What could not be seen counts as a deviation. */
export const AttributeResult = z
  .strictObject({
    id: Id,
    deviations: z
      .int()
      .nonnegative()
      .meta({ description: 'Drawn items that do not meet it, unavailable ones included.' }),
    unavailable: z
      .int()
      .nonnegative()
      .meta({ description: 'Of these: the item or a value that is needed was not there.' }),
    upperCount: z.int().nonnegative().meta({
      description: 'Exact upper bound of the deviations in the population at the confidence (hypergeometric).',
    }),
  })
  .meta({ id: 'AttributeResult', description: 'What was found for one attribute.' });
export type AttributeResult = z.infer<typeof AttributeResult>;

/**
 * What became of a sample: the seed, what was drawn with it and what was found; or, without a result, that the population
 * was no longer the one that was committed to. A leaf of the log: the bytes of /audit-samples/<n>/draw.json.
 */
export const SampleDraw = z
  .strictObject({
    schema: z.literal('candor/sample-draw@1'),
    origin: z.string().min(1).max(200).meta({ description: 'The log: host and path, as on its checkpoints.' }),
    number: SampleNumber,
    at: Instant.meta({ description: 'When it was drawn.' }),
    commitment: PreviousEntry.meta({ description: 'The entry of the commitment.' }),
    seed: SampleSeed,
    population: StreamedPopulation.meta({ description: 'The population as it was streamed for the draw.' }),
    result: z
      .strictObject({
        size: z.int().positive().meta({ description: 'How many items were drawn.' }),
        deviations: z.int().nonnegative().meta({ description: 'Drawn items that miss at least one attribute.' }),
        upperCount: z.int().nonnegative().meta({ description: 'The same bound for these.' }),
        attributes: z.array(AttributeResult).min(1).max(20),
        picks: Digest.meta({ description: 'SHA-256 of picks.json, which lists each drawn item.' }),
      })
      .nullable()
      .meta({ description: 'Null when the population had changed, so that nothing could be drawn.' }),
  })
  .meta({ id: 'SampleDraw', description: 'What became of a sample.' });
export type SampleDraw = z.infer<typeof SampleDraw>;

/** Whether a drawn item meets an attribute; `unavailable` counts as a deviation. */
export const AttributeOutcome = z.enum(['met', 'deviation', 'unavailable']).meta({
  description: 'met; deviation; unavailable (the item or a value was not there; it counts as a deviation).',
});
export type AttributeOutcome = z.infer<typeof AttributeOutcome>;

/** One drawn item: where it stands, its salted id, the proof that it is in the population, and what was found. */
export const SamplePick = z
  .strictObject({
    draw: z.int().positive().meta({ description: 'The number that was hashed with the seed.' }),
    position: z.int().positive().meta({ description: 'Its place in the order of the key, from 1.' }),
    item: Digest.meta({ description: 'Its salted id, SHA-256(0x00 ‖ salt ‖ id): a leaf of the population’s tree.' }),
    proof: z
      .array(z.base64())
      .max(53)
      .meta({ description: 'Inclusion proof from the entry to the root, from its end upwards.' }),
    outcomes: z.record(Id, AttributeOutcome).meta({ description: 'By attribute.' }),
  })
  .meta({ id: 'SamplePick', description: 'One drawn item.' });
export type SamplePick = z.infer<typeof SamplePick>;

/** Every drawn item, in the order of the draw: /audit-samples/<n>/picks.json. */
export const SamplePicks = z
  .strictObject({
    schema: z.literal('candor/sample-picks@1'),
    origin: z.string().min(1).max(200).meta({ description: 'The log: host and path, as on its checkpoints.' }),
    number: SampleNumber,
    picks: z.array(SamplePick).min(1),
  })
  .meta({ id: 'SamplePicks', description: 'Every drawn item of a sample.' });
export type SamplePicks = z.infer<typeof SamplePicks>;
