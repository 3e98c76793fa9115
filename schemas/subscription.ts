import { z } from 'zod';
import { Email } from './core/text.ts';

/** What one can be told of. */
export const Topic = z
  .enum(['updates', 'subprocessors', 'advisories'])
  .meta({ description: 'What one is told of: news of this page, changes of subprocessors, vulnerabilities.' });
export type Topic = z.infer<typeof Topic>;

/** What a visitor fills in to be told of changes. */
export const SubscriptionForm = z
  .strictObject({
    email: z.string().trim().max(254).pipe(Email),
    topics: z
      .array(Topic)
      .min(1)
      .max(Topic.options.length)
      .transform((topics) => [...new Set(topics)]),
  })
  .meta({ id: 'SubscriptionForm', description: 'Whom to tell, and of what.' });
export type SubscriptionForm = z.infer<typeof SubscriptionForm>;

/** Where a subscription stands. */
export const SubscriptionState = z
  .enum(['pending', 'active', 'ended', 'expired'])
  .meta({ description: 'pending until the address is confirmed; nothing is sent before.' });
export type SubscriptionState = z.infer<typeof SubscriptionState>;
