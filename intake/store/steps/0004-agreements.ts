import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const agreements: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table agreement_template (digest text primary key, data jsonb not null, text text not null)`.execute(
      db,
    );
    await sql`
      create table agreement (
        submission text not null references submission,
        number integer not null check (number > 0),
        digest text not null unique,
        template text not null references agreement_template,
        valid_until timestamptz not null,
        offer text,
        annexes text,
        acceptance text,
        seal_due_at timestamptz,
        pdf bytea,
        pdf_digest text,
        primary key (submission, number)
      )`.execute(db);
    await sql`create index agreement_to_seal on agreement (seal_due_at) where seal_due_at is not null`.execute(db);
  },
};
