import { type AgeProblem, binaryOf, inspectAge } from '../envelope/inspect.ts';
import { Refusal } from '../web/refusal.ts';
import type { ReportStanding } from './standing.ts';

/** How long a report may be, in bytes: 10 MiB of attachments, and what padding and armor of others add. */
const CIPHERTEXT_BYTES = 16 * 2 ** 20;

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
 * An age file of a reporter, armored or not, as the bytes that are kept, or why it is not kept. It must be encrypted to as
 * many hybrid recipients as are declared today, and `keys` must name these. Throws Refusal too-large.
 */
export function readMessage(
  file: Uint8Array,
  keys: string,
  { recipients, keys: today }: ReportStanding,
): { ciphertext: Uint8Array } | { problem: ReportProblem } {
  const ciphertext = binaryOf(file);
  if (ciphertext === undefined) return { problem: 'not-age' };
  if (ciphertext.byteLength > CIPHERTEXT_BYTES) throw new Refusal('too-large');
  if (keys !== today) return { problem: 'stale-keys' };
  const { problem, stanzas } = inspectAge(ciphertext);
  const found = problem ?? (stanzas.length < recipients.length ? 'too-few-recipients' : undefined);
  return found === undefined ? { ciphertext } : { problem: found };
}
