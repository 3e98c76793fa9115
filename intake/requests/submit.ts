import { hash } from 'node:crypto';
import { canonicalJson } from '../../posture/digest.ts';
import { RequestForm } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import { type Receipt, receive } from './receive.ts';

/** What came of a form: a receipt, or what is wrong with it by field. */
export type Submitted = { receipt: Receipt } | { problems: Record<string, string> };

/**
 * Takes in what a visitor sent. `once` is the random value of the form that was shown: the same form sent twice is one
 * request with one receipt, and one that was changed in between is another. Throws Refusal too-many.
 */
export async function submitRequest(desk: Desk, form: URLSearchParams): Promise<Submitted> {
  const { takeIn, policy, head, limits, now } = desk;
  const parsed = RequestForm.safeParse(fieldsOf(form, RequestForm, ['needs']));
  if (!parsed.success) return { problems: problemsOf(parsed.error) };
  const unknown = parsed.data.needs.filter((need) => !policy.needs.includes(need));
  if (unknown.length > 0) return { problems: { needs: 'holds something that is not offered here' } };
  limits.letter(parsed.data.email);
  const once = form.get('once') ?? '';
  // Too short to have come from our form: what follows from it could be guessed.
  const seed = once.length < 43 ? undefined : hash('sha256', `${once}\n${canonicalJson(parsed.data)}`);
  return { receipt: await receive(takeIn, policy, head, parsed.data, now(), seed) };
}
