import type { Desk } from '../desk.ts';
import { keysOf } from '../envelope/receipt.ts';
import { takesMessages } from '../envelope/seal.ts';
import type { SentFile } from '../web/multipart.ts';
import { Refusal } from '../web/refusal.ts';
import { hindrance, type ReportProblem, readMessage } from './look.ts';
import { receiptCode } from './receipt.ts';
import { receiveReport } from './receive.ts';
import { reportStanding } from './standing.ts';

/** What the reporter is shown, once: the number of the report, and the code that opens it for them. */
export type ReportReceipt = { number: string; code: string };

/** What came of a form: a receipt, or what is wrong with it by field. */
export type MessageAnswer =
  | { receipt: ReportReceipt }
  | { problems: Readonly<Record<string, ReportProblem | 'missing' | 'twice' | 'paused' | 'no-recipient'>> };

/**
 * Takes in an age message that a reporter made themselves, pasted or uploaded, without JavaScript. The receipt code is made
 * here, and only what follows from it is kept. Throws Refusal: no-keys, too-large, too-many-plain.
 */
export async function submitMessage(
  desk: Desk,
  form: URLSearchParams,
  files: ReadonlyMap<string, readonly SentFile[]> | undefined,
  visitor: string,
): Promise<MessageAnswer> {
  const standing = await reportStanding(desk);
  const critical = form.get('critical') === 'yes';
  const hindered = hindrance(standing, critical);
  if (hindered === 'no-keys') throw new Refusal(hindered);
  if (hindered !== undefined) return { problems: { critical: hindered } };
  const pasted = (form.get('message') ?? '').trim();
  const [file] = files?.get('file') ?? [];
  if (pasted === '' && file === undefined) return { problems: { message: 'missing' } };
  if (pasted !== '' && file !== undefined) return { problems: { message: 'twice' } };
  const sent = file?.bytes ?? new TextEncoder().encode(pasted);
  const own = (form.get('recipient') ?? '').trim();
  if (own !== '' && !(await takesMessages(own))) return { problems: { recipient: 'no-recipient' } };
  const keys = form.get('keys') ?? '';
  const read = readMessage(sent, keys, standing);
  if ('problem' in read) return { problems: { message: read.problem } };
  const { ciphertext } = read;
  desk.limits.reportWithoutWork(visitor);
  const code = receiptCode(form.get('once'), ciphertext, own);
  const { access, recipient } = await keysOf(code);
  const replyTo = own === '' ? recipient : own;
  const report = { via: 'age-message', ciphertext, access, replyTo, keys, critical } as const;
  const { number } = await receiveReport(desk.takeIn, desk.head, standing.contacts, report, desk.now());
  return { receipt: { number, code } };
}
