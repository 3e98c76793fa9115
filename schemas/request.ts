import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Country, Email, Prose, Title } from './core/text.ts';
import { Instant } from './core/time.ts';

/** What somebody asks for. */
export const RequestNeed = z
  .enum([
    'dpa',
    'scc-module-two',
    'scc-module-three',
    'uk-addendum',
    'swiss-addendum',
    'questionnaire',
    'document',
    'deletion',
    'question',
  ])
  .meta({ description: 'What is asked for.' });

/** Where a DPA request stands. */
export const DpaRequestState = z
  .enum([
    'received',
    'verified',
    'held',
    'offered',
    'accepted',
    'sealed',
    'declined',
    'expired',
    'superseded',
    'terminated',
  ])
  .meta({ description: 'Where it stands; every change is appended, never overwritten.' });
export type DpaRequestState = z.infer<typeof DpaRequestState>;

/** A request for a data processing agreement, a document or an answer. Kept in the intake’s database. */
export const DpaRequest = z
  .strictObject({
    id: Id,
    needs: z.array(RequestNeed).min(1),
    company: Title,
    companyAddress: z.string().max(300).optional(),
    jurisdiction: Country,
    signatory: Title.optional().meta({ description: 'Who signs.' }),
    signatoryRole: Title.optional(),
    email: Email,
    document: Id.optional().meta({ description: 'The document that is asked for.' }),
    message: Prose.optional(),
    receivedAt: Instant,
    answeredAt: Instant.optional(),
    state: DpaRequestState,
    template: z.strictObject({ document: Id, version: z.string(), evidenceDigest: Digest }).optional().meta({
      description: 'The template version and evidence that the offer is pinned to.',
    }),
  })
  .meta({ id: 'DpaRequest', description: 'A request for a DPA, a document or an answer.' });
export type DpaRequest = z.infer<typeof DpaRequest>;
