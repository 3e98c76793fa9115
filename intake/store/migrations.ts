import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { submissions } from './steps/0001-submissions.ts';
import { secrets } from './steps/0002-secrets.ts';
import { outbox } from './steps/0003-outbox.ts';
import { agreements } from './steps/0004-agreements.ts';
import { ndaTexts } from './steps/0005-nda-texts.ts';
import { staff } from './steps/0006-staff.ts';
import { notices } from './steps/0007-notices.ts';
import { measures } from './steps/0008-measures.ts';
import { reports } from './steps/0009-reports.ts';
import { desk } from './steps/0010-desk.ts';
import { reportMeasures } from './steps/0011-report-measures.ts';
import { guestKeys } from './steps/0012-guest-keys.ts';
import { fixesTakenBack } from './steps/0013-fixes-taken-back.ts';
import { reportHistories } from './steps/0014-report-histories.ts';
import type { Tables } from './tables.ts';

/**
 * The steps from an empty database to the tables of today, in order. A step that was published is never edited: the next
 * one changes what it made. PostgreSQL and PGlite run the same.
 */
const steps: Record<string, Migration> = {
  '0001-submissions': submissions,
  '0002-secrets': secrets,
  '0003-outbox': outbox,
  '0004-agreements': agreements,
  '0005-nda-texts': ndaTexts,
  '0006-staff': staff,
  '0007-notices': notices,
  '0008-measures': measures,
  '0009-reports': reports,
  '0010-desk': desk,
  '0011-report-measures': reportMeasures,
  '0012-guest-keys': guestKeys,
  '0013-fixes-taken-back': fixesTakenBack,
  '0014-report-histories': reportHistories,
};

/** Runs the steps that this database has not seen. Many may try at once: the library takes a lock in the database. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => steps } }).migrateToLatest();
  if (error !== undefined) throw error;
}
