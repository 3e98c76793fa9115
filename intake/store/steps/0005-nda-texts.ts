import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const ndaTexts: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table nda_text (
        digest text primary key,
        document text not null,
        version text not null,
        text text not null
      )`.execute(db);
    await sql`
      create trigger append_only before update or delete or truncate on nda_text
      for each statement execute function refuse_to_rewrite()`.execute(db);
    await sql`create index grant_of_request on transition ((facts ->> 'request')) where position = 1`.execute(db);
  },
};
