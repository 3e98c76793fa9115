import { z } from 'zod';
import { sampleDeclaration } from '../sampling/declaration.ts';

const RepositoryName = z
  .string()
  .max(140)
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/, 'must be a repository such as acme/api');

/** What of a pull request can be tested. `approver` is the newest one with write access who approved it before it was merged and did not open it. */
export const pullFields = [
  'number',
  'title',
  'body',
  'author',
  'base',
  'createdAt',
  'mergedAt',
  'mergedBy',
  'approver',
  'approvedAt',
] as const;

/** The declared intent: the merged pull requests of which repositories are sampled, and what each is tested for. */
export const Expect = sampleDeclaration({
  repositories: z.array(RepositoryName).min(1).max(1000).meta({
    description: 'The repositories, such as acme/api. Their number is published, their names are not.',
  }),
  base: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The branch that they were merged to; any when left out.' }),
});
export type Expect = z.infer<typeof Expect>;

export { SampleFacts as Facts, SampleRaw as Raw } from '../sampling/raw.ts';
