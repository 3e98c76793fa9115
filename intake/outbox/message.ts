import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { candorError, Email, Id, Instant, UNSEEN } from '../../schemas/index.ts';

/** A line of a header is at most 998 octets (RFC 5322, 2.1.1), its name and its brackets included. */
const LINK_LENGTH = 900;

const SUBJECT_LENGTH = 200;
const Subject = z
  .string()
  .min(1, 'must not be empty')
  .max(SUBJECT_LENGTH, 'must be no longer than 200 characters')
  .refine((text) => text.isWellFormed() && !UNSEEN.test(text), 'must be one line');

/** A text of content as a subject: in one line, and cut where it is too long. */
export function oneLine(text: string): string {
  const line = text.toWellFormed().replace(new RegExp(UNSEEN, 'gu'), ' ');
  if (line.length <= SUBJECT_LENGTH) return line;
  return `${line.slice(0, SUBJECT_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

const Body = z
  .string()
  .min(1, 'must not be empty')
  .max(100_000, 'must be no longer than 100,000 characters')
  .refine(
    (text) => text.isWellFormed() && !UNSEEN.test(text.replace(/\r?\n|\t/g, '')),
    'must be text without control characters',
  );

/** A link of one click (RFC 8058): https, or this machine’s own in development. */
const UnsubscribeLink = z
  .string()
  .max(LINK_LENGTH, `must be no longer than ${LINK_LENGTH} characters`)
  .regex(
    /^https?:\/\/[!#-;=?-~]+$/,
    'must be a web address of visible ASCII characters without quotes and angle brackets',
  )
  .refine((link) => {
    const url = URL.parse(link);
    return url !== null && (url.protocol === 'https:' || /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname));
  }, 'must start with https://');

/** A letter to one person, in text alone. Nothing of it but these fields reaches a header. */
export const Mail = z.strictObject({
  to: Email.max(254, 'must be no longer than 254 characters'),
  subject: Subject,
  text: Body,
  /** Where one click ends what this letter belongs to. */
  unsubscribe: UnsubscribeLink.optional(),
  /** The request whose sealed agreement goes with it. Its bytes are looked up when the letter is sent, and kept once. */
  attach: z.strictObject({ agreement: Id }).optional(),
});
export type Mail = z.infer<typeof Mail>;

/** An event as Standard Webhooks has it: a type and what it tells of; nothing personal but ids. */
export const WebhookEvent = z.strictObject({
  type: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)*$/, 'must be words with dots, such as request.received'),
  timestamp: Instant,
  data: z.record(z.string(), z.json()),
  /** One sentence for a chat; the type where there is none. */
  text: Subject.optional(),
});
export type WebhookEvent = Omit<z.infer<typeof WebhookEvent>, 'data'> & { data: Record<string, unknown> };

/** An event on its way to one endpoint. `id` is the same at every endpoint and on every attempt. */
export const Delivery = z.strictObject({ id: z.uuid(), endpoint: Id, event: WebhookEvent });
export type Delivery = z.infer<typeof Delivery>;

/** What is to be sent: a letter, or an event to those who listen. */
export type Message = { channel: 'mail'; mail: Mail } | { channel: 'webhook'; event: WebhookEvent };

/**
 * A message as the outbox keeps it. Its id goes with it on every attempt, so that a receiver can tell twice the same.
 * Throws MessageRefused, which names the field and never what it holds.
 */
export function outboxRow(message: Message): { id: string; channel: Message['channel']; message: object } {
  const parsed = message.channel === 'mail' ? Mail.safeParse(message.mail) : WebhookEvent.safeParse(message.event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw candorError('MessageRefused', {
      field: String(issue?.path[0] ?? message.channel),
      problem:
        issue?.code === 'unrecognized_keys' ? 'has fields that are not sent' : (issue?.message ?? 'is not right'),
    });
  }
  return { id: randomUUID(), channel: message.channel, message: parsed.data };
}
