import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { type Digest, Email, type VulnerabilityReport } from '../../schemas/index.ts';
import { idFrom, type TakeIn } from '../lifecycle/take-in.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { digestOfSecret } from '../secrets/secret.ts';
import { newReportLetter } from './letters.ts';

/** A report as it is taken in: nothing of it can be read here. */
export type NewReport = {
  via: VulnerabilityReport['via'];
  ciphertext: Uint8Array;
  /** What opens it for its reporter, 256 bits: kept as a digest alone. */
  access: string;
  /** The age recipient to which replies are encrypted; null when there is none. */
  replyTo: string | null;
  /** Names the recipients that it was encrypted to: see `keysDigest`. */
  keys: Digest;
  critical: boolean;
};

/**
 * Takes in a report and writes to `contacts` that there is one. When this returns, it is durable. Its number follows from
 * `access`: sent twice it is one report with one number.
 */
export async function receiveReport(
  takeIn: TakeIn,
  head: Letterhead,
  contacts: readonly string[],
  report: NewReport,
  at: Date,
): Promise<{ number: string }> {
  const { via, ciphertext, access, replyTo, keys, critical } = report;
  const seed = hash('sha256', `report:${access}`);
  const id = idFrom('vulnerability-report', seed);
  const event = {
    type: 'report.received',
    timestamp: at.toISOString(),
    data: { id, critical },
    text: `A vulnerability report was received${critical ? ', said to be critical' : ''}: ${id}`,
  };
  const letters = contacts
    .filter((contact) => Email.safeParse(contact).success)
    .map((to) => ({ channel: 'mail' as const, mail: newReportLetter(head, to, id, critical) }));
  const facts = { via, critical };
  const also = [
    sql`insert into report (submission, via, access, reply_to, keys, critical)
      select id, ${via}, ${digestOfSecret(access)}, ${replyTo}, ${keys}, ${critical}::boolean from changed where id = ${id}`,
    sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
      select ${`${id}-1`}, id, 1, 'reporter', 'reporter', ${at}::timestamptz, ${ciphertext}::bytea,
        ${hash('sha256', ciphertext)}, ${ciphertext.byteLength}::integer from changed where id = ${id}`,
  ];
  const send = [...letters, { channel: 'webhook' as const, event }];
  const cause = { at, actor: 'visitor', facts, send, also, bytes: ciphertext.byteLength };
  await takeIn('vulnerability-report', {}, cause, seed);
  return { number: id };
}
