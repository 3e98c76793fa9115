import { z } from 'zod';
import { Digest } from './core/ids.ts';
import { typedLine } from './core/text.ts';

/** Where the grant of a gated document stands. */
export const GrantState = z
  .enum(['granted', 'agreed', 'revoked', 'expired'])
  .meta({ description: 'Where it stands; `agreed`: its recipient agreed to keep it secret.' });
export type GrantState = z.infer<typeof GrantState>;

/** What a recipient fills in to agree to secrecy: by a click, for the text of that digest. */
export const NdaForm = z
  .strictObject({
    name: typedLine(160),
    agrees: z.literal('yes', 'must be ticked'),
    text: Digest,
  })
  .meta({ id: 'NdaForm', description: 'What a recipient fills in to agree to secrecy.' });
export type NdaForm = z.infer<typeof NdaForm>;
