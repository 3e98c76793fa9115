import { z } from 'zod';
import { AccessFacts, AccessRaw, accessIntent } from '../access/schema.ts';

const { invitationsLapseAfter: _, inactiveAfter: __, ...intent } = accessIntent;

/** The declared intent. An author writes it under `collect.postgres-access.expect` of a source. */
export const Expect = z
  .strictObject({
    ...intent,
    programs: z.array(z.string().min(1)).default([]).meta({
      description:
        'Login roles that programs use; a * at the end stands for any end. All other logins count as people.',
    }),
    withoutMemberships: z.boolean().default(false).meta({
      description: 'True where memberships in other roles are not part of a review.',
    }),
  })
  .meta({ description: 'How often the roles of the server are reviewed, and which of them programs use.' });
export type Expect = z.infer<typeof Expect>;

export { AccessFacts as Facts, AccessRaw as Raw };
