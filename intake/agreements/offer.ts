import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { canonicalJson, sha256 } from '../../posture/digest.ts';
import { after } from '../../posture/time.ts';
import { type AgreementOffer, candorError, type Digest } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { evidenceDigestOf } from '../document/annexes.ts';
import { printAgreement } from '../document/print.ts';
import { advance, type Submission } from '../lifecycle/submission.ts';
import { offerLetter, STATUS_MS } from '../requests/letters.ts';
import { asksForAgreement } from '../requests/rules.ts';
import { newSecret } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { type Draft, type Drafting, draftFor, formOf, refusalOf } from './draft.ts';

/** What an offer is made with. */
export type Offering = Drafting & Pick<Desk, 'db' | 'policy' | 'head'>;

/**
 * Offers an agreement to a request because a member of staff says so, measures that do not hold included: the annexes tell
 * of them, and the history of who offered them. Throws OfferRefused, AgreementUnprintable, TransitionRefused.
 */
export async function offer(desk: Offering, request: Submission, actor: string): Promise<Submission> {
  const refused = (problem: string) => candorError('OfferRefused', { id: request.id, problem });
  const form = formOf(request);
  if (form === undefined) throw refused('what was asked for is deleted');
  if (!asksForAgreement(form)) throw refused('it does not ask for one');
  const draft = await draftFor(desk, form);
  if (typeof draft === 'string') throw refusalOf(request.id, draft);
  return offerDraft(desk, request, draft, { actor, email: form.email });
}

/**
 * Freezes a draft as the next offer to a request: its annexes and its text are kept to the byte with the change of state,
 * and the history holds their digests. It is printed first, so that nobody accepts what cannot be sealed. A letter with a new
 * secret goes to `email`; none where it is left out. Throws AgreementUnprintable, TransitionRefused.
 */
export async function offerDraft(
  { db, policy, head, now }: Offering,
  request: Submission,
  { template, annexes, hindrances }: Draft,
  { actor, email }: { actor: string; email?: string },
): Promise<Submission> {
  const at = now();
  const frozen = canonicalJson(annexes);
  const made: AgreementOffer = {
    schema: 'candor/dpa-offer@1',
    request: request.id,
    number: await nextNumber(db, request.id),
    offeredAt: at.toISOString(),
    validUntil: after(at.toISOString(), policy.offerValidFor),
    template: template.digest,
    annexes: sha256(frozen),
    salt: randomBytes(16).toString('hex'),
  };
  await printAgreement({ template, annexes, offer: made });
  const text = canonicalJson(made);
  const digest = sha256(text);
  await keepTemplate(db, template);
  const { secret, row } = newSecret('status', new Date(at.getTime() + STATUS_MS));
  const validUntil = new Date(made.validUntil);
  const letter =
    email === undefined ? {} : { secrets: [row], send: [mailOf(offerLetter(head, email, secret, validUntil))] };
  const { document, version } = annexes.template;
  const facts = {
    offer: digest,
    number: made.number,
    validUntil: made.validUntil,
    template: { document, version, digest: template.digest },
    evidenceDigest: evidenceDigestOf(annexes),
    ...(hindrances.length === 0 ? {} : { failing: hindrances.map(({ claim }) => claim) }),
  };
  const also = [keeping(request.id, made, digest, text, frozen)];
  return advance(db, request, 'offered', { at, actor, facts, also, ...letter });
}

function mailOf(mail: ReturnType<typeof offerLetter>) {
  return { channel: 'mail' as const, mail };
}

async function nextNumber(db: Kysely<Tables>, request: string): Promise<number> {
  const { most } = await db
    .selectFrom('agreement')
    .select(({ fn }) => fn.max('number').as('most'))
    .where('submission', '=', request)
    .executeTakeFirstOrThrow();
  return (most ?? 0) + 1;
}

/** A text is kept once, however often it is offered. */
async function keepTemplate(db: Kysely<Tables>, { digest, data, text }: Draft['template']): Promise<void> {
  await db
    .insertInto('agreementTemplate')
    .values({ digest, data: JSON.stringify(data), text })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .execute();
}

function keeping(request: string, made: AgreementOffer, digest: Digest, text: string, annexes: string) {
  return sql`
    insert into agreement (submission, number, digest, template, valid_until, offer, annexes)
    select id, ${made.number}::integer, ${digest}, ${made.template}, ${made.validUntil}::timestamptz, ${text}, ${annexes}
    from changed where id = ${request}`;
}
