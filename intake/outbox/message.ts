import { randomUUID } from 'node:crypto';

/** A letter to somebody, in text alone. */
export type Mail = { to: string; subject: string; text: string };

/** What is to be sent: a letter, or an event to those who listen. */
export type Message = { channel: 'mail'; mail: Mail } | { channel: 'webhook'; event: WebhookEvent };

/** An event as Standard Webhooks has it: a type and what it tells of; nothing personal but ids. */
export type WebhookEvent = { type: string; timestamp: string; data: Record<string, unknown> };

/** A message as the outbox keeps it. Its id goes with it on every attempt, so that a receiver can tell twice the same. */
export function outboxRow(message: Message): { id: string; channel: Message['channel']; message: object } {
  return {
    id: randomUUID(),
    channel: message.channel,
    message: message.channel === 'mail' ? message.mail : message.event,
  };
}
