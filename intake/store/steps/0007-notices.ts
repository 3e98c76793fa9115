import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const notices: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table announcing (
        one boolean primary key default true check (one),
        since text not null
      )`.execute(db);
    await sql`
      create table announcement (
        id text primary key,
        topic text not null,
        subject text not null,
        text text not null,
        seen_at timestamptz not null,
        told_at timestamptz
      )`.execute(db);
    await sql`
      create table subprocessor_change (
        id text primary key,
        vendor text not null,
        name text not null,
        change text not null,
        summary text not null,
        announced_on text not null,
        objection_deadline text not null,
        effective_on text not null,
        seen_at timestamptz not null,
        closed_at timestamptz
      )`.execute(db);
    await sql`
      create table notice (
        id text primary key,
        change text not null references subprocessor_change,
        submission text not null references submission,
        terms jsonb not null,
        given_at timestamptz not null,
        objection text not null unique,
        letters integer not null default 1,
        unique (change, submission)
      )`.execute(db);
    await sql`create index on notice (submission)`.execute(db);
    await sql`
      create table notice_letter (
        letter text primary key references outbox,
        notice text not null references notice,
        key text not null unique,
        by text not null,
        written_at timestamptz not null,
        raised_at timestamptz
      )`.execute(db);
    await sql`create index on notice_letter (notice)`.execute(db);
    await sql`create index on notice_letter (written_at) where raised_at is null`.execute(db);
    // What was written about a change goes with the data of whoever signed, whoever deletes that.
    await sql`
      create function forget_objections() returns trigger language plpgsql as $$
      begin
        update submission set data = null
        where data is not null and id in (select objection from notice where submission = new.id);
        update outbox set state = 'failed', failure = 'withdrawn', settled_at = now(), message = '{}',
          attempts = attempts + 1
        where channel = 'mail' and state = 'waiting'
          and submission in (select objection from notice where submission = new.id);
        return null;
      end $$`.execute(db);
    await sql`
      create trigger forget_objections after update of data on submission
      for each row when (old.data is not null and new.data is null and new.kind = 'dpa-request')
      execute function forget_objections()`.execute(db);
    await sql`
      create index subscription_address on submission (lower(data ->> 'email'))
      where kind = 'subscription' and state = 'active'`.execute(db);
  },
};
