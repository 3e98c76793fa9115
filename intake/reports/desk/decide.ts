import { sql } from 'kysely';
import { scoreOf } from '../../../posture/cvss.ts';
import { type CvssVector, type CweId, candorError, type VulnerabilityState } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { advance, type Submission, submissionOf } from '../../lifecycle/submission.ts';
import { act, actorOf } from '../../staff/act.ts';
import type { Member } from '../../staff/roles.ts';
import { caseFor, type Meant } from './case.ts';

type Deciding = Pick<Desk, 'db' | 'now'>;

/** What a case can be moved to without saying anything else. To `triaged` one that was closed is opened again. */
export type PlainState = Exclude<VulnerabilityState, 'received' | 'duplicate'>;

/** Moves a case on, or opens it again. Throws ReportUnknown, ReportChanged, TransitionRefused, StaffNotAllowed. */
export function moveReport(desk: Deciding, member: Member, meant: Meant, to: PlainState): Promise<Submission> {
  return change(desk, member, meant, { to, columns: {} });
}

/** How severe a weakness is, and of which kind, where that is known. */
export type Triage = { cvss: CvssVector; cwe?: CweId | undefined };

/** Records how severe it is; the severity follows from the vector. Throws ReportUnknown, ReportChanged, TransitionRefused, StaffNotAllowed. */
export async function triage(desk: Deciding, member: Member, meant: Meant, { cvss, cwe }: Triage): Promise<Submission> {
  const { score, rating } = scoreOf(cvss);
  const before = await caseFor(desk.db, member, meant);
  // What was confirmed or fixed already is judged anew where it is.
  const to = before.state === 'confirmed' || before.state === 'fixed' ? before.state : 'triaged';
  const facts = { cvss, score, severity: rating, ...(cwe === undefined ? {} : { cwe }) };
  return change(desk, member, meant, { to, facts, columns: { cvss, severity: rating, cwe: cwe ?? null } });
}

/** Says that another report came first. Throws ReportDuplicateRefused, and what `moveReport` throws. */
export async function markDuplicate(desk: Deciding, member: Member, meant: Meant, of: string): Promise<Submission> {
  const { id } = meant;
  const refused = (problem: string) => candorError('ReportDuplicateRefused', { id, of, problem });
  if (of === id) throw refused('it is the same report');
  const first = await submissionOf(desk.db, of);
  if (first?.kind !== 'vulnerability-report') throw refused('there is no such report');
  if (first.state === 'duplicate') throw refused('that one is a duplicate itself');
  // Whoever points here would point to one that is a duplicate.
  const pointing = await desk.db
    .selectFrom('report')
    .innerJoin('submission', 'submission.id', 'report.submission')
    .select('report.submission')
    .where('report.duplicateOf', '=', id)
    .where('submission.state', '=', 'duplicate')
    .executeTakeFirst();
  if (pointing !== undefined) throw refused(`${pointing.submission} is a duplicate of it`);
  return change(desk, member, meant, { to: 'duplicate', facts: { of }, columns: { duplicate_of: of } });
}

/** Gives a case to a triager, or to nobody. Throws StaffUnknown, ReportUnknown, ReportChanged, StaffNotAllowed. */
export async function assign(
  desk: Deciding,
  member: Member,
  meant: Meant,
  assignee: string | null,
): Promise<Submission> {
  if (assignee !== null) {
    const account = await desk.db
      .selectFrom('staffAccount')
      .select('role')
      .where('id', '=', assignee)
      .where('removedAt', 'is', null)
      .executeTakeFirst();
    if (account?.role !== 'triager') throw candorError('StaffUnknown', { id: assignee });
  }
  const { state } = await caseFor(desk.db, member, meant);
  const facts = { assignee };
  return change(desk, member, meant, { to: state, facts, columns: { assignee }, action: 'assign-report' });
}

type Change = {
  to: string;
  facts?: Record<string, unknown>;
  /** Columns of `report` that change with it. */
  columns: Readonly<Record<string, string | null>>;
  action?: 'move-report' | 'assign-report';
};

async function change(
  { db, now }: Deciding,
  member: Member,
  meant: Meant,
  { to, facts = {}, columns, action = 'move-report' }: Change,
): Promise<Submission> {
  const before = await caseFor(db, member, meant);
  const at = now();
  const sets = Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  const also =
    sets.length === 0
      ? []
      : [
          sql`update report set ${sql.join(sets)} from changed where changed.id = ${meant.id} and submission = changed.id`,
        ];
  return act(db, member, { action, subject: meant.id, at, facts: { to, ...facts } }, () =>
    advance(db, before, to, { at, actor: actorOf(member), facts, also }),
  );
}
