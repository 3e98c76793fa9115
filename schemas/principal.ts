import { z } from 'zod';
import { Instant } from './core/time.ts';

/** What can get in: a person, a program, or something that will let one in. `role` is a group that nobody logs in as. */
export const PrincipalKind = z.enum(['person', 'bot', 'app', 'key', 'invitation', 'role']).meta({
  description: 'person, bot (an account of a program), app, key, invitation (not yet accepted), or role (a group).',
});
export type PrincipalKind = z.infer<typeof PrincipalKind>;

const Label = z.string().min(1).max(300);

/** Somebody or something that can get into one system. Private: it names people, and is never published. */
export const Principal = z
  .strictObject({
    name: Label.meta({ description: 'What the system calls it.' }),
    key: Label.meta({ description: 'Its id in the system, which stays when it is renamed.' }),
    kind: PrincipalKind,
    roles: z.array(Label).meta({ description: 'What it may do, in the system’s own words.' }),
    outside: z.boolean().nullable().meta({
      description: 'True for somebody who is not of the company; null when it cannot be seen.',
    }),
    secondFactor: z.boolean().nullable().meta({ description: 'Null when it cannot be seen, or does not apply.' }),
    lastActiveAt: Instant.nullable().meta({ description: 'Null when it cannot be seen.' }),
    createdAt: Instant.nullable().meta({
      description: 'Since when it has access; of an invitation, when it was sent.',
    }),
    expiresAt: Instant.nullable().meta({ description: 'When its access was meant to end; null for never.' }),
    also: z.array(Label).meta({ description: 'Other names by which the same principal is known in the system.' }),
  })
  .meta({ id: 'Principal', description: 'Somebody or something that can get into a system; private.' });
export type Principal = z.infer<typeof Principal>;

/** What the credentials of a collector may not see, or the system does not tell. */
export const Unseen = z.enum([
  'second factor',
  'last activity',
  'creation',
  'expiry',
  'roles',
  'invitations',
  'keys',
  'apps',
  'outside collaborators',
]);
export type Unseen = z.infer<typeof Unseen>;

/** Everybody and everything that can get into one system, as of one moment. Private. */
export const PrincipalList = z.strictObject({
  /** When the system gave the list; null when an export does not say. */
  asOf: Instant.nullable(),
  /** How many principals the system itself says there are; null when it does not say. */
  reportedTotal: z.int().nonnegative().nullable(),
  /** False when pages are missing, or a whole kind of principal may not be seen. */
  complete: z.boolean(),
  /** True where two principals never share a name, so that whoever has the name of one that was removed is it again. */
  namesAreUnique: z.boolean(),
  unseen: z.array(Unseen),
  principals: z.array(Principal),
});
export type PrincipalList = z.infer<typeof PrincipalList>;
