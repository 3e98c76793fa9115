import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Prose } from './core/text.ts';
import { Instant } from './core/time.ts';
import { Principal, PrincipalKind, Unseen } from './principal.ts';

/** The name of a person who reviews. */
export const PersonName = z
  .string()
  .trim()
  .min(1, 'must be the name of a person')
  .max(200, 'must have at most 200 characters');

/** What a reviewer decides about one entry. */
export const AccessDecision = z
  .enum(['keep', 'change', 'revoke'])
  .meta({ description: 'keep; change (with the roles that shall remain); or revoke.' });
export type AccessDecision = z.infer<typeof AccessDecision>;

/** `<source>/<collector>`: one system, as one collector lists who can get into it. */
export const SystemRef = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/,
    'must be <source>/<collector>, for example app-db/postgres-access',
  )
  .meta({ description: 'The system that is reviewed: <source>/<collector>.' });
export type SystemRef = z.infer<typeof SystemRef>;

/** A principal as it was pulled, what has changed since the review before, and a seal over both. */
export const PulledPrincipal = Principal.extend({
  changed: z.array(z.string().min(1).max(320)).meta({
    description:
      'Since the review before: `new`, or `revoked before`, `renamed`, and each role with + or - in front; empty when nothing has changed.',
  }),
  seal: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits')
    .meta({ description: 'Shows that nobody has edited what was pulled: the start of its SHA-256.' }),
}).meta({ id: 'PulledPrincipal', description: 'One principal as it was pulled. Written by machine.' });
export type PulledPrincipal = z.infer<typeof PulledPrincipal>;

/** One principal and what was decided about it. All but `pulled` is written by people. */
export const ReviewEntry = z
  .strictObject({
    pulled: PulledPrincipal,
    decision: AccessDecision.nullable().default(null).meta({
      description: 'keep, change or revoke; empty while it is not decided.',
    }),
    roles: z.array(z.string().min(1).max(300)).optional().meta({
      description: 'For change: the roles that shall remain.',
    }),
    reason: z.string().trim().min(1).max(2000).nullable().default(null).meta({
      description: 'Why: a sentence, or the name of one of `reasons`.',
    }),
    reviewedBy: PersonName.optional().meta({
      description: 'Who decided this entry, when it was not the reviewer: for the reviewer’s own entry.',
    }),
  })
  .superRefine(({ decision, roles }, context) => {
    if (roles !== undefined && decision !== 'change')
      context.addIssue({ code: 'custom', path: ['roles'], message: 'belongs to the decision `change` alone' });
    if (roles === undefined && decision === 'change')
      context.addIssue({
        code: 'custom',
        path: ['decision'],
        message: 'is `change`, so `roles` must say which remain',
      });
  })
  .meta({ id: 'ReviewEntry', description: 'One principal and what was decided about it.' });
export type ReviewEntry = z.infer<typeof ReviewEntry>;

/** Somebody of the review before who is no longer there. */
export const GonePrincipal = z.strictObject({
  name: z.string().min(1).max(300),
  key: z.string().min(1).max(300),
  kind: PrincipalKind,
});
export type GonePrincipal = z.infer<typeof GonePrincipal>;

/**
 * One review of who can get into one system. Private: it names people; neither the file nor a digest of it is ever
 * published. `content/access-reviews/<id>.yaml`, made by `candor review open`.
 */
export const AccessReview = z
  .strictObject({
    system: SystemRef,
    reviewer: PersonName.meta({
      description: 'Who reviews; the name as the system knows it, so that nobody reviews themself.',
    }),
    reviewerRole: Id.optional().meta({
      description: 'The role that the reviewer has in the company; this is published.',
    }),
    openedAt: Instant,
    dueAt: Instant.meta({ description: 'Until when the review is promised to be closed.' }),
    previous: z.string().max(80).nullable().meta({ description: 'The review that this one was compared with.' }),
    list: z
      .strictObject({
        asOf: Instant.nullable().meta({ description: 'When the system gave the list.' }),
        read: z.int().nonnegative().meta({ description: 'How many principals were read.' }),
        reportedTotal: z.int().nonnegative().nullable().meta({ description: 'How many the system says there are.' }),
        complete: z.boolean(),
        unseen: z.array(Unseen).meta({ description: 'What the credentials may not see.' }),
        gone: z.array(GonePrincipal).meta({ description: 'Who was in the review before and is no longer there.' }),
        digest: Digest.meta({ description: 'Shows that no entry was added or removed by hand.' }),
      })
      .meta({ description: 'The list as it was pulled. Written by machine.' }),
    incomplete: Prose.optional().meta({
      description: 'For a list that is not complete: what is missing, and why it is reviewed all the same.',
    }),
    reasons: z.record(Id, Prose).default({}).meta({ description: 'Reasons that many entries share, by a short name.' }),
    entries: z.array(ReviewEntry).min(1),
    closed: z
      .strictObject({ at: Instant, by: PersonName, digest: Digest })
      .optional()
      .meta({ description: 'The sign-off. Written by `candor review close`.' }),
  })
  .meta({ id: 'AccessReview', description: 'One review of who can get into one system; private, never published.' });
export type AccessReview = z.infer<typeof AccessReview>;
