import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Tables } from './tables.ts';

/**
 * The steps from an empty database to the tables of today, in order. A step that was published is never edited: the next
 * one changes what it made. PostgreSQL and PGlite run the same.
 */
const steps: Record<string, Migration> = {
  '0001-submissions': {
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
  },
  '0002-secrets': {
    async up(db: Kysely<unknown>) {
      await sql`
        create table secret (
          digest text primary key,
          submission text not null references submission,
          purpose text not null,
          expires_at timestamptz not null,
          tries integer not null default 0
        )`.execute(db);
      await sql`create index on secret (submission, purpose)`.execute(db);
      await sql`create index on secret (expires_at)`.execute(db);
    },
  },
  '0003-outbox': {
    async up(db: Kysely<unknown>) {
      await sql`alter table outbox add column submission text references submission`.execute(db);
      await sql`create index outbox_failed on outbox (settled_at) where state = 'failed'`.execute(db);
      await sql`
        create table endpoint_gone (
          endpoint text not null,
          url_digest text not null,
          gone_at timestamptz not null,
          primary key (endpoint, url_digest)
        )`.execute(db);
    },
  },
};

/** Runs the steps that this database has not seen. Many may try at once: the library takes a lock in the database. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => steps } }).migrateToLatest();
  if (error !== undefined) throw error;
}
