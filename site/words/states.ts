import { ClaimState, type Method, type Outcome } from '../../schemas/index.ts';

/** The word on the badge of a state, and the one line that explains it. In the order in which they are listed. */
export const stateWords: Record<ClaimState, { word: string; meaning: string }> = {
  failing: { word: 'Failing', meaning: 'Evidence shows that the statement does not hold.' },
  unknown: { word: 'Unknown', meaning: 'We could not look, or could not judge all of it. This never counts as good.' },
  stale: { word: 'Stale', meaning: 'It held when we last looked, and that look is too old to count.' },
  'accepted-risk': {
    word: 'Accepted risk',
    meaning: 'It fails, and a named owner accepts that until a date. Still measured, never counted as good.',
  },
  unbacked: { word: 'Unbacked', meaning: 'We say so, and nothing on this page backs it yet.' },
  verified: { word: 'Verified', meaning: 'A live system was examined, everything passed, and the look is recent.' },
  attested: { word: 'Attested', meaning: 'A named role or a provider states it. Nobody measured it.' },
  'in-progress': { word: 'In progress', meaning: 'Being worked on, and not claimed to be there.' },
  planned: { word: 'Planned', meaning: 'Not there today; there is a plan.' },
  'not-available': { word: 'Not available', meaning: 'Not there, and said so.' },
};

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
