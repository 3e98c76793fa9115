import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Prose, WebUrl } from './core/text.ts';
import { DateOn } from './core/time.ts';

/** A statement by a person or a provider; the page says that nobody measured it. `content/attestations/<id>.yaml`. */
export const Attestation = z
  .strictObject({
    statement: Prose.meta({ description: 'What is stated.' }),
    by: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('role'), role: Id.meta({ description: 'The role that states it.' }) }),
        z.strictObject({
          kind: z.literal('provider'),
          subprocessor: Id.meta({ description: 'The vendor that states it.' }),
          url: WebUrl.meta({ description: 'Where the vendor states it.' }),
        }),
      ])
      .meta({ description: 'Who states it: one of our roles, or a provider.' }),
    statedOn: DateOn,
    expiresOn: DateOn.meta({ description: 'The last day on which it counts.' }),
  })
  .refine((attestation) => attestation.statedOn <= attestation.expiresOn, {
    path: ['expiresOn'],
    message: 'must not be before statedOn',
  })
  .meta({ id: 'Attestation', description: 'A statement by a person or a provider, with an expiry.' });
export type Attestation = z.infer<typeof Attestation>;
