import { z } from 'zod';
import { Prose, Title } from './core/text.ts';

/** A responsibility or an access role; a role, so that no person is named. `content/roles/<id>.yaml`. */
export const Role = z
  .strictObject({
    title: Title,
    kind: z.enum(['company', 'product', 'database']).meta({
      description: 'company: a responsibility here; product: a role that customers give; database: a login or group.',
    }),
    description: Prose,
    permissions: z.array(z.string().min(1)).default([]).meta({ description: 'What it may do.' }),
    holders: z.int().positive().optional().meta({ description: 'How many people hold it.' }),
    onCall: z.boolean().default(false).meta({ description: 'Reachable around the clock.' }),
  })
  .meta({ id: 'Role', description: 'A responsibility or an access role.' });
export type Role = z.infer<typeof Role>;
