import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { type DpaRequestState, RequestNeed } from '../../schemas/index.ts';
import { Moment } from '../store/moment.ts';
import type { Tables } from '../store/tables.ts';
import { act } from './act.ts';
import { type Member, may } from './roles.ts';

/** One line of the inbox. `company` is null for whoever may not read what was filled in, and once that was deleted. */
export type Listed = {
  id: string;
  kind: string;
  state: string;
  openedAt: Date;
  /** When it came to its state. */
  since: Date;
  company: string | null;
  needs: RequestNeed[];
  /** Why a person must look at it: words of `HoldReason`; `answered` when only the agreement still waits. */
  reasons: string[];
};

/** A part of a list, and where the next one begins; undefined when there is none. */
export type Page = { rows: Listed[]; next: string | undefined };

/** Which part: what waits for a person, or all requests in one state; the oldest first, behind `after`. */
export type Wanted = { state?: DpaRequestState | undefined; after?: string | undefined; limit?: number };

/** Where a page ended, as it stands in an address. */
const Cursor = z
  .string()
  .max(200)
  .transform((text) => text.split('~'))
  .pipe(z.tuple([Moment, z.string()]));
const Reasons = z.object({ reasons: z.array(z.string()) });

type Row = Omit<Listed, 'needs' | 'reasons'> & { needs: unknown; facts: unknown };

/** Lists what waits, or what is in one state. A cursor that we did not make begins at the beginning. Throws StaffNotAllowed. */
export async function list(db: Kysely<Tables>, member: Member, wanted: Wanted, at: Date): Promise<Page> {
  const { state, limit = 50 } = wanted;
  const from = Cursor.safeParse(wanted.after).data;
  const isLater = from === undefined ? sql`true` : sql`(opened_at, id) > (${from[0]}::timestamptz, ${from[1]})`;
  const isWanted =
    state === undefined
      ? sql`((kind = 'dpa-request' and state in ('verified', 'held')) or (kind = 'objection' and state = 'received'))`
      : sql`kind = 'dpa-request' and state = ${state}`;
  const company = may(member, 'read') ? sql`data ->> 'company'` : sql`null`;
  return act(db, member, { action: 'list', at }, async () => {
    const { rows } = await sql<Row>`
      select part.*, newest.at as since, newest.facts from (
        select id, kind, state, opened_at, length, ${company} as company, data -> 'needs' as needs
        from submission where ${isWanted} and ${isLater} order by opened_at, id limit ${limit + 1}::integer
      ) as part
      join transition newest on newest.submission = part.id and newest.position = part.length
      order by opened_at, id`.execute(db);
    const shown = rows.slice(0, limit).map(
      (row): Listed => ({
        id: row.id,
        kind: row.kind,
        state: row.state,
        openedAt: row.openedAt,
        since: row.since,
        company: row.company,
        needs: z.array(RequestNeed).safeParse(row.needs).data ?? [],
        // What was asked beside is answered, or a document was granted: the agreement still waits.
        reasons: Reasons.safeParse(row.facts).data?.reasons ?? (row.state === 'held' ? ['answered'] : []),
      }),
    );
    const last = shown.at(-1);
    const next = rows.length > limit && last ? `${last.openedAt.toISOString()}~${last.id}` : undefined;
    return { rows: shown, next };
  });
}
