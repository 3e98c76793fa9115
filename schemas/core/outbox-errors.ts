import { define } from './error-definition.ts';

/** The errors of what intake sends: letters and webhooks. */
export const outboxErrors = {
  MessageRefused: define<{ field: string; problem: string }>({
    exit: 1,
    why: 'What is sent is checked before it is kept: no text of a visitor becomes a header, an address or a second letter.',
    example: { field: 'subject', problem: 'must be one line' },
    text: ({ field, problem }) => ({
      what: `a message that was to be sent is refused: \`${field}\` ${problem}.`,
      hint: 'correct what was typed in; nothing was sent.',
    }),
  }),
  MailServerRefused: define<{ problem: string }>({
    exit: 2,
    why: 'Letters hold links that open a request, so they leave over an encrypted connection unless somebody says otherwise.',
    example: { problem: 'must start with smtp:// or smtps://' },
    text: ({ problem }) => ({
      what: `the address of the mail server ${problem}.`,
      hint: 'write it as smtps://user:password@host, or smtp://host:587; `?tls=off` sends in the clear.',
    }),
  }),
  EndpointRefused: define<{ endpoint: string; problem: string }>({
    exit: 2,
    why: 'Events leave signed and encrypted, and only to addresses of the public internet.',
    example: { endpoint: 'security-team', problem: '`url` must be a web address that starts with https://' },
    text: ({ endpoint, problem }) => ({
      what: `webhook endpoint \`${endpoint}\` cannot be used: ${problem}.`,
      hint: 'an endpoint has an id, a kind (standard or slack), an https url and, when standard, secrets (whsec_…).',
    }),
  }),
} as const;
