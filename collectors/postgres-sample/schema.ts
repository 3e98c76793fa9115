import { z } from 'zod';
import { FieldName } from '../../schemas/index.ts';
import { parseName } from '../postgres-row-security/names.ts';
import { Filter, sampleDeclaration } from '../sampling/declaration.ts';

/** The declared intent: which rows of which table are sampled, and what each is tested for. */
export const Expect = sampleDeclaration({
  table: z
    .string()
    .max(200)
    .refine((text) => parseName(text) !== null, 'must be a table such as public.changes, quoted where needed')
    .meta({ description: 'The table, with its schema; `public` when left out.' }),
  key: FieldName.meta({ description: 'Its column with the id: NOT NULL, with a unique index of its own.' }),
  at: FieldName.meta({ description: 'Its column with the time (or day) by which a row belongs to the period.' }),
  where: z.array(Filter).max(10).default([]).meta({ description: 'Which rows; all when left out.' }),
});
export type Expect = z.infer<typeof Expect>;

export { SampleFacts as Facts, SampleRaw as Raw } from '../sampling/raw.ts';
