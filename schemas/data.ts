import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Prose, Title } from './core/text.ts';
import { Duration } from './core/time.ts';

/** One kind of data that is held. `content/data-items/<id>.yaml`. */
export const DataItem = z
  .strictObject({
    title: Title,
    description: Prose,
    subjects: z.array(z.string().min(1)).min(1).meta({ description: 'Whose data: customers, their customers, staff.' }),
    category: z.enum(['account', 'content', 'credential', 'billing', 'telemetry', 'log', 'special-category']),
    fields: z.array(z.string().min(1)).default([]).meta({ description: 'What exactly is stored.' }),
    stores: z.array(z.string().min(1)).default([]).meta({ description: 'Where: a source id or the name of a store.' }),
    encryption: z.enum(['none', 'at-rest', 'field-level', 'per-tenant', 'hashed']).optional(),
    purposes: z.array(z.string().min(1)).default([]),
    ownedBy: z.enum(['customer', 'company']).optional().meta({
      description: 'Whose it is. What is the company’s own is processed for no customer, and stands in no agreement.',
    }),
    legalBasis: z.enum(['contract', 'consent', 'legitimate-interest', 'legal-obligation']).optional(),
    retention: Id.optional().meta({ description: 'The retention rule that applies.' }),
    notCollected: z
      .boolean()
      .default(false)
      .meta({ description: 'True for a kind of data that is deliberately not held.' }),
  })
  .refine(({ notCollected, stores }) => notCollected || stores.length > 0, {
    path: ['stores'],
    message: 'must name at least one store, unless the data is not collected',
  })
  .refine(({ notCollected, purposes }) => notCollected || purposes.length > 0, {
    path: ['purposes'],
    message: 'must name at least one purpose, unless the data is not collected',
  })
  .refine(({ notCollected, encryption }) => notCollected || encryption !== undefined, {
    path: ['encryption'],
    message: 'is needed, unless the data is not collected',
  })
  .meta({ id: 'DataItem', description: 'One kind of data that is held, or deliberately not.' });
export type DataItem = z.infer<typeof DataItem>;

/**
 * How long something is kept. Floors and ceilings differ, and backups add: 90 days and 30 of backups is up to 120.
 * `content/retention/<id>.yaml`.
 */
export const RetentionRule = z
  .strictObject({
    title: Title,
    keptWhile: z.enum(['account-open', 'until-deletion-request']).optional().meta({
      description: 'Kept as long as this lasts, with no window in days.',
    }),
    starts: z
      .enum(['creation', 'last-activity', 'account-closure', 'deletion-request', 'contract-end'])
      .optional()
      .meta({ description: 'The event that starts the clock of the window.' }),
    atLeast: Duration.optional().meta({ description: 'The floor: kept at least this long.' }),
    atMost: Duration.optional().meta({ description: 'The ceiling: gone from live systems after this long.' }),
    backups: Duration.optional().meta({ description: 'How much longer copies stay in backups.' }),
    setBy: z.enum(['company', 'customer']).default('company').meta({ description: 'Who chooses the window.' }),
    default: Duration.optional().meta({ description: 'The window when the customer chooses none.' }),
    deletion: z.enum(['hard-delete', 'anonymise', 'crypto-erase', 'expiry']),
    enforcedBy: Prose.meta({ description: 'The job or the person that enforces it.' }),
  })
  .refine(
    ({ keptWhile, setBy, atLeast, atMost }) =>
      keptWhile !== undefined || setBy === 'customer' || atLeast !== undefined || atMost !== undefined,
    { path: ['atMost'], message: 'needs atLeast, atMost or keptWhile, unless the customer sets the window' },
  )
  .refine(({ starts, atLeast, atMost }) => starts !== undefined || (atLeast === undefined && atMost === undefined), {
    path: ['starts'],
    message: 'is needed when there is a window: it says which event starts it',
  })
  .meta({ id: 'RetentionRule', description: 'How long something is kept, from which event, enforced how.' });
export type RetentionRule = z.infer<typeof RetentionRule>;

/** One way that data takes between two parties. `content/data-flows/<id>.yaml`. */
export const DataFlow = z
  .strictObject({
    title: Title,
    from: z.string().min(1).meta({ description: 'Where it starts: a part of the product, a person, a vendor.' }),
    to: z.string().min(1).meta({ description: 'Where it ends.' }),
    subprocessor: Id.optional().meta({ description: 'The vendor at one of the ends.' }),
    dataItems: z.array(Id).min(1),
    protection: z.enum(['tls', 'mtls', 'private-network', 'end-to-end', 'none']),
    redaction: Prose.optional().meta({ description: 'What is taken out on the way.' }),
    customerControl: Prose.optional().meta({ description: 'How a customer switches it off.' }),
    neverCarries: z.array(z.string().min(1)).default([]).meta({ description: 'What must not be in it.' }),
  })
  .meta({ id: 'DataFlow', description: 'One way that data takes between two parties.' });
export type DataFlow = z.infer<typeof DataFlow>;
