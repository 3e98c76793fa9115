import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { measuredReport } from './0011-report-measures.ts';

/** A fix is taken back by whoever confirms the report again, or opens it again, also after it was closed. */
export const fixesTakenBack: Migration = {
  async up(db: Kysely<unknown>) {
    await measuredReport(sql`"to" in ('triaged', 'confirmed')`).execute(db);
  },
};
