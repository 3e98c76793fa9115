import type {
  DpaRequestState,
  GrantState,
  ObjectionState,
  SubscriptionState,
  VulnerabilityState,
} from '../../schemas/index.ts';

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
  'vulnerability-report': {
    first: 'received',
    next: {
      // Each again, when something is decided or written that changes no state.
      received: ['received', 'acknowledged', 'triaged', 'duplicate', 'not-applicable', 'informative', 'closed'],
      acknowledged: ['acknowledged', 'triaged', 'confirmed', 'duplicate', 'not-applicable', 'informative', 'closed'],
      triaged: ['triaged', 'confirmed', 'duplicate', 'not-applicable', 'informative', 'closed'],
      // Disclosed before it is fixed, when others have published it.
      confirmed: ['confirmed', 'fixed', 'disclosed', 'duplicate', 'not-applicable', 'informative', 'closed'],
      // Not fixed after all.
      fixed: ['fixed', 'confirmed', 'disclosed', 'closed'],
      // Reopened, as are all that follow.
      disclosed: ['disclosed', 'fixed', 'triaged', 'closed'],
      duplicate: ['duplicate', 'triaged', 'closed'],
      'not-applicable': ['not-applicable', 'triaged', 'closed'],
      informative: ['informative', 'triaged', 'closed'],
      closed: ['closed', 'triaged'],
    } satisfies Record<VulnerabilityState, readonly VulnerabilityState[]>,
  },
} as const satisfies Record<string, Machine>;

/** What has a life of its own. */
export type Kind = keyof typeof machines;

/** Whether a thing of this kind may go from one state to another. */
export function mayFollow(kind: Kind, from: string | null, to: string): boolean {
  const machine: Machine = machines[kind];
  return from === null ? to === machine.first : (machine.next[from] ?? []).includes(to);
}
