import { z } from 'zod';
import { AccessFacts, AccessRaw, accessIntent } from '../access/schema.ts';

const { inactiveAfter: _, ...intent } = accessIntent;

/** The declared intent. An author writes it under `collect.github-access.expect` of a source. */
export const Expect = z
  .strictObject({
    organization: z
      .string()
      .regex(
        /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/,
        'must be the name of an organization, as in its address',
      )
      .meta({ description: 'The organization, as in github.com/<organization>.' }),
    ...intent,
    programs: z.array(z.string().min(1)).default([]).meta({
      description: 'Accounts that programs use; all others that GitHub does not call a bot count as people.',
    }),
  })
  .meta({ description: 'How often the organization’s access is reviewed, and how many owners there may be.' });
export type Expect = z.infer<typeof Expect>;

export { AccessFacts as Facts, AccessRaw as Raw };
