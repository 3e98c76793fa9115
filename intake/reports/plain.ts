import { z } from 'zod';
import type { Desk } from '../desk.ts';
import { keysOf } from '../envelope/receipt.ts';
import { ATTACHMENT_BYTES, packReport } from '../envelope/report.ts';
import { seal } from '../envelope/seal.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import type { SentFile } from '../web/multipart.ts';
import { Refusal } from '../web/refusal.ts';
import { hindrance } from './look.ts';
import type { ReportReceipt } from './message.ts';
import { receiptCode } from './receipt.ts';
import { receiveReport } from './receive.ts';
import { reportStanding } from './standing.ts';

const Line = z.string().trim().min(1, 'is needed').max(300, 'must have at most 300 characters');
const Text = z.string().trim().min(1, 'is needed').max(50_000, 'must have at most 50,000 characters');

/** A report as it is filled in where no script runs. */
export const PlainReportForm = z.object({
  title: Line,
  product: Line.optional(),
  version: Line.optional(),
  asset: Line.optional(),
  description: Text,
  steps: Text.optional(),
  impact: Text.optional(),
  contact: Line.optional(),
  credit: z.literal('yes').optional(),
  creditName: Line.optional(),
});

/** What came of a form: a receipt, or what is wrong with it by field. */
export type PlainAnswer = { receipt: ReportReceipt } | { problems: Readonly<Record<string, string>> };

/**
 * Takes in a report that comes in the clear, over TLS: it is encrypted here, in memory, and what was sent is written nowhere
 * and let go. Its attachments are not opened. Throws Refusal: no-keys, too-many-plain.
 */
export async function submitPlain(
  desk: Desk,
  form: URLSearchParams,
  files: ReadonlyMap<string, readonly SentFile[]> | undefined,
  visitor: string,
): Promise<PlainAnswer> {
  const standing = await reportStanding(desk);
  const critical = form.get('critical') === 'yes';
  const hindered = hindrance(standing, critical);
  if (hindered === 'no-keys') throw new Refusal(hindered);
  const attachments = files?.get('attachments') ?? [];
  const weight = attachments.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const parsed = PlainReportForm.safeParse(fieldsOf(form, PlainReportForm));
  const problems = {
    ...(parsed.success ? {} : problemsOf(parsed.error)),
    ...(weight > ATTACHMENT_BYTES ? { attachments: 'must weigh at most 10 MiB together' } : {}),
    ...(hindered === 'paused' ? { critical: 'must be so: only critical reports are taken in just now' } : {}),
  };
  if (!parsed.success || Object.keys(problems).length > 0) return { problems };
  desk.limits.reportWithoutWork(visitor);
  const { credit, creditName: name, ...said } = parsed.data;
  const plain = packReport({ ...said, credit: { wanted: credit !== undefined, name }, attachments });
  const code = receiptCode(form.get('once'), plain);
  const { access, recipient: replyTo } = await keysOf(code);
  const { recipients, keys } = standing;
  const report = {
    via: 'plain-form',
    ciphertext: await seal(plain, recipients),
    access,
    replyTo,
    keys,
    critical,
  } as const;
  const { number } = await receiveReport(desk.takeIn, desk.head, standing.contacts, report, desk.now());
  return { receipt: { number, code } };
}
