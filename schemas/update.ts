import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Prose, Title } from './core/text.ts';
import { DateOn, Instant } from './core/time.ts';

/** News about security. The body of the file is its text. `content/updates/<id>.mdx`. */
export const Update = z
  .strictObject({
    title: Title,
    kind: z.enum(['change', 'incident', 'advisory', 'subprocessor', 'notice']),
    publishedOn: DateOn,
    summary: Prose,
    claims: z.array(Id).default([]).meta({ description: 'Claims that it is about.' }),
    severity: Id.optional().meta({ description: 'For incidents: a severity of the incident policy.' }),
    receivedAt: Instant.optional().meta({ description: 'For incidents: when it was first told to us.' }),
    acknowledgedAt: Instant.optional(),
    confirmedAt: Instant.optional().meta({ description: 'When it was sure.' }),
    customersToldAt: Instant.optional(),
    reviewedOn: DateOn.optional().meta({ description: 'The day of the post-mortem.' }),
    startedAt: Instant.optional().meta({ description: 'For incidents.' }),
    resolvedAt: Instant.optional().meta({ description: 'For incidents.' }),
  })
  .meta({ id: 'Update', description: 'News about security: changes, incidents, advisories, notices.' });
export type Update = z.infer<typeof Update>;
