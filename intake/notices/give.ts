import { randomBytes, randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { ChangeTerms, Email } from '../../schemas/index.ts';
import type { Letterhead } from '../mail/letterhead.ts';
import { outboxRow } from '../outbox/message.ts';
import { digestOfSecret } from '../secrets/secret.ts';
import type { SubprocessorChangeTable, Tables } from '../store/tables.ts';
import { keepChanges, type Telling } from './change.ts';
import { daysWhenTold } from './clock.ts';
import { endOf } from './days.ts';
import { noticeLetter } from './letters.ts';

/** How many are given notice by one statement. */
const BATCH = 200;

const Signed = z.object({ email: Email });
type Recipient = { id: string; data: unknown; terms: unknown };

/**
 * Gives everybody who signed notice of each change of subprocessors that content announces: a letter with a secret of its
 * own, once, whoever runs this and how often. Those who sign before a change takes effect are given notice of it too. One
 * that cannot be written to keeps no other from theirs; what was wrong is thrown at the end. Returns how many there were.
 */
export async function giveNotice({ db, head, now, current }: Telling): Promise<number> {
  const { content } = await current();
  await keepChanges(db, content, now());
  const open = await db
    .selectFrom('subprocessorChange')
    .selectAll()
    .where('closedAt', 'is', null)
    .orderBy('announcedOn')
    .orderBy('id')
    .execute();
  const problems: unknown[] = [];
  let given = 0;
  for (const change of open) {
    const at = now();
    const before = problems.length;
    given += await giveAll(db, head, change, at, problems);
    if (problems.length === before && at >= endOf(change.effectiveOn)) await close(db, change.id, at);
  }
  if (problems.length > 0) throw problems[0];
  return given;
}

async function giveAll(
  db: Kysely<Tables>,
  head: Letterhead,
  change: Stored,
  at: Date,
  problems: unknown[],
): Promise<number> {
  let given = 0;
  for (let after = ''; ; ) {
    const found = await recipients(db, change, after);
    const rows = found.flatMap((recipient) => {
      try {
        return [noticeRow(head, change, recipient, at)];
      } catch (problem) {
        problems.push(problem);
        return [];
      }
    });
    if (rows.length > 0) given += await write(db, change.id, rows, at);
    const last = found.at(-1);
    if (found.length < BATCH || last === undefined) return given;
    after = last.id;
  }
}

type Stored = Pick<
  SubprocessorChangeTable,
  'id' | 'vendor' | 'name' | 'change' | 'summary' | 'announcedOn' | 'objectionDeadline' | 'effectiveOn'
>;

/** Who signed before the change takes effect and was not given notice of it, with what the agreement promises. */
async function recipients(db: Kysely<Tables>, change: Stored, after: string): Promise<Recipient[]> {
  const { rows } = await sql<Recipient>`
    select signed.id, signed.data, text.data -> 'agreement' -> 'changes' as terms
    from submission signed
    join transition newest on newest.submission = signed.id and newest.position = signed.length
    left join lateral (
      select template.data from agreement join agreement_template template on template.digest = agreement.template
      where agreement.submission = signed.id and agreement.acceptance is not null
      order by agreement.number desc limit 1
    ) text on true
    where signed.kind = 'dpa-request' and signed.state = 'sealed' and signed.data is not null and signed.id > ${after}
      and newest.at < ${endOf(change.effectiveOn)}::timestamptz
      and not exists (select from notice where notice.change = ${change.id} and notice.submission = signed.id)
    order by signed.id limit ${BATCH}::integer`.execute(db);
  return rows;
}

function noticeRow(head: Letterhead, change: Stored, { id: submission, data, terms: found }: Recipient, at: Date) {
  const terms = ChangeTerms.parse(found ?? {});
  const name = randomBytes(10).toString('hex');
  const { email } = Signed.parse(data);
  const letter = letterRow(head, email, change, terms, at);
  return { id: `notice-${name}`, objection: `objection-${name}`, submission, terms, ...letter };
}

/** A letter for the outbox, with a new secret, of which the digest is kept. */
export function letterRow(head: Letterhead, to: string, change: Stored, terms: ChangeTerms, at: Date) {
  const secret = randomBytes(32).toString('base64url');
  const mail = noticeLetter(head, to, change, daysWhenTold(change, terms, at), secret);
  const { message } = outboxRow({ channel: 'mail', mail });
  return { letter: randomUUID(), message, key: digestOfSecret(secret) };
}

/** Notices, letters and keys are there together or not at all; none for whom somebody else gave notice meanwhile. */
async function write(db: Kysely<Tables>, change: string, rows: readonly object[], at: Date): Promise<number> {
  const part = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as part(id text, objection text, submission text, terms jsonb, letter text, message jsonb, key text)`;
  const { numAffectedRows = 0n } = await sql`
    with given as (
      insert into notice (id, change, submission, terms, given_at, objection)
      select part.id, ${change}, part.submission, part.terms, ${at}::timestamptz, part.objection
      from ${part} join submission on submission.id = part.submission
      where submission.state = 'sealed' and submission.data is not null
      for share of submission
      on conflict (change, submission) do nothing
      returning id
    ), sent as (
      insert into outbox (id, channel, message, due_at, submission)
      select part.letter, 'mail', part.message, ${at}::timestamptz, part.submission
      from ${part} join given on given.id = part.id
    )
    insert into notice_letter (letter, notice, key, by, written_at)
    select part.letter, part.id, part.key, 'clock', ${at}::timestamptz
    from ${part} join given on given.id = part.id`.execute(db);
  return Number(numAffectedRows);
}

/** Nobody is left who could be given notice. Not if content moved the day meanwhile. */
async function close(db: Kysely<Tables>, change: string, closedAt: Date): Promise<void> {
  await sql`update subprocessor_change set closed_at = ${closedAt}::timestamptz
    where id = ${change} and closed_at is null`.execute(db);
}
