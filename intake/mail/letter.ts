import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../outbox/message.ts';

/** What is the same in all letters. */
export type MailFrom = {
  /** The mailbox that they come from, and that bounces and answers go to. */
  sender: string;
  /** The host of the trust page: the right side of every Message-ID. */
  host: string;
};

/**
 * A letter for nodemailer: one recipient, text alone. Its Message-ID is made of its id in the outbox, so that two attempts
 * are seen as one letter (RFC 5322, 3.6.4). Addresses are given as such and never parsed.
 */
export function letterOf(id: string, { to, subject, text, unsubscribe }: Mail, { sender, host }: MailFrom) {
  return {
    messageId: `<${id}@${host}>`,
    from: { name: '', address: sender },
    to: { name: '', address: to },
    envelope: { from: sender, to: [to] },
    subject,
    text,
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
