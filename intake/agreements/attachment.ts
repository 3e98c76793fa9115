import type { Kysely } from 'kysely';
import type { Attached } from '../mail/letter.ts';
import type { Tables } from '../store/tables.ts';
import { sealedPdf } from './agreement.ts';

/** Looks up the sealed agreements that letters name, at the moment they are sent. */
export function agreementFiles(db: Kysely<Tables>): Attached {
  return async ({ agreement }) => {
    const content = await sealedPdf(db, agreement);
    return content && { filename: `${agreement}.pdf`, contentType: 'application/pdf', content };
  };
}
