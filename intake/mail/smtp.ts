import type { ConnectionOptions } from 'node:tls';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { candorError } from '../../schemas/index.ts';
import type { Lane } from '../outbox/drain.ts';
import { Mail } from '../outbox/message.ts';
import { checked, isTlsCode, type Outcome } from '../outbox/outcome.ts';
import { letterOf, type MailFrom, nothingAttached, withFile } from './letter.ts';

/** How many letters are on their way at once, each on a connection of its own. */
const CONNECTIONS = 5;
/** How long the server may take: to accept a connection, to greet, and to answer anything else. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;

/** What an error of nodemailer says in codes; its text may hold an address. */
const Failure = z
  .object({ code: z.string(), originalCode: z.string(), command: z.string(), responseCode: z.number() })
  .partial()
  .catch({});

/** Answers by which a server refuses us, not the recipient: log in first, log in better, no encryption (RFC 4954). */
const OURS: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/**
 * Sends letters over SMTP. `url` is `smtps://user:password@host` (TLS from the start, port 465) or
 * `smtp://user:password@host:587` (STARTTLS, without which nothing is sent). A loopback host needs none; `?tls=off`
 * asks for none anywhere and `?tls=required` for it everywhere. Throws MailServerRefused, which never holds the URL.
 */
export function smtpLane(
  url: string,
  from: MailFrom,
  trust: Pick<ConnectionOptions, 'ca'> = {},
  attached = nothingAttached,
): Lane {
  const transport = createTransport(serverOf(url, trust));
  const send = withFile(attached, async (id, mail, file, signal) => {
    try {
      await transport.sendMail({ ...letterOf(id, mail, from, file), signal });
      return { is: 'sent' };
    } catch (error) {
      return outcomeOf(error);
    }
  });
  return { channel: 'mail', send: checked(Mail, send), width: CONNECTIONS };
}

/** What nodemailer connects to. */
export function serverOf(value: string, trust: Pick<ConnectionOptions, 'ca'> = {}) {
  const url = URL.parse(value);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw candorError('MailServerRefused', { problem: 'must start with smtp:// or smtps:// and name a host' });
  const { tls, ...others } = Object.fromEntries(url.searchParams);
  if (Object.keys(others).length > 0 || (tls !== undefined && tls !== 'off' && tls !== 'required'))
    throw candorError('MailServerRefused', { problem: 'has options that are not known' });
  const secure = url.protocol === 'smtps:';
  const host = decoded(url.hostname).replace(/^\[|\]$/g, '');
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);
  const required = tls === 'required' || (tls === undefined && !loopback);
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: required && !secure,
    ignoreTLS: !required && !secure,
    ...(url.username === '' ? {} : { auth: { user: decoded(url.username), pass: decoded(url.password) } }),
    tls: { minVersion: 'TLSv1.2', ...trust },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
  } as const;
}

/**
 * What an error of nodemailer means. With one recipient to a letter, a 5xx to RCPT or DATA is a bounce; a server that is
 * not there, wants a login or answers 4xx is ours to wait for.
 */
function outcomeOf(error: unknown): Outcome {
  const { code, originalCode = '', command, responseCode } = Failure.parse(error);
  if (code === 'EABORT' || code === 'ETIMEDOUT') return { is: 'postponed', reason: 'timeout' };
  if (code === 'ETLS' || isTlsCode(originalCode)) return { is: 'postponed', reason: 'tls' };
  if (responseCode !== undefined && responseCode >= 400) {
    const bounced = responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA') && !OURS.has(responseCode);
    return bounced ? { is: 'failed', reason: 'bounced' } : { is: 'postponed', reason: `smtp-${responseCode}` };
  }
  return { is: 'postponed', reason: 'unreachable' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw candorError('MailServerRefused', { problem: 'is not encoded as a URL is' });
  }
}
