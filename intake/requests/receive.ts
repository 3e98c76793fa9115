import { durationMs, durationText, type IntakePolicy, type RequestForm } from '../../schemas/index.ts';
import type { TakeIn } from '../lifecycle/take-in.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { newCode, newSecret } from '../secrets/secret.ts';
import { confirmLetter } from './letters.ts';

/** How long a link and a code confirm an address. */
const CONFIRM_MS = 24 * 3_600_000;

/** What the visitor is shown: a number to name the request by, and the secret of its status page. */
export type Receipt = { id: string; status: string };

/**
 * Takes a request in and writes to the address in it. When this returns, the request is durable. The same happens for
 * every address, whether or not anything was ever heard from it. With a `seed` the receipt follows from it, and a second
 * request with the same one changes nothing: 256 bits that nobody else knows.
 */
export async function receive(
  takeIn: TakeIn,
  policy: IntakePolicy,
  head: Letterhead,
  form: RequestForm,
  at: Date,
  seed?: string,
): Promise<Receipt> {
  const keptFor = durationMs(policy.retention.unconfirmed);
  const status = newSecret('status', new Date(at.getTime() + keptFor), seed);
  const expiresAt = new Date(at.getTime() + Math.min(CONFIRM_MS, keptFor));
  const link = newSecret('link', expiresAt);
  const { code, row } = newCode(status.secret, expiresAt);
  const mail = confirmLetter(head, form.email, link.secret, code, durationText(policy.retention.unconfirmed));
  const secrets = [status.row, link.row, row];
  const cause = { at, actor: 'visitor', send: [{ channel: 'mail' as const, mail }], secrets };
  const { id } = await takeIn('dpa-request', form, cause, seed);
  return { id, status: status.secret };
}
