import { z } from 'zod';
import { CheckRef, Id } from './core/ids.ts';
import { Prose } from './core/text.ts';
import { DateOn } from './core/time.ts';

/** A deviation that the company accepts for a while. Still measured, never a pass. `content/exceptions/<id>.yaml`. */
export const Exception = z
  .strictObject({
    evidence: CheckRef.meta({ description: 'The check that fails.' }),
    subjects: z.array(z.string().min(1)).min(1).meta({ description: 'Exactly the subjects that are accepted.' }),
    owner: Id.meta({ description: 'The role that answers for it.' }),
    reason: Prose.meta({ description: 'Why it is accepted, and what limits the harm.' }),
    acceptedOn: DateOn,
    expiresOn: DateOn.meta({ description: 'The last day; from the next day on the claim fails.' }),
  })
  .refine((exception) => exception.acceptedOn <= exception.expiresOn, {
    path: ['expiresOn'],
    message: 'must not be before acceptedOn',
  })
  .meta({ id: 'Exception', description: 'An accepted deviation with an owner, a reason and an expiry.' });
export type Exception = z.infer<typeof Exception>;
