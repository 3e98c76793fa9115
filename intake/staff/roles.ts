import type { StaffRole } from '../../schemas/index.ts';
import { mailboxOf } from '../mail/mailbox.ts';

/** Whoever acts, with an account: through the web inbox, or through the command line of a machine that has the database. */
export type Member = { id: string; role: StaffRole; email: string; via: 'web' | 'cli' };

/**
 * Who may do what. `own`: whether also with a request that was made from one's own address. Nobody answers requests and
 * makes accounts, so a company of one person has two accounts.
 */
export const actions = {
  /** What waits, and how it stands: nothing personal. */
  list: { roles: ['viewer', 'responder', 'administrator'], own: true },
  show: { roles: ['viewer', 'responder', 'administrator'], own: true },
  /** Besides, what was filled in and what was written about it. */
  read: { roles: ['responder'], own: true },
  answer: { roles: ['responder'], own: false },
  approve: { roles: ['responder'], own: false },
  decline: { roles: ['responder'], own: false },
  grant: { roles: ['responder'], own: false },
  revoke: { roles: ['responder'], own: true },
  /** The end of an agreement, also by a newer one. */
  terminate: { roles: ['responder'], own: false },
  supersede: { roles: ['responder'], own: false },
  /** An objection to a change, and a notice that could not be delivered. */
  settle: { roles: ['responder'], own: false },
  resend: { roles: ['responder'], own: true },
  export: { roles: ['administrator'], own: true },
  delete: { roles: ['administrator'], own: true },
  accounts: { roles: ['administrator'], own: true },
  add: { roles: ['administrator'], own: true },
  remove: { roles: ['administrator'], own: true },
  reset: { roles: ['administrator'], own: true },
  log: { roles: ['administrator'], own: true },
  /** Reports of vulnerabilities; guests see those that were shared with them. Nobody here knows whose a report is. */
  'list-reports': { roles: ['triager', 'guest'], own: true },
  'read-report': { roles: ['triager', 'guest'], own: true },
  'write-message': { roles: ['triager', 'guest'], own: true },
  'move-report': { roles: ['triager'], own: true },
  'assign-report': { roles: ['triager'], own: true },
  'share-report': { roles: ['triager'], own: true },
  'start-duty': { roles: ['triager'], own: true },
  'finish-duty': { roles: ['triager'], own: true },
  'reseal-report': { roles: ['triager'], own: true },
} as const satisfies Record<string, { roles: readonly StaffRole[]; own: boolean }>;

/** What a member of staff can do. */
export type Action = keyof typeof actions;

/** Whether a role may do it. */
export function may({ role }: Pick<Member, 'role'>, action: Action): boolean {
  const { roles }: { roles: readonly StaffRole[] } = actions[action];
  return roles.includes(role);
}

/** Whether a request was made from the address of a member: in capitals or with a tag behind a plus, it is still theirs. */
export function isOwn({ email }: Pick<Member, 'email'>, requester: string): boolean {
  return mailboxOf(email) === mailboxOf(requester);
}
