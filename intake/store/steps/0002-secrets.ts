import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const secrets: Migration = {
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
};
