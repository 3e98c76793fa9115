import type { Kysely } from 'kysely';
import { type Digest, durationMs, type Id, type IntakePolicy, RequestForm } from '../../schemas/index.ts';
import { advance, type Submission } from '../lifecycle/submission.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { newSecret } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { heldLetter, offerLetter } from './letters.ts';
import { holdReasons } from './rules.ts';

/** What would be offered just now, and the claims of its annex that do not hold. */
export type CurrentOffer = {
  template: { document: Id; version: string };
  evidenceDigest: Digest;
  failing: readonly Id[];
};

/** How long the status page of a request opens by one secret; each letter brings a new one. */
const STATUS_MS = 366 * 86_400_000;

/**
 * Applies the rules to a request whose address is confirmed: an offer, pinned to the template and evidence of now, or a
 * person who looks first. Throws TransitionRefused when it is not `verified`.
 */
export async function decide(
  db: Kysely<Tables>,
  policy: IntakePolicy,
  head: Letterhead,
  request: Submission,
  offer: CurrentOffer,
  at: Date,
): Promise<Submission> {
  const form = RequestForm.parse(request.data);
  const reasons = holdReasons(form, policy, offer.failing);
  const { secret, row } = newSecret('status', new Date(at.getTime() + STATUS_MS));
  const cause = { at, actor: 'rules', secrets: [row] };
  if (reasons.length > 0) {
    const facts = { reasons, failing: offer.failing };
    const mail = heldLetter(head, form.email, secret, promiseOf(policy));
    const event = { type: 'request.held', timestamp: at.toISOString(), data: { id: request.id, reasons } };
    const send = [
      { channel: 'mail' as const, mail },
      { channel: 'webhook' as const, event },
    ];
    return advance(db, request, 'held', { ...cause, facts, send });
  }
  const validUntil = new Date(at.getTime() + durationMs(policy.offerValidFor));
  const { template, evidenceDigest } = offer;
  const facts = { template, evidenceDigest, validUntil: validUntil.toISOString() };
  const mail = offerLetter(head, form.email, secret, validUntil);
  return advance(db, request, 'offered', { ...cause, facts, send: [{ channel: 'mail', mail }] });
}

function promiseOf({ clocks }: IntakePolicy): string {
  return clocks
    .filter(({ starts }) => starts === 'receipt')
    .map(({ title, within }) => `${title.toLowerCase()} within ${within}`)
    .join(', ');
}
