import { type Kysely, type RawBuilder, sql } from 'kysely';
import { scoreOf } from '../../../posture/cvss.ts';
import { type CvssVector, type CweId, candorError, type VulnerabilityState } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import type { Submission } from '../../lifecycle/submission.ts';
import type { Member } from '../../staff/roles.ts';
import type { Tables } from '../../store/tables.ts';
import type { Meant } from './case.ts';
import { change } from './change.ts';

type Deciding = Pick<Desk, 'db' | 'now'>;

/** What a case can be moved to without saying anything else. To `triaged` one that was closed is opened again. */
export type PlainState = Exclude<VulnerabilityState, 'received' | 'duplicate'>;

/** Moves a case on, or opens it again. Throws ReportUnknown, ReportChanged, TransitionRefused, StaffNotAllowed. */
export function moveReport(desk: Deciding, member: Member, meant: Meant, to: PlainState): Promise<Submission> {
  return change(desk, member, meant, { action: 'move-report', facts: { to } }, ({ id, state: from }) => {
    // Its plan lets a case stay where it is, for what changes no state; a move is none of that.
    if (from === to) throw candorError('TransitionRefused', { id, from, to });
    return { to, also: to === 'triaged' ? [setting(id, { duplicate_of: null })] : [] };
  });
}

/** How severe a weakness is, and of which kind, where that is known. */
export type Triage = { cvss: CvssVector; cwe?: CweId | undefined };

/**
 * Records how severe it is; the severity follows from the vector. A case that was moved on or closed stays where it is.
 * Throws ReportUnknown, ReportChanged, StaffNotAllowed.
 */
export async function triage(desk: Deciding, member: Member, meant: Meant, { cvss, cwe }: Triage): Promise<Submission> {
  const { score, rating: severity } = scoreOf(cvss);
  const kind = cwe === undefined ? {} : { cwe };
  const facts = { cvss, score, severity, ...kind };
  return change(desk, member, meant, { action: 'move-report', facts }, ({ id, state }) => ({
    to: state === 'received' || state === 'acknowledged' ? 'triaged' : state,
    facts,
    also: [setting(id, { cvss, severity, ...kind })],
  }));
}

/** Says that another report came first. Throws ReportDuplicateRefused, and what `moveReport` throws. */
export async function markDuplicate(desk: Deciding, member: Member, meant: Meant, of: string): Promise<Submission> {
  const facts = { of };
  return change(
    desk,
    member,
    meant,
    { action: 'move-report', facts: { to: 'duplicate', of } },
    async ({ id, state }) => {
      if (state === 'duplicate') throw candorError('TransitionRefused', { id, from: state, to: state });
      const problem = await obstacle(desk.db, id, of);
      if (problem !== undefined) throw candorError('ReportDuplicateRefused', { id, of, problem });
      return { to: 'duplicate', facts, also: [setting(id, { duplicate_of: of })] };
    },
  );
}

/** Gives a case to a triager, or to nobody. Throws StaffUnknown, ReportUnknown, ReportChanged, StaffNotAllowed. */
export async function assign(
  desk: Deciding,
  member: Member,
  meant: Meant,
  assignee: string | null,
): Promise<Submission> {
  const facts = { assignee };
  return change(desk, member, meant, { action: 'assign-report', facts }, async ({ id, state }) => {
    if (assignee !== null && !(await isTriager(desk.db, assignee))) throw candorError('StaffUnknown', { id: assignee });
    return { to: state, facts, also: [setting(id, { assignee })] };
  });
}

/** Why one report cannot be a duplicate of another one. What happens at the same moment, a trigger refuses. */
async function obstacle(db: Kysely<Tables>, id: string, of: string): Promise<string | undefined> {
  if (of === id) return 'it is the same report';
  const first = await db.selectFrom('report').select('duplicateOf').where('submission', '=', of).executeTakeFirst();
  if (first === undefined) return 'there is no such report';
  if (first.duplicateOf !== null) return 'that one is a duplicate itself';
  // Whoever points here would point to one that is a duplicate.
  const pointing = await db
    .selectFrom('report')
    .select('submission')
    .where('duplicateOf', '=', id)
    .orderBy('submission')
    .executeTakeFirst();
  return pointing === undefined ? undefined : `${pointing.submission} is a duplicate of it`;
}

async function isTriager(db: Kysely<Tables>, id: string): Promise<boolean> {
  const account = await db
    .selectFrom('staffAccount')
    .select('role')
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst();
  return account?.role === 'triager';
}

function setting(id: string, columns: Readonly<Record<string, string | null>>): RawBuilder<unknown> {
  const sets = Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  return sql`update report set ${sql.join(sets)} from changed where changed.id = ${id} and submission = changed.id`;
}
