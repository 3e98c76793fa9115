import type { Check } from '../define.ts';

/** The checks of lists of access. Each collector takes those that its system can answer. */
export const accessChecks = {
  'list-is-complete': {
    title: 'The list is complete',
    statement:
      'As many entries were read as the system itself says there are, and no kind of entry is hidden from the credentials.',
  },
  'list-is-current': {
    title: 'The list is current',
    statement: 'The export says when it was made, and is not older than the declared age.',
  },
  'reviewed-in-time': {
    title: 'Access was reviewed in time',
    statement: 'A review of a complete list was closed within the promised cadence, and none is open past its date.',
  },
  'decided-by-somebody-else': {
    title: 'Nobody decided about their own access',
    statement: 'In the last closed review each entry was decided, by somebody else than its holder.',
  },
  'revoked-access-is-gone': {
    title: 'What was revoked is gone',
    statement:
      'A list that was pulled after the sign-off shows none of the entries that closed reviews revoked, under its old name or another one, unless a later review kept it.',
  },
  'changed-roles-were-changed': {
    title: 'What was to be changed was changed',
    statement:
      'A list that was pulled after the sign-off shows none of the roles that closed reviews took away, unless a later review left them.',
  },
  'every-person-uses-a-second-factor': {
    title: 'Every person uses a second factor',
    statement: 'The system says of each person that a second factor is set up. What it does not say is unknown.',
  },
  'no-invitation-lingers': {
    title: 'No invitation lies around',
    statement: 'No invitation that was not accepted is older than the declared time.',
  },
  'administrators-as-declared': {
    title: 'There are no more administrators than declared',
    statement: 'At most the declared number of entries holds one of the roles of an administrator.',
  },
  'no-account-without-activity': {
    title: 'No account is unused',
    statement: 'Each account was used within the declared time, or is younger than that.',
  },
  'no-login-outlives-its-expiry': {
    title: 'No login outlives its expiry',
    statement: 'No login whose end was set, and has come, can still log in.',
  },
} as const satisfies Record<string, Check>;

/** The name of a check of a list of access. */
export type AccessCheck = keyof typeof accessChecks;
