import type { Kysely } from 'kysely';
import { CandorError, candorError } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { append, type Deed } from './log.ts';
import { type Action, actions, isOwn, type Member, may } from './roles.ts';

/** What somebody wants to do. `requester`: the address from which the request was made that it is about. */
export type Intent = Omit<Deed, 'actor' | 'action'> & { action: Action; requester?: string | undefined };

/** The name by which the log and the history of a request know who acted. */
export function actorOf({ id, via }: Pick<Member, 'id' | 'via'>): string {
  return `${via}:${id}`;
}

/**
 * The one door of the staff side: nothing is read or changed for a member but behind it. It refuses what the role does not
 * allow; it writes into the log what is about to be done, before it is done, so that nothing is ever done that is not
 * there; and when that fails, it writes this too. `outcome` gives what is worth keeping of a result. Throws StaffNotAllowed,
 * StaffOwnRequest, and what `work` throws.
 */
export async function act<T>(
  db: Kysely<Tables>,
  member: Member,
  { requester, ...intent }: Intent,
  work: () => Promise<T>,
  outcome?: (result: T) => Record<string, unknown>,
): Promise<T> {
  const { action, at, subject } = intent;
  const same = { at, actor: actorOf(member), action, ...(subject === undefined ? {} : { subject }) };
  const refusal = refusalOf(member, action, requester, subject ?? '');
  if (refusal !== undefined) {
    await append(db, { ...same, facts: { refused: refusal.name } });
    throw refusal;
  }
  const of = await append(db, { ...intent, actor: same.actor });
  try {
    const result = await work();
    if (outcome !== undefined) await append(db, { ...same, facts: { of, ...outcome(result) } });
    return result;
  } catch (error) {
    const failed = error instanceof CandorError ? error.name : 'unexpected';
    await append(db, { ...same, facts: { of, failed } });
    throw error;
  }
}

function refusalOf(member: Member, action: Action, requester: string | undefined, request: string) {
  const { id, role } = member;
  if (!may(member, action)) return candorError('StaffNotAllowed', { id, role, action });
  if (requester !== undefined && !actions[action].own && isOwn(member, requester))
    return candorError('StaffOwnRequest', { id, request });
  return undefined;
}
