import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Prose, Title, WebUrl } from './core/text.ts';
import { DateOn } from './core/time.ts';

const common = {
  title: Title.meta({ description: 'For example SOC 2 Type II, ISO/IEC 27001:2022.' }),
  scope: Prose.optional().meta({ description: 'What it covers.' }),
  note: Prose.optional().meta({ description: 'What a reader should know about it.' }),
};

const ahead = {
  expectedOn: DateOn.optional(),
  when: Prose.optional().meta({ description: 'A horizon or a condition, when there is no day.' }),
  roadmap: Id.optional().meta({ description: 'The roadmap item about it.' }),
};

/** A certificate or an audit: held, on the way, or honestly not held. `content/certifications/<id>.yaml`. */
export const Certification = z
  .discriminatedUnion('status', [
    z.strictObject({
      ...common,
      status: z.literal('held'),
      auditor: Title.meta({ description: 'Who audited.' }),
      issuedOn: DateOn,
      expiresOn: DateOn,
      document: Id.optional().meta({ description: 'The report or certificate, as a document.' }),
      url: WebUrl.optional().meta({ description: 'Where the certifier lists it.' }),
    }),
    z.strictObject({
      ...common,
      ...ahead,
      status: z.literal('in-progress'),
      stage: z.enum(['program', 'engaged', 'auditing', 'reporting']).optional().meta({ description: 'How far it is.' }),
      auditor: Title.optional(),
    }),
    z.strictObject({ ...common, ...ahead, status: z.literal('planned') }),
    z.strictObject({ ...common, ...ahead, status: z.literal('not-held') }),
  ])
  .meta({ id: 'Certification', description: 'A certificate or audit: held, in-progress, planned or not-held.' });
export type Certification = z.infer<typeof Certification>;
