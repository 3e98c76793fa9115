import { z } from 'zod';
import { AgreementSettings } from './agreement.ts';
import { Id } from './core/ids.ts';
import { Title, WebUrl } from './core/text.ts';
import { DateOn } from './core/time.ts';

/** A document that the page offers. The body of the file is its text, or `url` or `file` says where it is.
 * `content/documents/<id>.mdx`. */
export const Document = z
  .strictObject({
    title: Title,
    kind: z.enum([
      'policy',
      'dpa',
      'report',
      'whitepaper',
      'certificate',
      'questionnaire',
      'runbook',
      'terms',
      'reference',
    ]),
    version: z.string().min(1).max(40),
    access: z.enum(['public', 'on-request', 'nda']).meta({ description: 'Who may have it.' }),
    owner: Id.meta({ description: 'The role that answers for it.' }),
    publishedOn: DateOn,
    reviewedOn: DateOn.optional(),
    reviewBy: DateOn.optional().meta({ description: 'The day by which it must be read through again.' }),
    url: WebUrl.optional().meta({ description: 'Where it is, when it is not here.' }),
    file: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'A file beside this one; for what is not public, a PDF in the folder of gated documents.' }),
    agreement: AgreementSettings.optional().meta({ description: 'For kind dpa: its annexes.' }),
  })
  .meta({ id: 'Document', description: 'A document that the page offers.' });
export type Document = z.infer<typeof Document>;
