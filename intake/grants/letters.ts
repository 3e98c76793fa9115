import { type Digest, dayText } from '../../schemas/index.ts';
import { addressOf, type Letterhead } from '../mail/letterhead.ts';
import type { Mail } from '../outbox/message.ts';

/** A document was granted; it is downloaded at an address of the recipient’s own. */
export function grantLetter(
  head: Letterhead,
  to: string,
  { title, isNda, validUntil }: { title: string; isNda: boolean; validUntil: string },
  secret: string,
): Mail {
  const first = isNda ? ', once you have agreed to keep it secret' : '';
  return {
    to,
    subject: `A document from ${head.company}`,
    text: [
      `You asked ${head.company} for this document: ${title}.`,
      `You can download it here until ${dayText(validUntil)}${first}:\n${addressOf(head, `/grants/${secret}/`)}`,
      'Each page of it will carry your company and this address. Whoever has the address of the page can download it as you; keep it to yourself.',
    ].join('\n\n'),
  };
}

/** What somebody agreed to, for their records: the text as it was shown. */
export function consentLetter(
  head: Letterhead,
  to: string,
  nda: { title: string; version: string; digest: Digest; text: string },
  secret: string,
): Mail {
  return {
    to,
    subject: `You agreed with ${head.company} to keep a document secret`,
    text: [
      `At ${addressOf(head, `/grants/${secret}/`)} you agreed to this text. Keep this letter.`,
      `${nda.title}, version ${nda.version}\nSHA-256 of its file: ${nda.digest}`,
      nda.text,
    ].join('\n\n'),
  };
}
