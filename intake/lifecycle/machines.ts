import type { DpaRequestState, GrantState, ObjectionState, SubscriptionState } from '../../schemas/index.ts';

/** A state machine as data: from each state, the states that may follow. A state with none is an end. */
export type Machine = { first: string; next: Readonly<Record<string, readonly string[]>> };

/** The machines of everything that has a life of its own here, by kind. The words are those of the schemas. */
export const machines = {
  'dpa-request': {
    first: 'received',
    next: {
      received: ['verified', 'expired'],
      // Answered at once, when a document is asked for that the rules grant.
      verified: ['offered', 'held', 'answered', 'declined'],
      // Again, when what was asked beside a DPA is answered.
      held: ['held', 'answered', 'offered', 'declined'],
      answered: [],
      // Again, when the template or the evidence changed before it was accepted.
      offered: ['offered', 'held', 'accepted', 'declined', 'expired'],
      accepted: ['sealed'],
      sealed: ['superseded', 'terminated'],
      declined: [],
      expired: [],
      superseded: [],
      terminated: [],
    } satisfies Record<DpaRequestState, readonly DpaRequestState[]>,
  },
  grant: {
    first: 'granted',
    next: {
      // Again, for each step of a download.
      granted: ['granted', 'agreed', 'revoked', 'expired'],
      agreed: ['agreed', 'revoked', 'expired'],
      revoked: [],
      expired: [],
    } satisfies Record<GrantState, readonly GrantState[]>,
  },
  subscription: {
    first: 'pending',
    next: {
      pending: ['active', 'expired'],
      // Again, when one of its topics ends.
      active: ['active', 'ended'],
      ended: [],
      expired: [],
    } satisfies Record<SubscriptionState, readonly SubscriptionState[]>,
  },
  objection: {
    first: 'received',
    next: { received: ['settled'], settled: [] } satisfies Record<ObjectionState, readonly ObjectionState[]>,
  },
} as const satisfies Record<string, Machine>;

/** What has a life of its own. */
export type Kind = keyof typeof machines;

/** Whether a thing of this kind may go from one state to another. */
export function mayFollow(kind: Kind, from: string | null, to: string): boolean {
  const machine: Machine = machines[kind];
  return from === null ? to === machine.first : (machine.next[from] ?? []).includes(to);
}
