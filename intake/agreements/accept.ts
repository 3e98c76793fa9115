import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson, sha256 } from '../../posture/digest.ts';
import {
  type AcceptanceForm,
  type AgreementAcceptance,
  type AnnexChange,
  CandorError,
  type Digest,
} from '../../schemas/index.ts';
import { printAgreement } from '../document/print.ts';
import { advance, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { offerOrHold } from '../requests/decide.ts';
import { type Agreement, agreementOf } from './agreement.ts';
import { changesBetween, changesSince, formOf } from './draft.ts';
import type { Offering } from './offer.ts';

/**
 * What came of an acceptance. `changed`: what was looked at is not what would be agreed now; `request` is how it stands,
 * mostly with a new offer. `unprintable`: no font can show what was typed in these fields. `expired`: it came too late.
 * `closed`: nothing can be accepted here, or somebody else did.
 */
export type AcceptanceOutcome =
  | { outcome: 'accepted'; request: Submission }
  | { outcome: 'changed'; request: Submission; changes: AnnexChange[] }
  | { outcome: 'unprintable'; fields: ('name' | 'role')[] }
  | { outcome: 'expired' | 'closed' };

/** The sentences by which somebody accepts, as they are shown, and kept with what was accepted. */
export function acceptanceWords(customer: string, processor: string): { authority: string; consent: string } {
  return {
    authority: `I am authorised to sign agreements for ${customer}${customer.endsWith('.') ? '' : '.'}`,
    consent: `I accept this agreement with ${processor} for ${customer}, with its annexes, in electronic form.`,
  };
}

/**
 * Accepts the offer that somebody looked at: exactly those bytes, if they are still what would be offered now. What came
 * again is no error, and is accepted once. When the text, a measure or a subprocessor is different by now, nothing is
 * accepted and the next offer is made at once, or a person looks first. Throws what is wrong with the content.
 */
export async function accept(desk: Offering, request: Submission, form: AcceptanceForm): Promise<AcceptanceOutcome> {
  const current = await agreementOf(desk.db, request.id);
  const asked = formOf(request);
  if (current === undefined || asked === undefined) return { outcome: 'closed' };
  if (request.state === 'expired') return { outcome: 'expired' };
  if (request.state !== 'offered') return sameAs(current, form, request);
  const at = desk.now();
  if (at >= new Date(current.offer.validUntil)) return { outcome: 'expired' };
  if (form.offer !== current.digest) {
    const seen = await agreementOf(desk.db, request.id, form.offer);
    const changes = seen === undefined ? [] : changesBetween(seen.annexes, current.annexes);
    return { outcome: 'changed', request, changes };
  }
  const changes = await changesSince(desk, request, current.annexes);
  if (changes?.length === 0) return take(desk, request, current, acceptanceOf(current, form, at));
  const next = await offerOrHold(desk, request, asked, { tell: false });
  return { outcome: 'changed', request: next, changes: changes ?? [] };
}

function acceptanceOf(
  { digest, annexes: { parties } }: Agreement,
  { name, role }: AcceptanceForm,
  at: Date,
): AgreementAcceptance {
  return {
    schema: 'candor/dpa-acceptance@1',
    offer: digest,
    name,
    role,
    ...acceptanceWords(parties.customer?.name ?? '', parties.processor.legalName),
    acceptedAt: at.toISOString(),
    salt: randomBytes(16).toString('hex'),
  };
}

async function take(
  { db }: Offering,
  request: Submission,
  { offer, template, annexes }: Agreement,
  acceptance: AgreementAcceptance,
): Promise<AcceptanceOutcome> {
  try {
    await printAgreement({ template, annexes, offer, acceptance });
  } catch (error) {
    const fields = error instanceof CandorError && error.name === 'AgreementUnprintable' ? unshown(error) : [];
    if (fields.length === 0) throw error;
    return { outcome: 'unprintable', fields };
  }
  const at = new Date(acceptance.acceptedAt);
  const text = canonicalJson(acceptance);
  const facts = { offer: acceptance.offer, acceptance: sha256(text) };
  const kept = sql`
    update agreement set acceptance = ${text}, seal_due_at = ${at}::timestamptz
    from changed where submission = changed.id and digest = ${acceptance.offer} and annexes is not null`;
  try {
    const accepted = await advance(db, request, 'accepted', { at, actor: 'visitor', facts, also: [kept] });
    return { outcome: 'accepted', request: accepted };
  } catch (error) {
    if (!(error instanceof CandorError) || error.name !== 'TransitionRefused') throw error;
    const [now, agreement] = await Promise.all([submissionOf(db, request.id), agreementOf(db, request.id)]);
    return now === undefined || agreement === undefined ? { outcome: 'closed' } : sameAs(agreement, acceptance, now);
  }
}

/** Whether this is the acceptance that was taken already. */
function sameAs(
  { acceptance }: Agreement,
  again: { offer: Digest; name: string; role: string },
  request: Submission,
): AcceptanceOutcome {
  const same =
    acceptance !== undefined &&
    (['offer', 'name', 'role'] as const).every((field) => acceptance[field] === again[field]);
  return same ? { outcome: 'accepted', request } : { outcome: 'closed' };
}

function unshown({ message }: CandorError): ('name' | 'role')[] {
  return (['name', 'role'] as const).filter((field) => message.includes(`\`document.acceptance.${field}\``));
}
