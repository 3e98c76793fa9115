import { z } from 'zod';

/** A name, or a pattern in which `*` stands for any part of a name. */
const Pattern = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w.*-]+$/, 'must be a repository name, or a pattern with *');

/** Which repositories a collector of GitHub looks at, and what of their names may be published. */
export const scopeFields = {
  organization: z
    .string()
    .min(1)
    .max(39)
    .regex(/^[a-zA-Z0-9-]+$/)
    .meta({ description: 'The login of the organization.' }),
  repositories: z.array(Pattern).min(1).optional().meta({
    description: 'The names of the repositories; all of the organization when left out. Each one named must be found.',
  }),
  except: z.record(Pattern, z.string().min(1).max(200)).default({}).meta({
    description: 'Repositories that are out of scope, and why; they are shown as such.',
  }),
  publishNames: z.array(Pattern).default([]).meta({
    description: 'Private repositories whose names may be published; names of public ones are.',
  }),
};

/** The part of an `expect` that scopeFields makes. */
export type Scope = z.infer<z.ZodObject<typeof scopeFields>>;

/** Whether a name fits a pattern; case does not count, as on GitHub. */
export function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
}
