import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const staff: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table staff_account (
        id text primary key,
        role text not null,
        email text,
        key_digest text unique,
        sealed_seed text,
        last_step bigint not null default 0,
        tries integer not null default 0,
        tries_since timestamptz not null,
        refused integer not null default 0,
        added_at timestamptz not null,
        removed_at timestamptz
      )`.execute(db);
    await sql`
      create table staff_session (
        digest text primary key,
        account text not null references staff_account,
        seen_at timestamptz not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index on staff_session (account)`.execute(db);
    await sql`
      create table staff_log (
        position bigint primary key,
        at timestamptz not null,
        actor text not null,
        action text not null,
        subject text,
        facts jsonb not null,
        previous text,
        digest text not null
      )`.execute(db);
    await sql`create index on staff_log (subject)`.execute(db);
    await sql`
      create trigger append_only before update or delete or truncate on staff_log
      for each statement execute function refuse_to_rewrite()`.execute(db);
    // Whoever appends must have read the newest entry; one that is cut off is missed.
    await sql`create table staff_log_head (one boolean primary key default true check (one), length bigint not null, digest text)`.execute(
      db,
    );
    await sql`insert into staff_log_head (length) values (0)`.execute(db);
    await sql`
      create table staff_note (
        entry bigint primary key references staff_log,
        submission text not null references submission,
        text text not null
      )`.execute(db);
    await sql`create index on staff_note (submission)`.execute(db);
    // What was written about a request goes with its data, whoever deletes that.
    await sql`
      create function forget_notes() returns trigger language plpgsql as $$
      begin
        delete from staff_note where submission = new.id;
        return null;
      end $$`.execute(db);
    await sql`
      create trigger forget_notes after update of data on submission
      for each row when (old.data is not null and new.data is null) execute function forget_notes()`.execute(db);
    // What waits for a person; the same condition as in intake/staff/list.ts, or it is of no use.
    await sql`
      create index submission_waiting on submission (opened_at, id)
      where (kind = 'dpa-request' and state in ('verified', 'held')) or (kind = 'objection' and state = 'received')
    `.execute(db);
  },
};
