import { AcceptanceForm, type AnnexChange } from '../../schemas/index.ts';
import type { Submission } from '../lifecycle/submission.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import { accept } from './accept.ts';
import type { Offering } from './offer.ts';
import { sealNow } from './sealing.ts';

/** What came of the form: as of `accept`, or what is wrong with it by field. */
export type Answered =
  | { outcome: 'accepted' | 'expired' | 'closed' }
  | { outcome: 'changed'; request: Submission; changes: AnnexChange[] }
  | { outcome: 'incomplete'; problems: Record<string, string> };

/** Takes what a visitor filled in to accept an offer, and seals it at once where that is possible. */
export async function acceptForm(desk: Offering, request: Submission, form: URLSearchParams): Promise<Answered> {
  const parsed = AcceptanceForm.safeParse(fieldsOf(form, AcceptanceForm));
  if (!parsed.success) return { outcome: 'incomplete', problems: problemsOf(parsed.error) };
  const came = await accept(desk, request, parsed.data);
  if (came.outcome === 'accepted') await sealNow(desk);
  if (came.outcome !== 'unprintable') return came;
  const problem = 'has letters that our PDF cannot show: write it in Latin letters';
  return { outcome: 'incomplete', problems: Object.fromEntries(came.fields.map((field) => [field, problem])) };
}
