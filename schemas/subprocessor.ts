import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Country, Email, Prose, Title, WebUrl } from './core/text.ts';
import { DateOn } from './core/time.ts';
import { VendorSignals } from './vendor-signals.ts';

/** The announcement of a change to the list, and the days that customers have. */
export const SubprocessorNotice = z
  .strictObject({
    change: z.enum(['added', 'removed', 'changed']),
    summary: Prose.meta({ description: 'What changes, in a sentence.' }),
    announcedOn: DateOn,
    objectionDeadline: DateOn.meta({ description: 'The last day to object.' }),
    effectiveOn: DateOn,
  })
  .refine(
    (notice) => notice.announcedOn <= notice.objectionDeadline && notice.objectionDeadline <= notice.effectiveOn,
    {
      path: ['objectionDeadline'],
      message: 'must lie between announcedOn and effectiveOn',
    },
  )
  .meta({ id: 'SubprocessorNotice', description: 'Announced, objection deadline, effective.' });
export type SubprocessorNotice = z.infer<typeof SubprocessorNotice>;

/** A vendor that handles customers’ data, or may. `content/subprocessors/<id>.yaml`. */
export const Subprocessor = z
  .strictObject({
    name: Title.meta({ description: 'The name that customers know.' }),
    legalName: Title.meta({ description: 'The contracting entity.' }),
    url: WebUrl,
    contact: Email.optional().meta({ description: 'Its data-protection contact.' }),
    address: z.string().max(300).optional().meta({ description: 'Its postal address.' }),
    country: Country.meta({ description: 'Where the entity sits.' }),
    purpose: Prose.meta({ description: 'What it does for us.' }),
    engagement: z.enum(['required', 'optional', 'opt-out', 'customer-connected']).meta({
      description:
        'required for all; optional (off until chosen); opt-out (on until refused); connected by the customer.',
    }),
    optOut: Prose.optional().meta({ description: 'How a customer switches it off.' }),
    exposure: z.enum(['none', 'in-transit', 'metadata', 'content', 'credentials']).meta({
      description: 'The most sensitive thing that it can see.',
    }),
    dataItems: z.array(Id).default([]).meta({ description: 'The kinds of data that reach it.' }),
    regions: z.array(z.string().min(1)).min(1).meta({ description: 'Where it processes, for example eu-central-1.' }),
    transfer: z
      .enum(['none', 'adequacy', 'scc', 'uk-addendum', 'dpf', 'other'])
      .meta({ description: 'Basis of a transfer out of the EEA; none when there is no transfer.' }),
    dpa: z.strictObject({ signedOn: DateOn.optional(), url: WebUrl.optional() }).optional().meta({
      description: 'The processing agreement with it.',
    }),
    vettedOn: DateOn.optional().meta({ description: 'The day it was last vetted.' }),
    authentication: Prose.optional().meta({ description: 'How our systems sign in to it.' }),
    terms: z
      .strictObject({
        training: z.boolean().optional().meta({ description: 'Whether it may train models on the data.' }),
        retention: Prose.optional().meta({ description: 'How long it keeps what it is sent.' }),
        confirmedOn: DateOn.optional().meta({ description: 'The day we read these terms.' }),
        url: WebUrl.optional(),
      })
      .optional()
      .meta({ description: 'What its terms say about the data.' }),
    certifications: z
      .array(z.strictObject({ title: Title, expiresOn: DateOn.optional(), url: WebUrl.optional() }))
      .default([])
      .meta({ description: 'Certificates that it publishes.' }),
    subprocessorsUrl: WebUrl.optional().meta({ description: 'Its own list: the rest of the chain.' }),
    since: DateOn.meta({ description: 'In use since.' }),
    until: DateOn.optional().meta({ description: 'No longer in use after.' }),
    notices: z.array(SubprocessorNotice).default([]),
    vendors: z.array(Id).min(1).optional().meta({
      description: 'What it is in the map of vendors, where neither the name of this file nor its url says so.',
    }),
    signals: VendorSignals.optional().meta({ description: 'Signals of it that the map of vendors does not have.' }),
    unobservable: Prose.optional().meta({
      description: 'Why no observer can see it in use; then it is not missed. It says so on the page.',
    }),
  })
  .meta({ id: 'Subprocessor', description: 'A vendor that handles customers’ data.' });
export type Subprocessor = z.infer<typeof Subprocessor>;
