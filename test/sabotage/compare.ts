import type { Finding, Outcome } from '../../schemas/index.ts';
import type { Verdicts } from './reference.ts';
import type { Turn } from './verdicts.ts';

/**
 * Everything by which the verdicts differ from what a mutation should have done to them, one line each; empty when it
 * did exactly that. A verdict may appear for a new subject, or one that did not apply begin to, as long as it is good. A turn whose
 * subject is `*` stands for one or more subjects of its check.
 */
export function differences(before: Verdicts, after: Verdicts, turns: readonly Turn[]): string[] {
  const lines: string[] = [];
  const wanted = new Map(turns.map((turn) => [`${turn.check} ${turn.subject}`, turn]));
  const met = new Set<string>();
  for (const [key, finding] of after) {
    const exact = wanted.get(key);
    const turn = exact ?? wanted.get(`${finding.check} *`);
    const previous = before.get(key)?.outcome;
    if (turn && finding.outcome === turn.outcome && (exact || previous !== finding.outcome)) {
      met.add(`${turn.check} ${turn.subject}`);
    } else if (exact || (previous !== finding.outcome && !settles(previous, finding, turns.length === 0))) {
      lines.push(`${key}: ${previous ?? 'absent'} became ${finding.outcome}: ${finding.reason}`);
    }
  }
  for (const [key, turn] of wanted)
    if (!met.has(key) && !after.has(key)) lines.push(`${key}: is not there, should be ${turn.outcome}`);
  for (const [key, finding] of before)
    if (!after.has(key) && !standsForNone(finding)) lines.push(`${key}: was ${finding.outcome}, is gone`);
  return lines;
}

/**
 * A subject that is new, or that the check did not apply to before, and is as it should be. Where nothing should turn,
 * a declaration may also take a subject out.
 */
function settles(previous: Outcome | undefined, { outcome }: Finding, nothingTurns: boolean): boolean {
  if (previous === undefined) return outcome === 'passed' || outcome === 'not-applicable';
  if (previous === 'passed') return nothingTurns && outcome === 'not-applicable';
  return previous === 'not-applicable' && outcome === 'passed';
}

/** A check with no subject at all says so about the database; a first subject takes its place. */
function standsForNone({ subject, outcome }: Finding): boolean {
  return subject === 'database' && (outcome === 'passed' || outcome === 'not-applicable');
}
