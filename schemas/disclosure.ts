import { z } from 'zod';
import { isHybridRecipient } from './core/age-recipient.ts';
import { Id } from './core/ids.ts';
import { Email, Prose, Title, WebUrl } from './core/text.ts';
import { DateOn, Duration } from './core/time.ts';
import { SlaClock } from './sla.ts';

/** Whoever can decrypt reports, by the role that holds the key. */
export const ReportRecipient = z
  .strictObject({
    holder: Id.meta({ description: 'The role that holds the key.' }),
    recipient: z
      .string()
      .refine(isHybridRecipient, {
        message: 'must be a hybrid age recipient, age1pq1…, as `candor keys triager` prints it',
      })
      .meta({ description: 'X25519 with ML-KEM-768 (age 1.3 and later).' }),
  })
  .meta({ id: 'ReportRecipient', description: 'Whoever can decrypt reports.' });
export type ReportRecipient = z.infer<typeof ReportRecipient>;

/**
 * What researchers are promised, point by point: those that disclose.io’s terms cover. Whoever gives any of them gives all, so
 * that none is forgotten.
 */
export const SafeHarbor = z
  .strictObject({
    authorization: Prose.meta({
      description: 'That testing by the policy is authorized under laws against intrusion.',
    }),
    circumvention: Prose.meta({
      description: 'That getting round technical measures for it is not held against anybody.',
    }),
    terms: Prose.meta({ description: 'That terms of use which forbid such testing do not stand in its way.' }),
    noLegalAction: Prose.meta({ description: 'That no legal action is taken or supported, also for honest mistakes.' }),
    thirdParties: Prose.meta({
      description: 'What happens when somebody else takes action, and whose systems are not ours.',
    }),
    whenUnsure: Prose.meta({ description: 'Whom to ask before testing what may not be covered.' }),
  })
  .meta({ id: 'SafeHarbor', description: 'What researchers are promised, point by point.' });
export type SafeHarbor = z.infer<typeof SafeHarbor>;

/** How researchers report, what they may do, what they can expect. `content/disclosure.yaml`. */
export const DisclosurePolicy = z
  .strictObject({
    contacts: z
      .array(z.union([Email, WebUrl]))
      .min(1)
      .meta({ description: 'In order of preference (RFC 9116).' }),
    expiresOn: DateOn.meta({ description: 'security.txt is valid until this day; under a year ahead.' }),
    languages: z
      .array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/))
      .min(1)
      .meta({ description: 'BCP 47.' }),
    scope: z.array(z.string().min(1)).min(1).meta({ description: 'What may be tested.' }),
    outOfScope: z
      .array(z.union([z.string().min(1), z.strictObject({ what: z.string().min(1), url: WebUrl })]))
      .default([])
      .meta({ description: 'What may not be tested; with an address where such reports belong.' }),
    asks: z.array(z.string().min(1)).default([]).meta({ description: 'What a good report holds.' }),
    allowed: z.array(z.string().min(1)).default([]).meta({ description: 'Ways of testing that are welcome.' }),
    forbidden: z.array(z.string().min(1)).default([]).meta({ description: 'Ways of testing that are not.' }),
    safeHarbor: Prose.meta({ description: 'What we promise to those who keep to this policy.' }),
    safeHarborPoints: SafeHarbor.optional(),
    clocks: z.array(SlaClock).min(1),
    credit: z.enum(['opt-in', 'opt-out', 'none']).meta({ description: 'Whether reporters are named.' }),
    bounty: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none'), note: Prose.optional() }),
      z.strictObject({ kind: z.literal('thanks'), description: Prose }),
      z.strictObject({ kind: z.literal('paid'), url: WebUrl }),
    ]),
    embargo: Prose.optional().meta({ description: 'What we ask about publication.' }),
    requiresIdentity: z
      .literal(false)
      .default(false)
      .meta({ description: 'Reports are taken without a name (BOD 20-01).' }),
    encryption: z.array(WebUrl).default([]).meta({ description: 'Where keys are; addresses, never keys.' }),
    recipients: z
      .array(ReportRecipient)
      .default([])
      .refine((list) => list.length !== 1, {
        message: 'must be two at least, or none: what only one key opens is lost with that key',
      })
      .refine((list) => new Set(list.map(({ recipient }) => recipient)).size === list.length, {
        message: 'must differ from each other',
      })
      .meta({ description: 'Reports are encrypted to all of them; without any they are taken by mail alone.' }),
    products: z
      .array(z.strictObject({ name: Title, versions: z.array(z.string().min(1)).default([]) }))
      .default([])
      .meta({ description: 'What reports and advisories are about, with the versions that are supported.' }),
    knownIssues: z
      .array(z.strictObject({ id: Id, title: Title, reason: Prose }))
      .default([])
      .meta({
        description: 'What is known and no weakness, or accepted: a published list, so that nobody reports it in vain.',
      }),
    paused: z
      .strictObject({ since: DateOn, reason: Prose, until: DateOn.optional().meta({ description: 'The last day.' }) })
      .optional()
      .meta({ description: 'Meanwhile only reports are taken that say that they are critical.' }),
    escalation: z
      .strictObject({
        before: Duration.default('24h').meta({ description: 'How long before a promise is missed somebody is told.' }),
        to: Email.optional().meta({ description: 'Who is told; the contacts when it is left out.' }),
      })
      .prefault({})
      .meta({ description: 'Who hears of a promise that is about to be missed.' }),
    retention: Duration.default('365d').meta({
      description: 'After this time the text of a report that has come to its end is deleted.',
    }),
  })
  .meta({ id: 'DisclosurePolicy', description: 'How vulnerabilities are reported, and what follows.' });
export type DisclosurePolicy = z.infer<typeof DisclosurePolicy>;

/** What of it everybody may read, as data. Who is told inside when a promise is about to be missed is nobody else’s business. */
export const PublishedPolicy = DisclosurePolicy.pick({
  contacts: true,
  expiresOn: true,
  languages: true,
  scope: true,
  outOfScope: true,
  asks: true,
  allowed: true,
  forbidden: true,
  safeHarbor: true,
  safeHarborPoints: true,
  clocks: true,
  credit: true,
  bounty: true,
  embargo: true,
  requiresIdentity: true,
  encryption: true,
  recipients: true,
  products: true,
  knownIssues: true,
  paused: true,
  retention: true,
}).strip();
