import { z } from 'zod';
import { AccessReview, Duration, Id, Instant, PrincipalList } from '../../schemas/index.ts';

/** The part of the declared intent that all lists of access have in common; each collector adds its own. */
export const accessIntent = {
  every: Duration.default('92d').meta({
    description: 'How often a review is promised to be closed; 92d when left out.',
  }),
  administrators: z
    .strictObject({
      roles: z.array(z.string().min(1)).min(1).optional().meta({
        description: 'The roles that make an administrator; the system’s own highest ones when left out.',
      }),
      atMost: z.int().min(0).meta({ description: 'How many there may be.' }),
    })
    .optional()
    .meta({ description: 'How many administrators there are meant to be, at most.' }),
  invitationsLapseAfter: Duration.default('14d').meta({
    description: 'How old an invitation may grow; 14d when left out.',
  }),
  inactiveAfter: Duration.default('90d').meta({
    description: 'After how long without activity an account counts as unused; 90d when left out.',
  }),
  publicRoles: z.array(z.string().min(1).max(80)).max(40).default([]).meta({
    description: 'Names of roles that may be published, beside the system’s own words; all others are only counted.',
  }),
} as const;

/** The declared intent, as far as the judgement of a list needs it. */
export const AccessIntent = z.object(accessIntent);
export type AccessIntent = z.infer<typeof AccessIntent>;

/** What `collect` hands to `assess`: the list, and the reviews of it. Private: it names people. */
export const AccessRaw = z.strictObject({
  now: Instant,
  list: PrincipalList,
  reviews: z.array(z.strictObject({ id: Id, file: z.string(), data: AccessReview })),
});
export type AccessRaw = z.infer<typeof AccessRaw>;

const count = z.int().nonnegative();

/** The allow-list: counts, dates and public words. Nothing here can hold a name. */
export const AccessFacts = z.strictObject({
  people: count,
  bots: count,
  apps: count,
  keys: count,
  invitations: count,
  groups: count,
  /** Null where the list does not say it of everybody. */
  outside: count.nullable(),
  reportedTotal: count.nullable(),
  /** When an export was made; null for a system that was asked itself, and for an export that does not say. */
  exportedAt: Instant.nullable(),
  cannotBeSeen: z.array(z.string().max(40)).max(20),
  /** `<role>: <how many hold it>`, for public roles. */
  roles: z.array(z.string().max(120)).max(50),
  /** Principals that hold a role whose name is not public. */
  withOtherRoles: count,
  reviewEvery: Duration,
  reviewState: z.enum(['never', 'open', 'closed', 'overdue']),
  openReviewDueAt: Instant.nullable(),
  lastReviewAsOf: Instant.nullable(),
  lastReviewClosedAt: Instant.nullable(),
  nextReviewDueAt: Instant.nullable(),
  kept: count.nullable(),
  changed: count.nullable(),
  revoked: count.nullable(),
  /** Revocations in force that this list shows to be gone; null when it cannot show it. */
  provenGone: count.nullable(),
  /** Principals of this list who are new, or have a role more, since the last closed review; null without one. */
  gainedSinceReview: count.nullable(),
});
export type AccessFacts = z.infer<typeof AccessFacts>;
