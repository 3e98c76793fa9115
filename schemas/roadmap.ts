import { z } from 'zod';
import { Prose, Title } from './core/text.ts';
import { DateOn } from './core/time.ts';

/** Something that is not there yet, said openly. `content/roadmap/<id>.yaml`. */
export const RoadmapItem = z
  .strictObject({
    title: Title,
    status: z.enum(['considered', 'planned', 'in-progress', 'done', 'declined']),
    today: Prose.meta({ description: 'How it is today, without excuse.' }),
    plan: Prose.optional().meta({ description: 'What will change.' }),
    targetOn: DateOn.optional().meta({ description: 'The day it is aimed at; past days are shown as late.' }),
    when: Prose.optional().meta({ description: 'A horizon or a condition, when there is no day.' }),
    reviewBy: DateOn.optional().meta({
      description: 'The day by which this is looked at again; past days are shown as late.',
    }),
    doneOn: DateOn.optional(),
  })
  .refine((item) => item.status !== 'done' || item.doneOn !== undefined, {
    path: ['doneOn'],
    message: 'is needed when the status is done',
  })
  .meta({ id: 'RoadmapItem', description: 'An honest gap, and what is planned about it.' });
export type RoadmapItem = z.infer<typeof RoadmapItem>;
