import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { endStates } from '../../../posture/report-clocks.ts';
import type { VulnerabilityReport, VulnerabilityState } from '../../../schemas/index.ts';
import { act } from '../../staff/act.ts';
import type { Member } from '../../staff/roles.ts';
import { Moment } from '../../store/moment.ts';
import type { Tables } from '../../store/tables.ts';

/** One line of the desk. Nothing in it was written by the reporter. */
export type ListedReport = Pick<VulnerabilityReport, 'id' | 'via' | 'state'> & {
  openedAt: Date;
  critical: boolean;
  severity: VulnerabilityReport['severity'] | null;
  assignee: string | null;
  /** The next promise that could be missed, and its clock; null when none runs, or while it is not counted yet. */
  dueAt: Date | null;
  dueClock: string | null;
};

/** A part of the list, and where the next one begins; undefined when there is none. */
export type ReportPage = { rows: ListedReport[]; next: string | undefined };

/** Which part: what is open, or all in one state; of whom; only what is overdue. What is due next comes first. */
export type WantedReports = {
  state?: VulnerabilityState | undefined;
  assignee?: string | undefined;
  overdue?: boolean | undefined;
  after?: string | undefined;
  limit?: number;
};

/** Where a page ended, as it stands in an address. Without a promise it ends at the end of time. */
const Cursor = z
  .string()
  .max(200)
  .transform((text) => text.split('~'))
  .pipe(z.tuple([z.union([Moment, z.literal('infinity')]), z.string().max(100)]));

/** Lists reports; guests see those that were shared with them. A cursor that we did not make begins at the beginning. Throws StaffNotAllowed. */
export async function listReports(
  db: Kysely<Tables>,
  member: Member,
  { state, assignee, overdue, after, limit = 50 }: WantedReports,
  at: Date,
): Promise<ReportPage> {
  const from = Cursor.safeParse(after).data;
  const due = sql`coalesce(report.due_at, 'infinity'::timestamptz)`;
  const wanted = [
    // What is disclosed and not fixed is still owed.
    state === undefined
      ? sql`(submission.state not in (${sql.join([...endStates])}) or report.due_at is not null)`
      : sql`submission.state = ${state}`,
    ...(assignee === undefined ? [] : [sql`report.assignee = ${assignee}`]),
    ...(overdue === true ? [sql`report.due_at < ${at}::timestamptz`] : []),
    ...(member.role === 'guest'
      ? [sql`exists (select from report_guest g where g.submission = report.submission and g.account = ${member.id})`]
      : []),
    ...(from === undefined ? [] : [sql`(${due}, report.submission) > (${from[0]}::timestamptz, ${from[1]})`]),
  ];
  return act(db, member, { action: 'list-reports', at }, async () => {
    const { rows } = await sql<ListedReport>`
      select submission.id, report.via, submission.state, submission.opened_at, report.critical, report.severity,
        report.assignee, report.due_at, report.due_clock
      from report join submission on submission.id = report.submission
      where ${sql.join(wanted, sql` and `)}
      order by ${due}, report.submission limit ${limit + 1}::integer`.execute(db);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last ? `${last.dueAt?.toISOString() ?? 'infinity'}~${last.id}` : undefined;
    return { rows: shown, next };
  });
}
