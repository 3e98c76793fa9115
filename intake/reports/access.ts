import type { Kysely } from 'kysely';
import { digestOfSecret } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';

/** The number of the report that `access` opens for its reporter; undefined when it opens none. */
export async function reportOpenedBy(db: Kysely<Tables>, access: string): Promise<string | undefined> {
  const found = await db
    .selectFrom('report')
    .select('submission')
    .where('access', '=', digestOfSecret(access))
    .executeTakeFirst();
  return found?.submission;
}
