import { ClaimState, type Method, type Outcome } from '../../schemas/index.ts';

/** All states, from good to bad to not claimed: the order of the schema. */
export const states: readonly ClaimState[] = ClaimState.options;

/** The states in which an in-place claim needs attention, worst first. */
export const troubledStates: readonly ClaimState[] = ['failing', 'unknown', 'stale', 'accepted-risk', 'unbacked'];

/** The states that time alone can make stale. */
export function fades(state: ClaimState): boolean {
  return state === 'verified' || state === 'attested' || state === 'accepted-risk';
}

/** Outcomes, worst first. */
export const outcomes: readonly Outcome[] = ['failed', 'error', 'inconclusive', 'passed', 'not-applicable'];

/** An outcome in words. */
export const outcomeWords: Record<Outcome, string> = {
  failed: 'failed',
  error: 'could not look',
  inconclusive: 'inconclusive',
  passed: 'passed',
  'not-applicable': 'not applicable',
};

/** How the evidence was obtained, in words. */
export const methodWords: Record<Method, string> = {
  TEST: 'Test: a live system was exercised and its behaviour compared with what was expected.',
  EXAMINE: 'Examination: settings, code or records were read.',
  INTERVIEW: 'Interview: a person was asked.',
};
