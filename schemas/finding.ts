import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Outcome } from './core/vocabulary.ts';

/** The outcome of one check on one subject, always with a reason that a person can read. */
export const Finding = z
  .strictObject({
    check: Id.meta({ description: 'The check, by its id in the collector.' }),
    subject: z.string().min(1).max(300).meta({
      description: 'What was judged: a table, an endpoint, a repository, a vendor. Public, or a keyed pseudonym.',
    }),
    outcome: Outcome,
    reason: z.string().min(1).max(600).meta({
      description: 'Why, in one or two sentences of our own words: never a row, a secret or a server message.',
    }),
  })
  .meta({ id: 'Finding', description: 'The outcome of one check on one subject.' });
export type Finding = z.infer<typeof Finding>;
