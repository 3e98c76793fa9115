import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Country, Email, WebUrl } from './core/text.ts';
import { Duration } from './core/time.ts';
import { agreementNeeds, RequestNeed } from './request.ts';
import { SlaClock } from './sla.ts';

/** How requests are taken and answered. `content/intake.yaml`; without it there are no forms. */
export const IntakePolicy = z
  .strictObject({
    url: WebUrl.meta({ description: 'Where the server with the forms answers.' }),
    sender: Email.meta({ description: 'The mailbox that letters come from; answers to them reach people.' }),
    template: Id.optional().meta({
      description: 'The document (kind dpa) that is offered. Not needed where `needs` holds no agreement.',
    }),
    needs: z
      .array(RequestNeed)
      .min(1)
      .default(RequestNeed.options)
      .meta({ description: 'What may be asked for; everything when it is left out.' }),
    approval: z
      .enum(['automatic', 'by-hand'])
      .default('by-hand')
      .meta({ description: 'automatic: an offer is made as soon as the address is confirmed, unless `hold` says no.' }),
    hold: z
      .strictObject({
        freeMail: z
          .boolean()
          .default(true)
          .meta({ description: 'Addresses of providers that anybody can have one at.' }),
        otherDomain: z
          .boolean()
          .default(true)
          .meta({ description: 'Addresses at another domain than that of the company’s site.' }),
        jurisdictions: z.array(Country).default([]).meta({ description: 'Requests from these countries.' }),
      })
      .prefault({})
      .meta({ description: 'What a person looks at before an offer is made.' }),
    proxies: z.int().min(0).max(9).default(0).meta({
      description: 'How many proxies of yours stand in front of the server; each adds an address to X-Forwarded-For.',
    }),
    clocks: z.array(SlaClock).min(1).meta({ description: 'How soon a request is answered.' }),
    documents: z
      .strictObject({
        nda: Id.optional().meta({
          description: 'The document (kind terms) that recipients agree to before they get one with access `nda`.',
        }),
        grantValidFor: Duration.default('30d').meta({ description: 'How long a granted document can be downloaded.' }),
        downloads: z.int().min(1).max(100).default(5).meta({ description: 'How often.' }),
      })
      .prefault({})
      .meta({ description: 'How documents that are not public are given.' }),
    offerValidFor: Duration.default('30d').meta({ description: 'How long an offer can be accepted.' }),
    retention: z
      .strictObject({
        unconfirmed: Duration.default('7d').meta({ description: 'Requests whose address was never confirmed.' }),
        unsuccessful: Duration.default('180d').meta({
          description: 'Requests that were answered by a letter, were declined or expired.',
        }),
        ended: Duration.default('1095d').meta({ description: 'Agreements, and grants of documents, after their end.' }),
      })
      .prefault({})
      .meta({ description: 'After which time the personal data of a request is deleted.' }),
  })
  .refine(({ needs, template }) => template !== undefined || !needs.some((need) => agreementNeeds.has(need)), {
    path: ['template'],
    message: 'is needed while an agreement can be asked for; else say in `needs` what can be',
  })
  .meta({ id: 'IntakePolicy', description: 'How requests are taken and answered.' });
export type IntakePolicy = z.infer<typeof IntakePolicy>;
