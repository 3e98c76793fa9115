import { z } from 'zod';

/** A kebab-case name. The file or folder that holds a thing is named by its id. */
export const Id = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be kebab-case: lower-case letters, digits and single hyphens')
  .meta({ description: 'Kebab-case name; the file or folder name is the id.' });
export type Id = z.infer<typeof Id>;

const checkRef = /^([a-z0-9]+(?:-[a-z0-9]+)*)\/([a-z0-9]+(?:-[a-z0-9]+)*)#([a-z0-9]+(?:-[a-z0-9]+)*)$/;

/** `<source>/<collector>#<check>`: one check of one collector on one source. */
export const CheckRef = z
  .string()
  .regex(
    checkRef,
    'must be <source>/<collector>#<check>, for example app-db/postgres-row-security#no-cross-tenant-read',
  )
  .meta({ description: 'One check of one collector on one source: <source>/<collector>#<check>.' });
export type CheckRef = z.infer<typeof CheckRef>;

/** The three names in a check reference. Throws a TypeError for text that CheckRef refuses. */
export function parseCheckRef(ref: CheckRef): { source: Id; collector: Id; check: Id } {
  const match = checkRef.exec(ref);
  if (!match?.[1] || !match[2] || !match[3]) throw new TypeError(`not a check reference: ${ref}`);
  return { source: match[1], collector: match[2], check: match[3] };
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest in lower-case hex')
  .meta({ description: 'SHA-256, 64 lower-case hexadecimal digits.' });
export type Digest = z.infer<typeof Digest>;
