import { z } from 'zod';
import { Prose, Title } from './core/text.ts';

/** A chapter of the page; its claims lie in `content/claims/<id>/`. `content/sections/<id>.yaml`. */
export const Section = z
  .strictObject({
    title: Title,
    order: z.int().positive().meta({ description: 'Position on the page, from 1.' }),
    summary: Prose.optional().meta({ description: 'What this chapter is about, in a sentence.' }),
  })
  .meta({ id: 'Section', description: 'A chapter of the page.' });
export type Section = z.infer<typeof Section>;
