import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What those who look after reports need besides: what is due next, who was told, guests, and clocks that a law starts. */
export const desk: Migration = {
  async up(db: Kysely<unknown>) {
    // The next promise that could be missed, and when somebody must look again; `seen` names what both follow from.
    await sql`
      alter table report add column due_at timestamptz, add column due_clock text,
        add column watch_at timestamptz, add column seen text`.execute(db);
    await sql`create index on report (coalesce(due_at, 'infinity'::timestamptz), submission)`.execute(db);
    await sql`create index on report (watch_at)`.execute(db);
    await sql`create index on report (assignee) where assignee is not null`.execute(db);
    await sql`create index on submission (kind, state, opened_at, id)`.execute(db);
    await sql`
      create table report_escalation (
        submission text not null references submission,
        clock text not null,
        due_at timestamptz not null,
        told_at timestamptz not null,
        primary key (submission, clock, due_at)
      )`.execute(db);
    await sql`
      create table report_guest (
        submission text not null references submission,
        account text not null references staff_account,
        added_at timestamptz not null,
        primary key (submission, account)
      )`.execute(db);
    // A decision of a person, and each step that it asks for when it was taken; neither is ever taken back.
    await sql`
      create table report_duty (
        submission text not null references submission,
        regime text not null,
        decided_at timestamptz not null,
        decided_by text not null,
        event text not null,
        primary key (submission, regime)
      )`.execute(db);
    await sql`
      create table report_duty_step (
        submission text not null,
        regime text not null,
        step text not null,
        done_at timestamptz not null,
        done_by text not null,
        primary key (submission, regime, step),
        foreign key (submission, regime) references report_duty
      )`.execute(db);
    for (const table of ['report_duty', 'report_duty_step'])
      await sql`
        create trigger append_only before update or delete or truncate on ${sql.table(table)}
        for each statement execute function refuse_to_rewrite()`.execute(db);
  },
};
