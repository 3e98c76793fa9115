import { hash } from 'node:crypto';
import { armor } from 'age-encryption';
import { z } from 'zod';
import type { Desk } from '../../desk.ts';
import { keysOf, readReceiptCode } from '../../envelope/receipt.ts';
import { ATTACHMENT_BYTES, packMessage, unpackReport } from '../../envelope/report.ts';
import { open, seal } from '../../envelope/seal.ts';
import type { TarFile } from '../../envelope/tar.ts';
import { fieldsOf, problemsOf } from '../../web/fields.ts';
import type { SentForm } from '../../web/multipart.ts';
import { Refusal } from '../../web/refusal.ts';
import { type ReportProblem, readMessage } from '../look.ts';
import { reportStanding } from '../standing.ts';
import { answerCase } from './answer.ts';
import { type CaseMessage, caseOpenedBy, type ReporterCase } from './case.ts';
import { promisesIn, type RunningPromise } from './promises.ts';
import { Once } from './sealed.ts';

/**
 * A message as it is shown where no script decrypts: its text, and how large its files are, in bytes; the age message where
 * the reporter has a recipient of their own; or neither, where it was deleted or is not encrypted to them.
 */
export type PlainMessage = Omit<CaseMessage, 'ciphertext'> & {
  text?: string;
  files?: readonly { name: string; size: number }[];
  armored?: string;
};

/** A case that the server decrypted. `once` names the form on its page. */
export type PlainCase = Omit<ReporterCase, 'messages'> & {
  code: string;
  promises: readonly RunningPromise[];
  messages: PlainMessage[];
};

/** What came of a form: the case, with what is wrong with a message in it; every case that cannot be had is answered alike. */
export type PlainReturn =
  | { status: 404 }
  | { status: 200 | 422; found: PlainCase; isKept: boolean; problems: Readonly<Record<string, string>> };

/** What is wrong with an age message, in words for people. */
const ageWords: Readonly<Record<ReportProblem, string>> = {
  incomplete: 'is needed',
  'stale-keys': 'is encrypted to older keys of ours',
  'not-age': 'is no age message',
  'too-few-recipients': 'is encrypted to too few recipients; `age -R keys.txt` takes all of ours',
  'mixed-recipients': 'is encrypted to recipients of two kinds; ours alone are enough',
  'classical-recipients': 'is encrypted to recipients of the older kind; ours begin with age1pq1',
};

const AnswerForm = z.strictObject({
  once: Once,
  answer: z.string().trim().max(20_000, 'must have at most 20,000 characters').optional(),
  own: z.string().optional(),
});

/**
 * Opens a case by its receipt code, after keeping the message in the form where there is one. Keys are derived in memory
 * and forgotten with the answer; of what is written, ciphertext alone is kept.
 */
export async function returnPlain(desk: Desk, { form, files }: SentForm): Promise<PlainReturn> {
  const code = readReceiptCode(form.get('code') ?? '');
  if (code === undefined) return { status: 404 };
  const { access, identity, recipient } = await keysOf(code);
  const before = await caseOpenedBy(desk.db, access);
  if (before === undefined) return { status: 404 };
  const sent = form.has('once') ? await answered(desk, before, { form, files }) : {};
  const isKept = form.has('once') && Object.keys(sent).length === 0;
  const found = isKept ? await caseOpenedBy(desk.db, access) : before;
  if (found === undefined) return { status: 404 };
  const own = found.replyTo === recipient ? identity : undefined;
  const messages = await Promise.all(found.messages.map((message) => plain(message, own)));
  const { policy } = await reportStanding(desk);
  const promises = await promisesIn(desk.db, found.id, policy?.clocks ?? []);
  return {
    status: Object.keys(sent).length === 0 ? 200 : 422,
    found: { ...found, code, promises, messages },
    isKept,
    problems: sent,
  };
}

/**
 * One file of a message, decrypted in memory, for whoever has the receipt code: to be saved, never to be shown. Undefined for
 * whatever cannot be had.
 */
export async function fileInCase({ db }: Desk, form: URLSearchParams): Promise<TarFile | undefined> {
  const code = readReceiptCode(form.get('code') ?? '');
  if (code === undefined) return undefined;
  const { access, identity } = await keysOf(code);
  const messages = (await caseOpenedBy(db, access))?.messages ?? [];
  const { ciphertext = null } = messages.find(({ position }) => String(position) === form.get('message')) ?? {};
  if (ciphertext === null) return undefined;
  const plain = await open(ciphertext, identity).catch(() => undefined);
  return plain && unpackReport(plain).attachments.find((_, index) => String(index) === form.get('file'));
}

/** Keeps what was written, or says what is wrong with it by field. */
async function answered(
  desk: Desk,
  { id, replyTo }: ReporterCase,
  { form, files }: SentForm,
): Promise<Record<string, string>> {
  const typed = AnswerForm.safeParse(fieldsOf(form, AnswerForm));
  if (!typed.success) return problemsOf(typed.error);
  const { once, answer, own } = typed.data;
  const standing = await reportStanding(desk);
  // Sent twice it is kept once; the same form with something else in it is another message.
  const keep = (ciphertext: Uint8Array, said: Uint8Array) =>
    answerCase(desk, standing.contacts, id, { ciphertext, once: `${once}:${hash('sha256', said)}` });
  const attachments = files.get('attachments') ?? [];
  const chosen = files.get('file')?.[0]?.bytes;
  const file = own === undefined ? chosen : Buffer.from(own);
  if (file !== undefined) {
    // Nothing that was written is dropped without a word.
    if (answer !== undefined || attachments.length > 0 || (own !== undefined && chosen !== undefined))
      return { own: 'is sent alone: leave the other fields empty, and put everything into it' };
    const read = readMessage(file, standing.keys, standing);
    if ('problem' in read) return { own: ageWords[read.problem] };
    await keep(read.ciphertext, read.ciphertext);
    return {};
  }
  if (answer === undefined) return { answer: 'is needed' };
  const weight = attachments.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  if (weight > ATTACHMENT_BYTES) return { attachments: 'must weigh at most 10 MiB together' };
  if (standing.recipients.length === 0) throw new Refusal('no-keys');
  const recipients = [...standing.recipients, ...(replyTo === null ? [] : [replyTo])];
  const said = packMessage(answer, attachments);
  await keep(await seal(said, recipients), said);
  return {};
}

async function plain({ ciphertext, ...rest }: CaseMessage, identity: string | undefined): Promise<PlainMessage> {
  if (ciphertext === null) return rest;
  if (identity === undefined) return { ...rest, armored: armor.encode(ciphertext) };
  const opened = await open(ciphertext, identity).catch(() => undefined);
  if (opened === undefined) return rest;
  const { text, attachments } = unpackReport(opened);
  return { ...rest, text, files: attachments.map(({ name, bytes }) => ({ name, size: bytes.byteLength })) };
}
