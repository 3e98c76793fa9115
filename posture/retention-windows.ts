import {
  DisclosurePolicy,
  type DpaRequestState,
  type Duration,
  type GrantState,
  type IntakePolicy,
  type ObjectionState,
  type SubscriptionState,
  type VulnerabilityState,
} from '../schemas/index.ts';

/**
 * How long the personal data of something that was sent in may be kept, counted from the moment it came into its state:
 * while it is in it, not at all, or for a declared window.
 */
export type Kept = 'while-it-lasts' | 'not-at-all' | keyof Windows;

/** The windows that are declared: those of intake.yaml, and `reports`, that of disclosure.yaml. */
export type Windows = IntakePolicy['retention'] & { reports: Duration };

/** The windows that hold. A company that no longer says how it takes reports still has those of before. */
export function windowsOf({ retention }: Pick<IntakePolicy, 'retention'>, disclosure?: DisclosurePolicy): Windows {
  return { ...retention, reports: disclosure?.retention ?? DisclosurePolicy.shape.retention.parse(undefined) };
}

/** By kind and state. One that is not named here has no window, and nobody may take its data for kept rightly. */
const kept = {
  'dpa-request': {
    received: 'unconfirmed',
    verified: 'while-it-lasts',
    held: 'while-it-lasts',
    answered: 'unsuccessful',
    offered: 'while-it-lasts',
    accepted: 'while-it-lasts',
    sealed: 'while-it-lasts',
    declined: 'unsuccessful',
    expired: 'unsuccessful',
    superseded: 'ended',
    terminated: 'ended',
  } satisfies Record<DpaRequestState, Kept>,
  grant: {
    granted: 'while-it-lasts',
    agreed: 'while-it-lasts',
    revoked: 'ended',
    expired: 'ended',
  } satisfies Record<GrantState, Kept>,
  // Deleted with the agreement that it is about.
  objection: {
    received: 'while-it-lasts',
    settled: 'while-it-lasts',
  } satisfies Record<ObjectionState, Kept>,
  subscription: {
    pending: 'unconfirmed',
    active: 'while-it-lasts',
    ended: 'not-at-all',
    expired: 'not-at-all',
  } satisfies Record<SubscriptionState, Kept>,
  'vulnerability-report': {
    received: 'while-it-lasts',
    acknowledged: 'while-it-lasts',
    triaged: 'while-it-lasts',
    confirmed: 'while-it-lasts',
    fixed: 'while-it-lasts',
    disclosed: 'reports',
    duplicate: 'reports',
    'not-applicable': 'reports',
    informative: 'reports',
    closed: 'reports',
  } satisfies Record<VulnerabilityState, Kept>,
} as const;

/** How long data of this kind and state may be kept; undefined when that is declared nowhere. */
export function keptOf(kind: string, state: string): Kept | undefined {
  return windows.get(`${kind}/${state}`);
}

/** The states of a kind whose data is kept for this window. */
export function statesKept(kind: keyof typeof kept, window: Kept): string[] {
  return Object.entries(kept[kind]).flatMap(([state, each]) => (each === window ? [state] : []));
}

/** Kinds and states, `kind/state`, whose data is kept as long as they last. */
export const withoutWindow: readonly string[] = Object.entries(kept).flatMap(([kind, states]) =>
  Object.entries(states).flatMap(([state, each]) => (each === 'while-it-lasts' ? [`${kind}/${state}`] : [])),
);

const windows = new Map<string, Kept>(
  Object.entries(kept).flatMap(([kind, states]) =>
    Object.entries(states).map(([state, each]) => [`${kind}/${state}`, each] as const),
  ),
);
