import { z } from 'zod';
import { CheckRef, Digest, Id } from './core/ids.ts';
import { Country } from './core/text.ts';
import { DateOn, DayCount, Instant } from './core/time.ts';
import { ClaimState, Outcome } from './core/vocabulary.ts';

const orNull = z.string().nullable();

/** What the annexes of a template are called. */
export const AnnexNumbering = z
  .strictObject({
    parties: z.string().min(1).max(40).default('Annex I'),
    measures: z.string().min(1).max(40).default('Annex II'),
    subprocessors: z.string().min(1).max(40).default('Annex III'),
  })
  .meta({ description: 'What the annexes are called, for example Schedule 1.' });
export type AnnexNumbering = z.infer<typeof AnnexNumbering>;

/** What an agreement promises before a subprocessor is added or changes, beyond what the announcement itself says. */
export const ChangeTerms = z
  .strictObject({
    notice: DayCount.optional().meta({ description: 'From the day the customer was told until it takes effect.' }),
    objection: DayCount.optional().meta({ description: 'From the day the customer was told, how long it may object.' }),
  })
  .meta({
    description: 'What the text promises before a subprocessor is added or changes, counted for each customer.',
  });
export type ChangeTerms = z.infer<typeof ChangeTerms>;

/** How a DPA’s template names its annexes, and which claims it promises. Part of a document of kind dpa. */
export const AgreementSettings = z
  .strictObject({
    measures: z.array(Id).min(1).optional().meta({
      description: 'The claims that the annex of measures holds; when left out, all that are declared in-place.',
    }),
    annexes: AnnexNumbering.prefault({}),
    changes: ChangeTerms.optional(),
  })
  .meta({ id: 'AgreementSettings', description: 'What the annexes of a DPA hold and how they are called.' });
export type AgreementSettings = z.infer<typeof AgreementSettings>;

/** One kind of personal data that is processed for a customer. */
export const ProcessedData = z.strictObject({
  id: Id,
  title: z.string(),
  description: z.string(),
  subjects: z.array(z.string()),
  category: z.string(),
  purposes: z.array(z.string()),
  retention: orNull.meta({ description: 'The rule in words; null when none is declared.' }),
});
export type ProcessedData = z.infer<typeof ProcessedData>;

/** Annex I of SCC 2021/914: the parties, the transfer, and what is incorporated by reference. */
export const PartiesAnnex = z
  .strictObject({
    processor: z.strictObject({
      name: z.string(),
      legalName: z.string(),
      product: z.string(),
      address: orNull,
      country: Country,
      contact: orNull,
    }),
    customer: z
      .strictObject({
        name: z.string(),
        website: z.string(),
        address: orNull,
        country: Country,
        signatory: orNull,
        signatoryRole: orNull,
        email: z.string(),
      })
      .nullable()
      .meta({ description: 'Null in the standard agreement, which everybody may download.' }),
    transfer: z.strictObject({
      modules: z.array(z.enum(['two', 'three'])).meta({ description: 'Of SCC 2021/914.' }),
      ukAddendum: z.boolean().meta({ description: 'International Data Transfer Addendum B1.0.' }),
      swissAddendum: z.boolean(),
      frequency: z.literal('continuous'),
      data: z.array(ProcessedData),
    }),
  })
  .meta({ id: 'PartiesAnnex', description: 'Who agrees, and what is processed and transferred.' });
export type PartiesAnnex = z.infer<typeof PartiesAnnex>;

/** One measure: a claim, its state, and all that shows it. */
export const AgreedMeasure = z
  .strictObject({
    claim: Id,
    section: z.string(),
    statement: z.string(),
    state: ClaimState,
    fresh: z.boolean(),
    reason: z.string(),
    limits: orNull.meta({ description: 'What the evidence does not show.' }),
    checks: z.array(
      z.strictObject({
        ref: CheckRef,
        title: z.string(),
        outcome: Outcome.nullable(),
        passedAt: Instant.nullable().meta({ description: 'When it last passed; null when its last look did not.' }),
        evidence: Digest.nullable().meta({ description: 'The record that says so; null when there is none.' }),
      }),
    ),
    statements: z.array(
      z.strictObject({
        id: Id,
        text: z.string(),
        by: z.string(),
        statedOn: DateOn,
        expiresOn: DateOn,
        digest: Digest,
      }),
    ),
    restsOn: z.array(Id).meta({ description: 'Other claims, for a roll-up.' }),
  })
  .meta({ id: 'AgreedMeasure', description: 'A measure with its evidence.' });
export type AgreedMeasure = z.infer<typeof AgreedMeasure>;

/** One link of the chain, as EDPB Opinion 22/2024 asks for it. What nobody recorded is null. */
export const ChainLink = z
  .strictObject({
    id: Id,
    name: z.string(),
    legalName: z.string(),
    address: orNull,
    contact: orNull,
    country: Country,
    purpose: z.string(),
    engagement: z.string(),
    regions: z.array(z.string()),
    dataItems: z.array(z.string()),
    transfer: z.string(),
    subprocessorsUrl: orNull.meta({ description: 'Its own list: the rest of the chain.' }),
    since: DateOn,
    until: DateOn.nullable(),
  })
  .meta({ id: 'ChainLink', description: 'One subprocessor of the chain.' });
export type ChainLink = z.infer<typeof ChainLink>;

/** The annexes of one agreement, frozen. Embedded in its PDF as canonical JSON. */
export const Annexes = z
  .strictObject({
    schema: z.literal('candor/dpa-annexes@1'),
    template: z.strictObject({
      document: Id,
      version: z.string(),
      digest: Digest.meta({ description: 'Of the bytes of the template’s file.' }),
    }),
    at: Instant.meta({ description: 'The moment that they were frozen for.' }),
    derivedAt: Instant.meta({ description: 'The moment that the states of the measures were derived for.' }),
    demo: z.boolean().meta({ description: 'True when the evidence is of a demonstration: no agreement then.' }),
    numbering: AnnexNumbering,
    parties: PartiesAnnex,
    measures: z.array(AgreedMeasure),
    subprocessors: z.array(ChainLink),
  })
  .meta({ id: 'Annexes', description: 'The annexes of one data processing agreement, as data.' });
export type Annexes = z.infer<typeof Annexes>;

/** How one measure or subprocessor differs between two annexes. */
export const AnnexChange = z.discriminatedUnion('annex', [
  z.strictObject({
    annex: z.literal('measures'),
    id: Id,
    title: z.string(),
    change: z.enum(['added', 'removed', 'changed', 'seen-again']).meta({
      description: 'seen-again: the same promise, with newer evidence.',
    }),
    fields: z.array(z.string()),
  }),
  z.strictObject({
    annex: z.literal('subprocessors'),
    id: Id,
    title: z.string(),
    change: z.enum(['added', 'removed', 'changed']),
    fields: z.array(z.string()),
  }),
  z.strictObject({
    annex: z.enum(['template', 'parties']),
    id: z.null(),
    title: z.string(),
    change: z.literal('changed'),
    fields: z.array(z.string()),
  }),
]);
export type AnnexChange = z.infer<typeof AnnexChange>;
