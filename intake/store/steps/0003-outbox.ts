import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const outbox: Migration = {
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
};
