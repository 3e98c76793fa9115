import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Digest, Email, VulnerabilityReport } from '../../schemas/index.ts';
import { idFrom, type TakeIn } from '../lifecycle/take-in.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { digestOfSecret } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
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
 * `access`: sent twice it is one report with one number, and nothing is kept of the second (`wasThere`). `proof` is used up by
 * it. Throws ProofUsed.
 */
export async function receiveReport(
  takeIn: TakeIn,
  head: Letterhead,
  contacts: readonly Email[],
  report: NewReport,
  at: Date,
  proof?: Proof,
): Promise<{ number: string; wasThere: boolean }> {
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
  const also = [
    sql`insert into report (submission, via, access, reply_to, keys, critical)
      select id, ${via}, ${digestOfSecret(access)}, ${replyTo}, ${keys}, ${critical}::boolean from changed where id = ${id}`,
    sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
      select ${`${id}-1`}, id, 1, 'reporter', 'reporter', ${at}::timestamptz, ${ciphertext}::bytea, ${digest},
        ${ciphertext.byteLength}::integer from changed where id = ${id}`,
  ];
  // Refused by the database when it is there: of many replicas one takes it.
  if (proof !== undefined)
    also.push(sql`insert into report_challenge (digest, expires_at)
      select ${proof.digest}, ${proof.expiresAt}::timestamptz from changed where id = ${id}`);
  const send = [...letters, { channel: 'webhook' as const, event }];
  const cause = { at, actor: 'visitor', facts: { via, critical }, send, also, bytes: ciphertext.byteLength };
  const { wasThere = false } = await orUsed(takeIn('vulnerability-report', {}, cause, seed));
  return { number: id, wasThere };
}

/**
 * Keeps what was changed before it was sent again as one more message of its report: nothing that has a receipt is lost.
 * What the report has already is not kept twice. `proof` is used up by it. Throws ProofUsed.
 */
export async function addIfChanged(
  db: Kysely<Tables>,
  { number, ciphertext, at }: { number: string; ciphertext: Uint8Array; at: Date },
  proof: Proof,
): Promise<void> {
  const digest = hash('sha256', ciphertext);
  const known = db.selectFrom('reportMessage').select('id').where('submission', '=', number);
  if ((await known.where('digest', '=', digest).execute()).length > 0) return;
  const adding = sql`
    with used as (insert into report_challenge (digest, expires_at) values (${proof.digest}, ${proof.expiresAt})),
    next as (
      select id, (select max(position) + 1 from report_message where submission = ${number}) as position
      from submission where id = ${number} and data is not null
    )
    insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
    select id || '-' || position, id, position, 'reporter', 'reporter', ${at}::timestamptz, ${ciphertext}::bytea,
      ${digest}, ${ciphertext.byteLength}::integer from next
    returning id`;
  const { rows } = await orUsed(adding.execute(db));
  // Its text was deleted meanwhile: no receipt may say that this one is kept.
  if (rows.length === 0) throw new Error('The report has no text any more.');
}

async function orUsed<T>(taking: Promise<T>): Promise<T> {
  try {
    return await taking;
  } catch (error) {
    throw error instanceof Error && 'constraint' in error && error.constraint === 'report_challenge_pkey'
      ? new ProofUsed()
      : error;
  }
}
