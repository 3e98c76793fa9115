import { z } from 'zod';
import { Email, Prose, WebUrl } from './core/text.ts';
import { DateOn } from './core/time.ts';
import { SlaClock } from './sla.ts';

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
  })
  .meta({ id: 'DisclosurePolicy', description: 'How vulnerabilities are reported, and what follows.' });
export type DisclosurePolicy = z.infer<typeof DisclosurePolicy>;
