import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Digest, Email, VulnerabilityReport } from '../../schemas/index.ts';
import { idFrom, type TakeIn } from '../lifecycle/take-in.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { digestOfSecret } from '../secrets/secret.ts';
import type { Proof } from './challenge.ts';
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

/** A challenge was used before, by another report. */
export class ProofUsed extends Error {
  constructor() {
    super('This proof of work was used before.');
    this.name = 'ProofUsed';
  }
}

/**
 * Takes in a report and writes to `contacts` that there is one. When this returns, it is durable. Its number follows from
 * `access`: sent twice it is one report with one number; what was changed in between is one more message of it, so nothing
 * that has a receipt is lost. `proof` is used up by it. Throws ProofUsed.
 */
export async function receiveReport(
  takeIn: TakeIn,
  head: Letterhead,
  contacts: readonly Email[],
  report: NewReport,
  at: Date,
  proof?: Proof,
): Promise<{ number: string }> {
  const { via, ciphertext, access, replyTo, keys, critical } = report;
  const seed = hash('sha256', `report:${access}`);
  const id = idFrom('vulnerability-report', seed);
  const digest = hash('sha256', ciphertext);
  const event = {
    type: 'report.received',
    timestamp: at.toISOString(),
    data: { id, critical },
    text: `A vulnerability report was received${critical ? ', said to be critical' : ''}: ${id}`,
  };
  const letters = contacts.map((to) => ({ channel: 'mail' as const, mail: newReportLetter(head, to, id, critical) }));
  // Where the ciphertext goes: first of a new report, or behind the others of one that has no such message yet. Where the
  // access follows from what was written, as without a script, the same one means the same text, however it is encrypted.
  const place = sql`
    select id as submission, 1 as position from changed where id = ${id}
    union all
    select submission, max(position) + 1 from report_message where submission = ${id}
    group by submission having bool_and(digest <> ${digest})
      and ${via === 'browser'}::boolean and exists (select from submission where id = ${id} and data is not null)`;
  const also = [
    sql`insert into report (submission, via, access, reply_to, keys, critical)
      select id, ${via}, ${digestOfSecret(access)}, ${replyTo}, ${keys}, ${critical}::boolean from changed where id = ${id}`,
    sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
      select submission || '-' || position, submission, position, 'reporter', 'reporter', ${at}::timestamptz,
        ${ciphertext}::bytea, ${digest}, ${ciphertext.byteLength}::integer
      from (${place}) as place`,
  ];
  // Refused by the database when it is there: of many replicas one takes it.
  if (proof !== undefined)
    also.push(sql`insert into report_challenge (digest, expires_at)
      select ${proof.digest}, ${proof.expiresAt}::timestamptz from (${place}) as place`);
  const send = [...letters, { channel: 'webhook' as const, event }];
  const cause = { at, actor: 'visitor', facts: { via, critical }, send, also, bytes: ciphertext.byteLength };
  try {
    await takeIn('vulnerability-report', {}, cause, seed);
  } catch (error) {
    throw error instanceof Error && 'constraint' in error && error.constraint === 'report_challenge_pkey'
      ? new ProofUsed()
      : error;
  }
  return { number: id };
}
