import type { Id, IntakePolicy, RequestForm } from '../../schemas/index.ts';
import { CandorError, durationText } from '../../schemas/index.ts';
import { draftFor, formOf } from '../agreements/draft.ts';
import { type Offering, offerDraft } from '../agreements/offer.ts';
import { grantByRules } from '../grants/give.ts';
import { moveOn, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { newSecret } from '../secrets/secret.ts';
import { heldLetter, STATUS_MS } from './letters.ts';
import { asksForAgreement, type HoldReason, holdReasons } from './rules.ts';

/**
 * Applies the rules to a request whose address is confirmed: an offer, pinned to the template and evidence of now, the grant
 * of a document, or a person who looks first. One that somebody decided a moment ago stays as it is. Throws what is wrong with the content.
 */
export async function decide(desk: Offering, request: Submission): Promise<Submission> {
  const form = formOf(request);
  if (form === undefined || request.state !== 'verified') return request;
  const granted = await grantByRules(desk, request, form);
  if (granted !== undefined) return granted;
  return offerOrHold(desk, request, form, { tell: true });
}

/**
 * Decides the requests whose address was confirmed, but whose decision was cut off, the oldest first. One that cannot be decided
 * keeps no other waiting; what was wrong first is thrown at the end.
 */
export async function decideConfirmed(desk: Offering): Promise<void> {
  const found = await desk.db
    .selectFrom('submission')
    .select('id')
    .where('kind', '=', 'dpa-request')
    .where('state', '=', 'verified')
    .orderBy('openedAt')
    .orderBy('id')
    .execute();
  const problems: unknown[] = [];
  for (const { id } of found) {
    const request = await submissionOf(desk.db, id);
    if (request === undefined) continue;
    await decide(desk, request).catch((problem: unknown) => problems.push(problem));
  }
  if (problems.length > 0) throw problems[0];
}

/** An offer when the rules let it through, else it is held. With `tell` a letter says which, and brings a new secret. */
export async function offerOrHold(
  desk: Offering,
  request: Submission,
  form: RequestForm,
  { tell }: { tell: boolean },
): Promise<Submission> {
  const draft = asksForAgreement(form) ? await draftFor(desk, form) : undefined;
  const reasons = holdReasons(form, desk.policy, draft);
  const failing = typeof draft === 'object' ? draft.hindrances.map(({ claim }) => claim) : [];
  if (reasons.length > 0 || typeof draft !== 'object') return hold(desk, request, form, { reasons, failing, tell });
  try {
    return await offerDraft(desk, request, draft, { actor: 'rules', ...(tell ? { email: form.email } : {}) });
  } catch (error) {
    if (!(error instanceof CandorError)) throw error;
    if (error.name === 'TransitionRefused') return (await submissionOf(desk.db, request.id)) ?? request;
    // A name that no font can show is for a person to look at.
    if (error.name !== 'AgreementUnprintable') throw error;
    return hold(desk, request, form, { reasons: ['unprintable'], failing, tell });
  }
}

async function hold(
  { db, policy, head, now }: Offering,
  request: Submission,
  form: RequestForm,
  { reasons, failing, tell }: { reasons: readonly HoldReason[]; failing: readonly Id[]; tell: boolean },
): Promise<Submission> {
  const at = now();
  const { secret, row } = newSecret('status', new Date(at.getTime() + STATUS_MS));
  const event = { type: 'request.held', timestamp: at.toISOString(), data: { id: request.id, reasons } };
  const mail = heldLetter(head, form.email, secret, promiseOf(policy));
  return moveOn(db, request, 'held', {
    at,
    actor: 'rules',
    facts: { reasons, failing },
    send: [{ channel: 'webhook', event }, ...(tell ? [{ channel: 'mail' as const, mail }] : [])],
    ...(tell ? { secrets: [row] } : {}),
  });
}

function promiseOf({ clocks }: IntakePolicy): string {
  return clocks
    .filter(({ starts }) => starts === 'receipt')
    .map(({ title, within }) => `${title.toLowerCase()} within ${durationText(within)}`)
    .join(', ');
}
