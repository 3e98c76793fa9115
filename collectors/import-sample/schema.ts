import { z } from 'zod';
import { FieldName } from '../../schemas/index.ts';
import { Filter, sampleDeclaration } from '../sampling/declaration.ts';

/** The declared intent: which lines of the file are sampled, and what each is tested for. */
export const Expect = sampleDeclaration({
  key: FieldName.meta({ description: 'The column with the id. The lines must be sorted by it, each id once.' }),
  order: z.enum(['text', 'number']).default('text').meta({
    description: 'How the ids are sorted: as text, by code unit (LC_ALL=C sort), or as whole numbers.',
  }),
  at: FieldName.meta({ description: 'The column with the time (or day) by which a line belongs to the period.' }),
  where: z.array(Filter).max(10).default([]).meta({ description: 'Which lines; all when left out.' }),
  delimiter: z
    .string()
    .length(1)
    .default(',')
    .meta({ description: 'What stands between two cells; a comma when left out.' }),
});
export type Expect = z.infer<typeof Expect>;

export { SampleFacts as Facts, SampleRaw as Raw } from '../sampling/raw.ts';
