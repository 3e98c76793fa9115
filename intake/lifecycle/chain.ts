import { digestOf } from '../../posture/digest.ts';
import type { Digest } from '../../schemas/index.ts';
import { type Kind, mayFollow } from './machines.ts';

/** One change of state of one thing, as it is kept for ever. */
export type Transition = {
  submission: string;
  /** 1 for the first. */
  position: number;
  /** Null for the first. */
  from: string | null;
  to: string;
  at: Date;
  /** `visitor`, `rules`, `clock`, or the id of a member of staff. */
  actor: string;
  /** What the change rests on; nothing personal. */
  facts: Record<string, unknown>;
  /** The digest of the one before; null for the first. */
  previous: Digest | null;
};

/** A transition with its digest, by which the next one names it. */
export type LoggedTransition = Transition & { digest: Digest };

/** SHA-256 over the canonical JSON of a transition, the digest of the one before it included. */
export function transitionDigest({ at, ...rest }: Transition): Digest {
  return digestOf({ ...rest, at: at.toISOString() });
}

/** What is wrong with the history of one thing, oldest first, that ends at `head`; undefined when it holds. */
export function chainFlaw(kind: Kind, history: readonly LoggedTransition[], head: Digest): string | undefined {
  let before: LoggedTransition | undefined;
  for (const [index, { digest, ...transition }] of history.entries()) {
    const { position, from, to, previous } = transition;
    if (position !== index + 1) return `transition ${index + 1} is missing`;
    if (previous !== (before?.digest ?? null)) return `transition ${position} does not follow the one before it`;
    if (transitionDigest(transition) !== digest) return `transition ${position} was changed`;
    if (from !== (before?.to ?? null) || !mayFollow(kind, from, to)) return `transition ${position} leads nowhere`;
    // Its time is not compared: clocks of replicas differ, and the digests say what came first.
    before = { ...transition, digest };
  }
  return before?.digest === head ? undefined : 'its newest transition is missing';
}
