import { type Kysely, sql } from 'kysely';
import { digestOf } from '../../../posture/digest.ts';
import { endStates, milestonesOf } from '../../../posture/report-clocks.ts';
import { type DisclosurePolicy, durationMs, Email } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { historyOf } from '../../lifecycle/submission.ts';
import { addressOf, type Letterhead } from '../../mail/letterhead.ts';
import { type Mail, outboxRow } from '../../outbox/message.ts';
import type { Tables } from '../../store/tables.ts';
import { deadlinesOf, entriesOf } from './deadlines.ts';
import { dutiesIn } from './duty.ts';

/** How many cases are looked at in one statement. */
const PAGE = 200;

/** Something that is due in a case: a promise, or what a law asks for. */
type Due = { clock: string; title: string; dueAt: Date };

/**
 * Counts anew what is due in cases that changed, and tells whoever is named of what is about to be missed, once for each
 * clock and each time that it runs. Any number of replicas may do it at once.
 */
export async function watchReports({ db, head, now, current }: Pick<Desk, 'db' | 'head' | 'now' | 'current'>) {
  const { content } = await current();
  const policy = content.disclosure;
  if (policy === undefined) return;
  const promises = digestOf([policy.clocks, policy.escalation]);
  for (;;) {
    const cases = await toLookAt(db, promises, now());
    for (const { id, head: newest } of cases) await lookAt({ db, head, policy }, id, `${newest}:${promises}`, now());
    if (cases.length < PAGE) return;
  }
}

async function toLookAt(db: Kysely<Tables>, promises: string, at: Date): Promise<{ id: string; head: string }[]> {
  const { rows } = await sql<{ id: string; head: string }>`
    select submission.id, submission.head from report join submission on submission.id = report.submission
    where report.watch_at <= ${at}::timestamptz
      or report.seen is null or not starts_with(report.seen, submission.head || ':')
      or ((submission.state not in (${sql.join([...endStates])}) or report.due_at is not null)
        and report.seen <> submission.head || ':' || ${promises}::text)
    order by submission.opened_at limit ${PAGE}::integer`.execute(db);
  return rows;
}

type Watching = { db: Kysely<Tables>; head: Letterhead; policy: DisclosurePolicy };

async function lookAt({ db, head, policy }: Watching, id: string, seen: string, at: Date): Promise<void> {
  const history = entriesOf(await historyOf(db, id));
  const duties = await dutiesIn(db, id, milestonesOf(history));
  const owed = duties.flatMap(({ regime, step, dueAt, doneAt }): Due[] =>
    dueAt === undefined || doneAt !== undefined
      ? []
      : [{ clock: `${regime}/${step}`, title: `${regime.toUpperCase()}: ${step.replace('-', ' ')}`, dueAt }],
  );
  const all = [...deadlinesOf(policy.clocks, history), ...owed].sort(byTime);
  const before = durationMs(policy.escalation.before);
  const [soon, later] = [all.filter(isNear), all.filter((due) => !isNear(due))];
  const [next] = all;
  const watchAt = later[0] === undefined ? null : new Date(later[0].dueAt.getTime() - before);
  for (const due of soon) await tell(db, id, due, lettersFor(head, policy, id, due), at);
  await sql`
    update report set due_at = ${next?.dueAt ?? null}::timestamptz, due_clock = ${next?.clock ?? null},
      watch_at = ${watchAt}::timestamptz, seen = ${seen}
    where submission = ${id}`.execute(db);

  function isNear({ dueAt }: Due): boolean {
    return dueAt.getTime() - before <= at.getTime();
  }
}

/** One statement: of many who want to tell of the same, one does. */
async function tell(db: Kysely<Tables>, id: string, { clock, dueAt }: Due, letters: readonly Mail[], at: Date) {
  const rows = letters.map((mail) => outboxRow({ channel: 'mail', mail }));
  await sql`
    with told as (
      insert into report_escalation (submission, clock, due_at, told_at)
      values (${id}, ${clock}, ${dueAt}::timestamptz, ${at}::timestamptz) on conflict do nothing returning submission
    )
    insert into outbox (id, channel, message, due_at, submission)
    select part.id, part.channel, part.message, ${at}::timestamptz, told.submission
    from told, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as part(id text, channel text, message jsonb)`.execute(
    db,
  );
}

/** Its number and its clock, and nothing that anybody wrote. */
function lettersFor(head: Letterhead, { contacts, escalation }: DisclosurePolicy, id: string, due: Due): Mail[] {
  const mailboxes =
    escalation.to === undefined ? contacts.filter((to) => Email.safeParse(to).success) : [escalation.to];
  return mailboxes.map((to) => ({
    to,
    subject: `Due ${due.dueAt.toISOString().slice(0, 16)}Z: ${id}`,
    text: [
      `“${due.title}” is due at ${due.dueAt.toISOString()}, and was not done yet.`,
      `The report is ${id}:\n${addressOf(head, `/inbox/reports/${id}/`)}`,
    ].join('\n\n'),
  }));
}

function byTime(a: Due, b: Due): number {
  return a.dueAt.getTime() - b.dueAt.getTime();
}
