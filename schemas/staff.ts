import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Email, typedLines } from './core/text.ts';

/**
 * What somebody at the company may do with what visitors send in. `viewer` sees what is open, and nothing personal.
 * `responder` reads and answers requests. `administrator` makes accounts, and exports and deletes what is known of a person.
 * `triager` works on reports of vulnerabilities; `guest` sees those that were shared, and nothing else.
 */
export const StaffRole = z.enum(['viewer', 'responder', 'administrator', 'triager', 'guest']).meta({
  description:
    'viewer, responder (reads and answers), administrator (accounts, export, deletion), triager (reports of vulnerabilities) or guest (reports that were shared).',
});
export type StaffRole = z.infer<typeof StaffRole>;

/** An account to be made. `email`: whose requests it may not approve. */
export const StaffForm = z.strictObject({ id: Id, role: StaffRole, email: z.string().trim().max(254).pipe(Email) });
export type StaffForm = z.infer<typeof StaffForm>;

/** A sign-in as it was typed: the key, and a code of six digits, with spaces or without. */
export const SignInForm = z.strictObject({
  key: z
    .string()
    .max(200)
    .transform((text) => text.trim()),
  code: z
    .string()
    .max(20)
    .transform((text) => text.replace(/\s/g, '')),
});
export type SignInForm = z.infer<typeof SignInForm>;

/** What a member of staff writes to the requester, or as the reason of a decision. */
export const StaffText = typedLines(4000);
