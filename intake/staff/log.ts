import { type Kysely, sql } from 'kysely';
import { digestOf } from '../../posture/digest.ts';
import { type Digest, Id } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';

/** One thing that somebody at the company did, as it is kept for ever. */
export type StaffLogEntry = {
  /** 1 for the first. */
  position: number;
  at: Date;
  /** `web:` or `cli:` with the id of an account; `cli` alone where there was none yet. */
  actor: string;
  action: string;
  /** The id of a request or of an account; null where it is about neither. */
  subject: string | null;
  /** Nothing personal. `of`: what came of the entry at that position. */
  facts: Record<string, unknown>;
  /** The digest of the one before; null for the first. */
  previous: Digest | null;
  digest: Digest;
};

/** What is to be written. `note`: what was said in words; it is kept beside the log and goes with the request’s data; once that
 * is gone, none is kept. */
export type Deed = Pick<StaffLogEntry, 'at' | 'actor' | 'action'> & {
  subject?: string;
  facts?: Record<string, unknown>;
  note?: string;
};

/** How many are read at once. */
const PAGE = 1_000;

/** Appends to the log: one statement, which writes only behind the entry that was read as the newest. Gives its position. */
export async function append(
  db: Kysely<Tables>,
  { at, actor, action, subject: about, facts = {}, note }: Deed,
): Promise<number> {
  // What was typed in place of an id may be an address, and this log cannot forget.
  const subject = about !== undefined && Id.safeParse(about).success ? about : null;
  for (;;) {
    const head = await db.selectFrom('staffLogHead').select(['length', 'digest']).executeTakeFirstOrThrow();
    const position = Number(head.length) + 1;
    const entry = { position, at, actor, action, subject, facts, previous: head.digest };
    const digest = entryDigest(entry);
    const notes = note === undefined ? [] : [{ note, subject }];
    const { rows } = await sql`
      with head as (
        update staff_log_head set length = ${position}::bigint, digest = ${digest}
        where length = ${head.length}::bigint and digest is not distinct from ${head.digest}::text returning length
      ),
      entry as (
        insert into staff_log (position, at, actor, action, subject, facts, previous, digest)
        select length, ${at}::timestamptz, ${actor}, ${action}, ${subject}, ${JSON.stringify(facts)}::jsonb,
          ${head.digest}, ${digest} from head
        returning position
      ),
      noted as (
        insert into staff_note (entry, submission, text)
        select position, part.subject, part.note
        from entry, jsonb_to_recordset(${JSON.stringify(notes)}::jsonb) as part(subject text, note text)
        join submission on submission.id = part.subject
        where submission.data is not null
        for share of submission
      )
      select position from entry`.execute(db);
    // Otherwise somebody else was quicker: theirs is the one to follow.
    if (rows.length > 0) return position;
  }
}

/** Entries behind a position, oldest first, at most `limit`. */
export async function logFrom(db: Kysely<Tables>, after: number, limit = PAGE): Promise<StaffLogEntry[]> {
  const rows = await db
    .selectFrom('staffLog')
    .selectAll()
    .where('position', '>', String(after))
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(({ position, ...rest }) => ({ ...rest, position: Number(position) }));
}

/** How long the log is, and the digest of its newest entry. */
export async function logHead(db: Kysely<Tables>): Promise<{ length: number; digest: Digest | null }> {
  const { length, digest } = await db.selectFrom('staffLogHead').select(['length', 'digest']).executeTakeFirstOrThrow();
  return { length: Number(length), digest };
}

/**
 * Reads the whole log and holds each entry against the one before it, and the newest against what is written beside the log.
 * `known`: a digest that somebody noted down earlier and that must be there. Gives what is wrong; undefined when it holds.
 */
export async function logFlaw(db: Kysely<Tables>, known?: Digest): Promise<string | undefined> {
  // First the head: what is appended meanwhile does not hurt.
  const head = await logHead(db);
  let before: StaffLogEntry | undefined;
  let isKnown = known === undefined;
  for (;;) {
    const page = await logFrom(db, before?.position ?? 0);
    for (const { digest, ...entry } of page) {
      const expected = (before?.position ?? 0) + 1;
      if (entry.position !== expected) return `entry ${expected} is missing`;
      if (entry.previous !== (before?.digest ?? null)) return `entry ${expected} does not follow the one before it`;
      if (entryDigest(entry) !== digest) return `entry ${expected} was changed`;
      if (expected === head.length && digest !== head.digest) return `entry ${expected} was replaced`;
      isKnown ||= digest === known;
      before = { ...entry, digest };
    }
    if (page.length < PAGE) break;
  }
  if ((before?.position ?? 0) < head.length) return 'its newest entries are missing';
  if (!isKnown) return 'the entry that was noted down is not in it';
  return undefined;
}

function entryDigest({ at, ...rest }: Omit<StaffLogEntry, 'digest'>): Digest {
  return digestOf({ ...rest, at: at.toISOString() });
}
