import { type Kysely, sql } from 'kysely';
import type { Milestones } from '../../../posture/report-clocks.ts';
import { candorError, type DutyEvent, type DutyRegime, type DutyStep } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import type { Member } from '../../staff/roles.ts';
import type { Tables } from '../../store/tables.ts';
import type { Meant } from './case.ts';
import { change } from './change.ts';
import { dutiesOf, dutyDueAt, dutyEvents } from './duties.ts';

/** What a law asks for in a case: until when, once its clock runs, and when it was done. */
export type DutyStanding = {
  regime: DutyRegime;
  event: DutyEvent;
  decidedAt: Date;
  decidedBy: string;
  step: DutyStep;
  dueAt: Date | undefined;
  doneAt: Date | undefined;
};

/** What laws ask for in a case, in the order in which it is due. */
export async function dutiesIn(
  db: Kysely<Tables>,
  id: string,
  { fixed }: Pick<Milestones, 'fixed'>,
): Promise<DutyStanding[]> {
  const [decided, done] = await Promise.all([
    db.selectFrom('reportDuty').selectAll().where('submission', '=', id).orderBy('decidedAt').execute(),
    db.selectFrom('reportDutyStep').selectAll().where('submission', '=', id).execute(),
  ]);
  return decided.flatMap(({ regime, event, decidedAt, decidedBy }) => {
    const doneAtOf = (step: DutyStep) => done.find((each) => each.regime === regime && each.step === step)?.doneAt;
    const starts = { decision: decidedAt, fix: fixed, notification: doneAtOf('notification') };
    return dutiesOf(regime, event).map((duty) => ({
      ...{ regime, event, decidedAt, decidedBy, step: duty.step },
      dueAt: dutyDueAt(duty, starts),
      doneAt: doneAtOf(duty.step),
    }));
  });
}

/**
 * Records that a person decided that something has happened which a law wants to hear of; its clocks run from now on. Throws
 * ReportUnknown, ReportChanged, DutyRefused, StaffNotAllowed.
 */
export async function startDuty(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  { regime, event }: { regime: DutyRegime; event: DutyEvent },
): Promise<void> {
  const { id } = meant;
  const refused = (problem: string) => candorError('DutyRefused', { id, regime, problem });
  if (!dutyEvents[regime].includes(event)) throw refused(`they do not begin with ${event}`);
  const intent = { action: 'start-duty', facts: { regime, event } } as const;
  await change({ db, now }, member, meant, intent, async ({ state }) => {
    const running = await db
      .selectFrom('reportDuty')
      .select('regime')
      .where('submission', '=', id)
      .where('regime', '=', regime)
      .executeTakeFirst();
    if (running !== undefined) throw refused('they run already');
    const also = [
      sql`insert into report_duty (submission, regime, decided_at, decided_by, event)
        select id, ${regime}, ${now()}::timestamptz, ${member.id}, ${event} from changed where id = ${id}`,
    ];
    return { to: state, facts: { duty: regime, event }, also };
  });
}

/** Records that something was handed in. Throws ReportUnknown, ReportChanged, DutyRefused, StaffNotAllowed. */
export async function finishDuty(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  { regime, step }: { regime: DutyRegime; step: DutyStep },
): Promise<void> {
  const { id } = meant;
  await change({ db, now }, member, meant, { action: 'finish-duty', facts: { regime, step } }, async ({ state }) => {
    const standing = (await dutiesIn(db, id, {})).find((each) => each.regime === regime && each.step === step);
    const problem =
      standing === undefined ? 'they do not run' : standing.doneAt === undefined ? undefined : `${step} was handed in`;
    if (problem !== undefined) throw candorError('DutyRefused', { id, regime, problem });
    const also = [
      sql`insert into report_duty_step (submission, regime, step, done_at, done_by)
        select id, ${regime}, ${step}, ${now()}::timestamptz, ${member.id} from changed where id = ${id}`,
    ];
    return { to: state, facts: { duty: regime, step }, also };
  });
}
