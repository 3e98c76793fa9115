import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The age recipients of guests, a line each, so that nobody has to give them again for every message. */
export const guestKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table staff_account add column recipients text`.execute(db);
  },
};
