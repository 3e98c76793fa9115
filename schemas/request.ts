import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Country, Email, typedLine, typedLines, UNSEEN } from './core/text.ts';
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
export type RequestNeed = z.infer<typeof RequestNeed>;

/** What is answered by an agreement. */
export const agreementNeeds: ReadonlySet<RequestNeed> = new Set([
  'dpa',
  'scc-module-two',
  'scc-module-three',
  'uk-addendum',
  'swiss-addendum',
]);

/** What a visitor fills in to ask for a DPA, a document or an answer. Nothing else of a form is kept. */
export const RequestForm = z
  .strictObject({
    needs: z.array(RequestNeed).min(1, 'choose at least one').max(RequestNeed.options.length),
    company: typedLine(160),
    website: z
      .url({
        protocol: /^https?$/,
        hostname: z.regexes.domain,
        error: 'must be a web address such as https://quill.example',
      })
      .max(300)
      // What hides its host, or does something to a terminal that shows it, is no address that somebody typed.
      .refine((text) => !UNSEEN.test(text) && URL.parse(text)?.username === '', 'must be a plain web address')
      .meta({ description: 'The company’s site; its domain is compared with that of the e-mail address.' }),
    companyAddress: typedLines(300).optional(),
    jurisdiction: Country,
    signatory: typedLine(160).optional().meta({ description: 'Who signs.' }),
    signatoryRole: typedLine(160).optional(),
    email: z.string().trim().max(254).pipe(Email),
    document: Id.optional().meta({ description: 'The document that is asked for.' }),
    message: typedLines(4000).optional(),
  })
  .refine(({ needs, document }) => !needs.includes('document') || document !== undefined, {
    path: ['document'],
    message: 'is needed when a document is asked for',
  })
  .refine(({ needs, message }) => !needs.includes('question') || message !== undefined, {
    path: ['message'],
    message: 'is needed when a question is asked',
  })
  .meta({ id: 'RequestForm', description: 'What a visitor fills in.' });
export type RequestForm = z.infer<typeof RequestForm>;

/** Where a DPA request stands. */
export const DpaRequestState = z
  .enum([
    'received',
    'verified',
    'held',
    'answered',
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
    ...RequestForm.shape,
    id: Id,
    receivedAt: Instant,
    answeredAt: Instant.optional(),
    state: DpaRequestState,
    template: z.strictObject({ document: Id, version: z.string(), evidenceDigest: Digest }).optional().meta({
      description: 'The template version and evidence that the offer is pinned to.',
    }),
  })
  .meta({ id: 'DpaRequest', description: 'A request for a DPA, a document or an answer.' });
export type DpaRequest = z.infer<typeof DpaRequest>;
