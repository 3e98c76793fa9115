import type { Kysely } from 'kysely';
import { candorError } from '../../../schemas/index.ts';
import { type Submission, submissionOf } from '../../lifecycle/submission.ts';
import type { Member } from '../../staff/roles.ts';
import type { Tables } from '../../store/tables.ts';

/** Which case is meant. `seen`: its head when it was looked at; without it, whatever it is now is meant. */
export type Meant = { id: string; seen?: string | undefined };

/** A case that a member may see. To a guest, one that was not shared is not there. Throws ReportUnknown, ReportChanged. */
export async function caseFor(db: Kysely<Tables>, member: Member, { id, seen }: Meant): Promise<Submission> {
  const found = await submissionOf(db, id);
  if (found?.kind !== 'vulnerability-report' || !(await sees(db, member, id)))
    throw candorError('ReportUnknown', { id });
  if (seen !== undefined && seen !== found.head) throw candorError('ReportChanged', { id, state: found.state });
  return found;
}

async function sees(db: Kysely<Tables>, { id: account, role }: Member, submission: string): Promise<boolean> {
  if (role !== 'guest') return true;
  const shared = await db
    .selectFrom('reportGuest')
    .select('account')
    .where('submission', '=', submission)
    .where('account', '=', account)
    .executeTakeFirst();
  return shared !== undefined;
}
