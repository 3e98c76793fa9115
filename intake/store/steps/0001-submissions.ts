import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const submissions: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table submission (
        id text primary key,
        kind text not null,
        state text not null,
        length integer not null check (length > 0),
        head text not null,
        opened_at timestamptz not null,
        data jsonb
      )`.execute(db);
    await sql`create index on submission (kind, state, opened_at)`.execute(db);
    await sql`
      create table transition (
        submission text not null references submission,
        position integer not null,
        "from" text,
        "to" text not null,
        at timestamptz not null,
        actor text not null,
        facts jsonb not null,
        previous text,
        digest text not null,
        primary key (submission, position)
      )`.execute(db);
    await sql`
      create function refuse_to_rewrite() returns trigger language plpgsql as $$
      begin
        raise exception 'what has happened stays as it was: % of % is refused', tg_op, tg_table_name;
      end $$`.execute(db);
    await sql`
      create trigger append_only before update or delete or truncate on transition
      for each statement execute function refuse_to_rewrite()`.execute(db);
    await sql`
      create table outbox (
        id text primary key,
        channel text not null,
        message jsonb not null,
        due_at timestamptz not null,
        attempts integer not null default 0,
        failure text,
        state text not null default 'waiting',
        settled_at timestamptz
      )`.execute(db);
    await sql`create index outbox_waiting on outbox (due_at) where state = 'waiting'`.execute(db);
  },
};
