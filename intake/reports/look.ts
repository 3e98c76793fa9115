import { type AgeProblem, inspectAge } from '../envelope/inspect.ts';
import type { ReportStanding } from './standing.ts';

/** How long a report may be, in bytes: 10 MiB of attachments, and what padding and armor of others add. */
export const CIPHERTEXT_BYTES = 16 * 2 ** 20;

/** What can be wrong with a report that nobody here can read. */
export type ReportProblem = AgeProblem | 'incomplete' | 'stale-keys';

/** What keeps every report from being taken in just now; undefined when nothing does. */
export function hindrance(
  { recipients, isPaused }: ReportStanding,
  isCritical: boolean,
): 'no-keys' | 'paused' | undefined {
  if (recipients.length === 0) return 'no-keys';
  return isPaused && !isCritical ? 'paused' : undefined;
}

/**
 * What can be seen from outside of an age message that is wrong with it: it must be encrypted to as many hybrid recipients as
 * are declared today, and `keys` must name these.
 */
export function problemOf(
  ciphertext: Uint8Array,
  keys: string,
  { recipients, keys: today }: ReportStanding,
): ReportProblem | undefined {
  if (keys !== today) return 'stale-keys';
  const { problem, stanzas } = inspectAge(ciphertext);
  return problem ?? (stanzas.length < recipients.length ? 'too-few-recipients' : undefined);
}
