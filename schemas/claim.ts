import { z } from 'zod';
import { CheckRef, Id } from './core/ids.ts';
import { Prose, Title } from './core/text.ts';
import { DateOn } from './core/time.ts';
import { ClaimStatus } from './core/vocabulary.ts';

/** `<framework>:<control>`, for example `soc2:CC6.1`, `iso27001:A.8.3`, `gdpr:32`. */
export const FrameworkRef = z
  .string()
  .regex(/^[a-z0-9-]+:[A-Za-z0-9().-]+$/, 'must be <framework>:<control>, for example soc2:CC6.1')
  .meta({ description: '<framework>:<control>, for example soc2:CC6.1.' });
export type FrameworkRef = z.infer<typeof FrameworkRef>;

/** One public statement. Its state is derived from what it cites. `content/claims/<section>/<id>.mdx`. */
export const Claim = z
  .strictObject({
    title: Title.meta({ description: 'The statement itself, one sentence.' }),
    status: ClaimStatus,
    category: Id.optional().meta({ description: 'What it is about, when the section does not tell.' }),
    evidence: z.array(CheckRef).default([]).meta({ description: 'The checks that must all pass.' }),
    attestations: z.array(Id).default([]).meta({ description: 'Signed or named statements that it rests on.' }),
    claims: z.array(Id).default([]).meta({ description: 'A roll-up: the claims that must all hold.' }),
    documents: z.array(Id).default([]).meta({ description: 'Documents to read with it; they prove nothing.' }),
    subprocessors: z.array(Id).default([]).meta({ description: 'Vendors that it speaks of.' }),
    frameworks: z.array(FrameworkRef).default([]).meta({ description: 'Controls that it answers.' }),
    roadmap: Id.optional().meta({ description: 'For what is planned or in progress: the roadmap item.' }),
    disclosedWeakness: z.boolean().default(false).meta({
      description: 'True for a statement that admits a weakness, such as backups kept in one data centre.',
    }),
    limits: Prose.optional().meta({ description: 'What the evidence does not show.' }),
    reviewedOn: DateOn.optional().meta({ description: 'The day a person last read it.' }),
  })
  .meta({ id: 'Claim', description: 'One public statement, with a declared status.' });
export type Claim = z.infer<typeof Claim>;
