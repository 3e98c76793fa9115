import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../outbox/message.ts';
import type { Outcome, Send } from '../outbox/outcome.ts';

/** What is the same in all letters. */
export type MailFrom = {
  /** The mailbox that they come from, and that bounces and answers go to. */
  sender: string;
  /** The host of the trust page: the right side of every Message-ID. */
  host: string;
};

/** A file that goes with a letter. */
export type AttachedFile = { filename: string; contentType: string; content: Buffer };

/** Gives the file that a letter names; undefined when it was deleted since. */
export type Attached = (reference: NonNullable<Mail['attach']>) => Promise<AttachedFile | undefined>;

/** Where nothing is attached: a letter that names a file is not sent without it. */
export const nothingAttached: Attached = async () => undefined;

/** Makes attempts with letters whose files are there. A letter whose file was deleted is nobody's to get any more. */
export function withFile(
  attached: Attached,
  send: (id: string, mail: Mail, file: AttachedFile | undefined, signal: AbortSignal) => Promise<Outcome>,
): Send<Mail> {
  return async (id, mail, signal) => {
    const file = mail.attach === undefined ? undefined : await attached(mail.attach);
    if (mail.attach !== undefined && file === undefined) return { is: 'failed', reason: 'withdrawn' };
    return send(id, mail, file, signal);
  };
}

/**
 * A letter for nodemailer: one recipient, text, and at most one file. Its Message-ID is made of its id in the outbox, so that two attempts
 * are seen as one letter (RFC 5322, 3.6.4). Addresses are given as such and never parsed.
 */
export function letterOf(
  id: string,
  { to, subject, text, unsubscribe }: Mail,
  { sender, host }: MailFrom,
  file?: AttachedFile,
) {
  return {
    messageId: `<${id}@${host}>`,
    from: { name: '', address: sender },
    to: { name: '', address: to },
    envelope: { from: sender, to: [to] },
    subject,
    text,
    ...(file === undefined ? {} : { attachments: [file] }),
    headers: {
      // RFC 3834: nobody answers it by machine.
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribe === undefined
        ? {}
        : {
            // RFC 8058: prepared, because nodemailer would fold the line in the middle of the link.
            'List-Unsubscribe': { prepared: true, value: `<${unsubscribe}>` },
            'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
          }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  } satisfies SendMailOptions;
}
