import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Prose, Title } from './core/text.ts';
import { SlaClock } from './sla.ts';

/** What happens when something goes wrong. `content/incident-policy.yaml`. */
export const IncidentPolicy = z
  .strictObject({
    summary: Prose,
    severities: z.array(z.strictObject({ id: Id, title: Title, description: Prose })).min(1),
    steps: z
      .array(z.strictObject({ title: Title, description: Prose }))
      .default([])
      .meta({
        description: 'What is done, in order: contain, rotate, assess, tell, review.',
      }),
    clocks: z.array(SlaClock).min(1),
    onCall: Id.optional().meta({ description: 'The role that is reachable around the clock.' }),
  })
  .meta({ id: 'IncidentPolicy', description: 'Severities, steps and promised times.' });
export type IncidentPolicy = z.infer<typeof IncidentPolicy>;
