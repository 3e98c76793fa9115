import { z } from 'zod';
import { Country, Email, Prose, Title, WebUrl } from './core/text.ts';
import { DateOn, Duration, TimeZone } from './core/time.ts';
import { SlaClock } from './sla.ts';

/** Who speaks on the page: the legal entity, and where to write. `content/organization.yaml`. */
export const Organization = z
  .strictObject({
    name: Title.meta({ description: 'The name that customers know.' }),
    legalName: Title.meta({ description: 'The legal entity, the same in every document.' }),
    product: Title.meta({ description: 'The product that this page is about.' }),
    summary: Prose.meta({ description: 'One or two sentences for the top of the page.' }),
    url: WebUrl.meta({ description: 'The company’s site.' }),
    trustUrl: WebUrl.meta({ description: 'Where this page is published.' }),
    country: Country,
    address: z.string().max(300).optional().meta({ description: 'Postal address of the legal entity.' }),
    timeZone: TimeZone.meta({ description: 'Business hours are counted in this zone.' }),
    contacts: z
      .strictObject({
        security: z.union([Email, WebUrl]).meta({ description: 'For vulnerability reports and security questions.' }),
        privacy: Email.optional().meta({ description: 'For data-protection requests.' }),
        general: Email.optional().meta({ description: 'For everything else.' }),
      })
      .meta({ description: 'Mailboxes, printed on the page.' }),
    clocks: z.array(SlaClock).default([]).meta({
      description: 'Promised times outside incidents and disclosure: answers, reviews, leavers.',
    }),
    targets: z
      .strictObject({ recoveryPoint: Duration.optional(), recoveryTime: Duration.optional() })
      .optional()
      .meta({ description: 'Recovery objectives: how much may be lost (RPO), how long it may take (RTO).' }),
    privacyPolicy: WebUrl.optional().meta({ description: 'Where the privacy policy is.' }),
    describesAsOf: DateOn.optional().meta({ description: 'The day the prose was last read through by a person.' }),
  })
  .meta({ id: 'Organization', description: 'The company that the page is about.' });
export type Organization = z.infer<typeof Organization>;
