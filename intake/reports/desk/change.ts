import type { Desk } from '../../desk.ts';
import { advance, type Submission, submissionOf } from '../../lifecycle/submission.ts';
import type { Cause } from '../../lifecycle/write.ts';
import { act, actorOf } from '../../staff/act.ts';
import type { Action, Member } from '../../staff/roles.ts';
import { caseFor, type Meant } from './case.ts';

/** What is to become of a case as it stands. */
export type Plan = { to: string } & Pick<Cause, 'facts' | 'also' | 'bytes'>;

/** How often a case is looked at anew when others change it meanwhile. */
const TRIES = 5;
/** SQLSTATE: two waited for each other; or a trigger refused what was planned upon what is no longer so. */
const OUTRUN = new Set(['40P01', 'P0001']);

/**
 * The one way in which the desk changes a case: written into the staff log before it is done, for whoever may see the case.
 * `plan` says what becomes of it; it is asked again when somebody was quicker, unless what was looked at is `seen`. Throws
 * StaffNotAllowed, ReportUnknown, ReportChanged, TransitionRefused, and what `plan` throws.
 */
export async function change(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  meant: Meant,
  intent: { action: Action; facts?: Record<string, unknown> },
  plan: (before: Submission) => Promise<Plan> | Plan,
): Promise<Submission> {
  const { id } = meant;
  const at = now();
  return act(db, member, { ...intent, subject: id, at }, async () => {
    for (let tries = 1; ; tries += 1) {
      const before = await caseFor(db, member, meant);
      const { to, ...rest } = await plan(before);
      try {
        return await advance(db, before, to, { at, actor: actorOf(member), ...rest });
      } catch (error) {
        const isOutrun = OUTRUN.has(codeOf(error)) || (await submissionOf(db, id))?.head !== before.head;
        if (tries === TRIES || !isOutrun) throw error;
      }
    }
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
