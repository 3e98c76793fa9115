import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { CandorError } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { printAgreement } from '../document/print.ts';
import { sealPdf } from '../document/seal.ts';
import type { SealKey } from '../document/seal-key.ts';
import { advance, submissionOf } from '../lifecycle/submission.ts';
import { AS_LONG_AS_KEPT_MS, newSecret } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { agreementOf } from './agreement.ts';
import { formOf } from './draft.ts';
import { supersedeOlder } from './ends.ts';
import { copyLetter, sealedLetter } from './letters.ts';

/** For so long an agreement belongs to whoever took it up; if it is not sealed by then, another one tries. */
export const SEALING_MS = 60_000;

/** What agreements are sealed with. */
export type Sealing = Pick<Desk, 'db' | 'policy' | 'head' | 'now' | 'sealKey'>;

/**
 * Prints and seals what was accepted, until nothing is left to do: with `accepted` and a key on any replica each agreement
 * becomes sealed once, however many try and whoever is killed in between. Returns how many this one sealed. Throws the
 * first problem after it tried all.
 */
export async function sealAccepted(desk: Sealing): Promise<number> {
  if (desk.sealKey === undefined) return 0;
  const problems: unknown[] = [];
  let sealed = 0;
  for (;;) {
    const request = await claim(desk.db, desk.now());
    if (request === undefined) break;
    try {
      if (await seal(desk, desk.sealKey, request)) sealed += 1;
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
  return sealed;
}

/** Takes one up that nobody else has. */
async function claim(db: Kysely<Tables>, at: Date): Promise<string | undefined> {
  const { rows } = await sql<{ submission: string }>`
    with due as materialized (
      select submission, number from agreement where seal_due_at <= ${at}::timestamptz
      order by seal_due_at limit 1 for update skip locked
    )
    update agreement set seal_due_at = ${new Date(at.getTime() + SEALING_MS)}::timestamptz
    from due where agreement.submission = due.submission and agreement.number = due.number
    returning agreement.submission`.execute(db);
  return rows[0]?.submission;
}

/** Whether this one sealed it. Its time is that of the seal; what was accepted, and when, stands in the text. */
async function seal(desk: Sealing, key: SealKey, id: string): Promise<boolean> {
  const { db, policy, head, now } = desk;
  const [request, agreement] = await Promise.all([submissionOf(db, id), agreementOf(db, id)]);
  const form = request && formOf(request);
  if (request?.state !== 'accepted' || form === undefined || agreement?.acceptance === undefined) return false;
  const { template, annexes, offer, acceptance, digest } = agreement;
  const at = now();
  const pdf = await sealPdf(await printAgreement({ template, annexes, offer, acceptance }), key, at);
  const pdfDigest = hash('sha256', pdf);
  await supersedeOlder(desk, request, form, at);
  const { secret, row } = newSecret('status', new Date(at.getTime() + AS_LONG_AS_KEPT_MS));
  const facts = { pdf: pdfDigest, certificate: key.certificate.fingerprint256.replaceAll(':', '').toLowerCase() };
  const kept = sql`
    update agreement set pdf = ${pdf}, pdf_digest = ${pdfDigest}, seal_due_at = null
    from changed where submission = changed.id and digest = ${digest} and annexes is not null`;
  const event = { type: 'agreement.sealed', timestamp: at.toISOString(), data: { id, ...facts } };
  const send = [
    { channel: 'mail' as const, mail: sealedLetter(head, form.email, id, secret) },
    { channel: 'mail' as const, mail: copyLetter(policy.sender, id, form.company) },
    { channel: 'webhook' as const, event },
  ];
  try {
    await advance(db, request, 'sealed', { at, actor: 'clock', facts, send, secrets: [row], also: [kept] });
    return true;
  } catch (error) {
    // Another one was faster: what it sealed is what counts.
    if (error instanceof CandorError && error.name === 'TransitionRefused') return false;
    throw error;
  }
}

/** Seals at once where that is possible; what fails now is tried again by the jobs. */
export async function sealNow(desk: Sealing): Promise<void> {
  await sealAccepted(desk).catch(() => undefined);
}
