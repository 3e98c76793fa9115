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
    // A duplicate points to a report that is worked on. Two who say at once that each is one of the other wait for each
    // other here, and one of them is refused.
    await sql`alter table report add check (duplicate_of <> submission)`.execute(db);
    await sql`create index on report (duplicate_of) where duplicate_of is not null`.execute(db);
    await sql`
      create function refuse_duplicate_of_duplicate() returns trigger language plpgsql as $$
      begin
        perform from report where submission = new.duplicate_of and duplicate_of is null for share;
        if not found or exists (select from report where duplicate_of = new.submission) then
          raise exception 'a duplicate points to a report that is worked on';
        end if;
        return new;
      end $$`.execute(db);
    await sql`
      create trigger no_circle before update of duplicate_of on report for each row
      when (new.duplicate_of is not null) execute function refuse_duplicate_of_duplicate()`.execute(db);
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
