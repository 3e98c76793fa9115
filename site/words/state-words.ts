import type { ClaimState } from '../../schemas/index.ts';

// Apart from the rest, so that a script in a browser can have the words without the schemas.

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
