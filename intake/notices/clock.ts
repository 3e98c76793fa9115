import type { ChangeTerms, DateOn } from '../../schemas/index.ts';
import { dayOf, daysAfter, endOf, latest } from './days.ts';

/** What became of the letters of a notice. One that the other side’s server took was sent; what it does then is not seen. */
export type Delivery =
  | { is: 'waiting' }
  | { is: 'sent'; at: Date }
  /** `reason` is a code such as `bounced`; `withdrawn` when the customer was deleted. */
  | { is: 'failed'; at: Date; reason: string };

/** The days of a change that bind, as they were announced. */
export type ChangeDays = { objectionDeadline: DateOn; effectiveOn: DateOn };

/**
 * The clocks of one customer. They start when the notice was sent: before that, and for whoever could not be reached, none
 * runs, nothing is late, and the change does not apply.
 */
export type Clock =
  | { is: 'not-started' | 'unreached' }
  | {
      is: 'running' | 'ended';
      startedAt: Date;
      /** The last day to object, and the first day on which the change may apply to this customer. */
      objectUntil: DateOn;
      appliesFrom: DateOn;
    };

/** How the clocks of one customer stand at `now`. Of what was announced and what was signed, the later day holds. */
export function clockOf(days: ChangeDays, terms: ChangeTerms, delivery: Delivery, now: Date): Clock {
  if (delivery.is !== 'sent') return { is: delivery.is === 'failed' ? 'unreached' : 'not-started' };
  const { objectUntil, appliesFrom } = daysWhenTold(days, terms, delivery.at);
  return {
    is: now < endOf(objectUntil) ? 'running' : 'ended',
    startedAt: delivery.at,
    objectUntil,
    appliesFrom,
  };
}

/** The days that hold for whoever is told at `at`. */
export function daysWhenTold(
  { objectionDeadline, effectiveOn }: ChangeDays,
  { notice, objection }: ChangeTerms,
  at: Date,
): { objectUntil: DateOn; appliesFrom: DateOn } {
  const told = dayOf(at);
  const objectUntil = latest(objectionDeadline, objection && daysAfter(told, objection));
  return { objectUntil, appliesFrom: latest(effectiveOn, notice && daysAfter(told, notice), objectUntil) };
}
