import type { DutyEvent, DutyRegime, DutyStep } from '../../../schemas/index.ts';

const HOUR_MS = 3_600_000;

/** What a regime asks for. `from`: the decision, the fix, or the step before. `months` are those of the calendar. */
export type Duty = {
  step: DutyStep;
  from: 'decision' | 'fix' | 'notification';
  hours?: number;
  months?: number;
};

/**
 * Regulation (EU) 2024/2847 (CRA), article 14(2) for a weakness that is exploited: 24 h, 72 h, and 14 days after a fix is
 * there; 14(4) for a severe incident: 24 h, 72 h, and a month after the notification. Directive (EU) 2022/2555 (NIS2),
 * article 23(4): 24 h, 72 h, and a month after the notification. All run in time of the calendar from when one knows.
 */
export function dutiesOf(regime: DutyRegime, event: DutyEvent): readonly Duty[] {
  const early: Duty[] = [
    { step: 'early-warning', from: 'decision', hours: 24 },
    { step: 'notification', from: 'decision', hours: 72 },
  ];
  if (regime === 'cra' && event === 'actively-exploited')
    return [...early, { step: 'final-report', from: 'fix', hours: 14 * 24 }];
  return [...early, { step: 'final-report', from: 'notification', months: 1 }];
}

/** Which events start the clocks of a regime. */
export const dutyEvents: Readonly<Record<DutyRegime, readonly DutyEvent[]>> = {
  cra: ['actively-exploited', 'severe-incident'],
  nis2: ['significant-incident'],
};

/** When what a duty runs from happened; undefined for what did not happen yet. */
export type DutyStarts = { decision: Date; fix?: Date | undefined; notification?: Date | undefined };

/** Until when a duty must be done; undefined while its clock does not run. */
export function dutyDueAt({ from, hours, months }: Duty, starts: DutyStarts): Date | undefined {
  const start = starts[from];
  if (start === undefined) return undefined;
  return months === undefined ? new Date(start.getTime() + (hours ?? 0) * HOUR_MS) : monthsAfter(start, months);
}

/** The same day so many months later, or the last one of that month (Regulation 1182/71, article 3(2)(c)). */
function monthsAfter(at: Date, months: number): Date {
  const due = new Date(at);
  due.setUTCDate(1);
  due.setUTCMonth(due.getUTCMonth() + months);
  const last = new Date(Date.UTC(due.getUTCFullYear(), due.getUTCMonth() + 1, 0)).getUTCDate();
  due.setUTCDate(Math.min(at.getUTCDate(), last));
  return due;
}
