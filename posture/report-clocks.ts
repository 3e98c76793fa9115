import type { SlaClock, VulnerabilityReport, VulnerabilityState } from '../schemas/index.ts';

/** When what clocks begin and end with happened in a case; undefined for what did not happen. */
export type Milestones = {
  received: Date;
  acknowledged?: Date | undefined;
  triaged?: Date | undefined;
  confirmed?: Date | undefined;
  fixed?: Date | undefined;
  disclosed?: Date | undefined;
  /** When the reporter last heard from the team. */
  updated?: Date | undefined;
  /** When it came to an end that it is still in. */
  ended?: Date | undefined;
};

/** Nothing else is promised. */
export const endStates: ReadonlySet<string> = new Set<VulnerabilityState>([
  ...(['disclosed', 'duplicate', 'not-applicable', 'informative', 'closed'] as const),
]);

/** The part of a promised time that says which case it is about, and from when until when. */
export type ReportClock = Pick<SlaClock, 'starts' | 'ends' | 'severities'>;

/**
 * From when a promise ran in a case, and until when; without `to` it still runs. Undefined when it did not begin, is not for
 * such a case, or nothing is promised any more. Clocks without `ends` are for readers, not for cases.
 */
export function runOf(
  { starts, ends, severities }: ReportClock,
  milestones: Milestones,
  severity: VulnerabilityReport['severity'] | null,
): { from: Date; to?: Date } | undefined {
  const from = startOf(starts, milestones);
  if (ends === undefined || from === undefined) return undefined;
  if (severities.length > 0 && (severity == null || !severities.includes(severity))) return undefined;
  const { ended, disclosed } = milestones;
  // An update is owed again and again, until nothing else is to be said.
  const to = ends === 'updated' ? ended : milestones[ends];
  if (to !== undefined) return { from, to };
  return ended !== undefined && disclosed === undefined ? undefined : { from };
}

function startOf(
  starts: SlaClock['starts'],
  { received, confirmed, fixed, disclosed, updated }: Milestones,
): Date | undefined {
  if (starts === 'receipt') return received;
  if (starts === 'confirmation') return confirmed;
  if (starts === 'resolution') return fixed;
  if (starts === 'publication') return disclosed;
  return starts === 'last-update' ? (updated ?? received) : undefined;
}
