import type { Kysely } from 'kysely';
import { type Milestones, milestonesOf } from '../../../posture/report-clocks.ts';
import { type SlaClock, type VulnerabilityReport, VulnerabilityState } from '../../../schemas/index.ts';
import type { LoggedTransition } from '../../lifecycle/chain.ts';
import { historyOf } from '../../lifecycle/submission.ts';
import { act } from '../../staff/act.ts';
import type { Member } from '../../staff/roles.ts';
import type { Tables } from '../../store/tables.ts';
import type { ReportMessageTable } from '../tables.ts';
import { caseFor } from './case.ts';
import { type Deadline, deadlinesOf, entriesOf } from './deadlines.ts';
import { type DutyStanding, dutiesIn } from './duty.ts';
import { guestRecipients } from './guests.ts';

/** A message of a case, without what is in it. `isKept`: false once its text was deleted. */
export type MessageLine = Omit<ReportMessageTable, 'ciphertext' | 'submission'> & { isKept: boolean };

/** All that can be known of a case without reading it. */
export type ShownReport = Pick<VulnerabilityReport, 'id' | 'via' | 'state'> & {
  /** Names what is shown: what is decided upon it is refused once it changed. */
  head: string;
  openedAt: Date;
  critical: boolean;
  severity: VulnerabilityReport['severity'] | null;
  cvss: string | null;
  cwe: string | null;
  duplicateOf: string | null;
  assignee: string | null;
  /** The age recipient of the reporter; null where there is none. */
  replyTo: string | null;
  guests: string[];
  /** The age recipients of these, for what is written to them. */
  guestRecipients: string[];
  history: LoggedTransition[];
  milestones: Milestones;
  deadlines: Deadline[];
  duties: DutyStanding[];
  messages: MessageLine[];
};

/** Shows a case; a guest sees what was shared. `clocks` are those of the disclosure policy. Throws ReportUnknown, StaffNotAllowed. */
export async function showReport(
  db: Kysely<Tables>,
  member: Member,
  id: string,
  clocks: readonly SlaClock[],
  at: Date,
): Promise<ShownReport> {
  return act(db, member, { action: 'read-report', subject: id, at }, async () => {
    const found = await caseFor(db, member, { id });
    const [report, history, guests, recipients, messages] = await Promise.all([
      db.selectFrom('report').selectAll().where('submission', '=', id).executeTakeFirstOrThrow(),
      historyOf(db, id),
      db.selectFrom('reportGuest').select('account').where('submission', '=', id).orderBy('addedAt').execute(),
      guestRecipients(db, id),
      messagesFor(db, member, id),
    ]);
    const entries = entriesOf(history);
    const milestones = milestonesOf(entries);
    const { via, critical, severity, cvss, cwe, duplicateOf, assignee, replyTo } = report;
    return {
      ...{ id, via, critical, severity, cvss, cwe, duplicateOf, assignee, replyTo, milestones, messages },
      state: VulnerabilityState.parse(found.state),
      head: found.head,
      openedAt: found.openedAt,
      guests: guests.map(({ account }) => account),
      guestRecipients: recipients,
      history: member.role === 'guest' ? [] : history,
      deadlines: deadlinesOf(clocks, entries),
      duties: member.role === 'guest' ? [] : await dutiesIn(db, id, milestones),
    };
  });
}

/** The ciphertext of one message that a member may see; undefined when there is none, or once it was deleted. Throws ReportUnknown, StaffNotAllowed. */
export async function ciphertextFor(
  db: Kysely<Tables>,
  member: Member,
  id: string,
  position: number,
  at: Date,
): Promise<Uint8Array | undefined> {
  return act(db, member, { action: 'read-report', subject: id, at, facts: { position } }, async () => {
    await caseFor(db, member, { id });
    const found = await db
      .selectFrom('reportMessage')
      .select(['ciphertext', 'audience'])
      .where('submission', '=', id)
      .where('position', '=', position)
      .executeTakeFirst();
    if (found === undefined || found.ciphertext === null) return undefined;
    return member.role === 'guest' && found.audience !== 'guest' ? undefined : found.ciphertext;
  });
}

async function messagesFor(db: Kysely<Tables>, { role }: Member, id: string): Promise<MessageLine[]> {
  const rows = await db
    .selectFrom('reportMessage')
    .select(({ eb }) => [
      ...(['id', 'position', 'audience', 'author', 'at', 'digest', 'bytes'] as const),
      eb('ciphertext', 'is not', null).as('isKept'),
    ])
    .where('submission', '=', id)
    .orderBy('position')
    .execute();
  return rows
    .filter(({ audience }) => role !== 'guest' || audience === 'guest')
    .map(({ isKept, ...line }) => ({ ...line, isKept: Boolean(isKept) }));
}
