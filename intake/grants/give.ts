import { after } from '../../posture/time.ts';
import { candorError, type Document, type Id, type RequestForm } from '../../schemas/index.ts';
import { formOf } from '../agreements/draft.ts';
import type { Desk } from '../desk.ts';
import { moveOn, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { idFrom } from '../lifecycle/take-in.ts';
import { takeInFor } from '../lifecycle/take-in-for.ts';
import { withdraw } from '../outbox/withdraw.ts';
import { holdReasons } from '../requests/rules.ts';
import { newSecret } from '../secrets/secret.ts';
import type { GrantTerms, Recipient } from './grant.ts';
import { grantLetter } from './letters.ts';

/** What a grant is made with. */
export type Granting = Pick<Desk, 'db' | 'policy' | 'head' | 'now' | 'current'>;

/** How much longer than the grant its page can be looked at, in ms: its log is for the recipient too. */
const LOG_MS = 90 * 86_400_000;
/** Requests that may be answered: their address is confirmed, and nobody has declined them. */
const grantable: ReadonlySet<string> = new Set([
  'verified',
  'held',
  'answered',
  'offered',
  'accepted',
  'sealed',
  'superseded',
]);

/**
 * Grants a document to whoever made a request: a letter with an address of their own goes to them. A request for nothing
 * else is answered by it. `actor` is a member of staff, or `rules`. Throws GrantRefused.
 */
export async function grant(desk: Granting, request: Submission, document: Id, actor: string): Promise<Submission> {
  const { db, policy, head, now } = desk;
  const refused = (problem: string) => candorError('GrantRefused', { problem });
  const form = formOf(request);
  if (request.kind !== 'dpa-request' || form === undefined) throw refused('what was asked for is deleted');
  if (!grantable.has(request.state)) throw refused(`the request is ${request.state}`);
  const found = await gatedDocument(desk, document);
  if (typeof found === 'string') throw refused(found);
  const at = now();
  const { grantValidFor, downloads } = policy.documents;
  const validUntil = after(at.toISOString(), grantValidFor);
  const { version, title, access } = found;
  const terms: GrantTerms = { request: request.id, document, version, access, validUntil, downloads };
  const { secret, row } = newSecret('grant', new Date(Date.parse(validUntil) + LOG_MS));
  const mail = grantLetter(head, form.email, { title, isNda: access === 'nda', validUntil }, secret);
  const recipient: Recipient = { company: form.company, email: form.email };
  const cause = { at, actor, facts: terms, secrets: [row], send: [{ channel: 'mail' as const, mail }] };
  const isWaiting = request.state === 'verified' || request.state === 'held';
  // Of two who answer the same request at the same time, and of one that was cut off in between, there is one grant.
  const id = idFrom('grant', isWaiting ? `grant\n${request.head}\n${document}` : secret);
  await takeInFor(db, { id, kind: 'grant', owner: request.id }, recipient, cause);
  const given = await submissionOf(db, id);
  if (given === undefined) throw refused('what was asked for is deleted');
  if (isWaiting) await answer(desk, request, form, document, { id, actor });
  return given;
}

/**
 * Grants what a request asks for when that is one document and the rules hold nothing against it. Gives the request as it
 * stands then; undefined when a person must look at it.
 */
export async function grantByRules(desk: Granting, request: Submission, form: RequestForm) {
  const { needs, document, message } = form;
  const isOne = needs.length === 1 && needs[0] === 'document' && message === undefined;
  if (!isOne || document === undefined || typeof (await gatedDocument(desk, document)) === 'string') return undefined;
  if (holdReasons(form, desk.policy, undefined).some((reason) => reason !== 'needs-a-person')) return undefined;
  await grant(desk, request, document, 'rules');
  return submissionOf(desk.db, request.id);
}

/**
 * Ends a grant at once: whoever asks for a download from then on gets nothing, and neither does one whose copy is still
 * being made. What has begun to be sent arrives. A second time is no error. Throws GrantRefused.
 */
export async function revoke({ db, now }: Pick<Desk, 'db' | 'now'>, id: string, actor: string): Promise<Submission> {
  const at = now();
  for (;;) {
    const before = await submissionOf(db, id);
    if (before?.kind !== 'grant') throw candorError('GrantRefused', { problem: 'there is no such grant' });
    const isOver = before.state === 'revoked' || before.state === 'expired';
    // Each time round somebody else was faster: a download that counts.
    const after = isOver ? before : await moveOn(db, before, 'revoked', { at, actor });
    if (after.state !== 'revoked' && after.state !== 'expired') continue;
    await withdraw(db, id, at);
    return after;
  }
}

async function answer(
  { db, now }: Granting,
  request: Submission,
  { needs }: RequestForm,
  document: Id,
  { id, actor }: { id: string; actor: string },
): Promise<void> {
  const isAll = needs.every((need) => need === 'document') && formOf(request)?.document === document;
  if (!isAll && request.state !== 'held') return;
  await moveOn(db, request, isAll ? 'answered' : 'held', { at: now(), actor, facts: { grant: id, document } });
}

/** A document that can be granted, or why it cannot. */
async function gatedDocument({ current }: Pick<Desk, 'current'>, id: Id) {
  const { content, nda } = await current();
  const found: Document | undefined = content.documents.find((entry) => entry.id === id)?.data;
  if (found === undefined) return `there is no document ${id}`;
  const { access } = found;
  if (access === 'public') return `${id} is public`;
  if (found.file === undefined) return `${id} has no file`;
  if (access === 'nda' && nda === undefined) return `there is no text on secrecy to agree to for ${id}`;
  return { ...found, access };
}
