/** The checks of every collector that draws samples. The newest drawn sample is the one whose period ended last. */
export const sampleChecks = {
  'committed-before-its-seed': {
    title: 'The population was fixed before anybody could know what would be drawn',
    statement:
      'The commitment of the newest drawn sample names a round of a public beacon that was not due yet, and it was drawn with that round, whose signature is right. Of a seed that an auditor handed over this cannot be shown, so it is inconclusive.',
  },
  'population-unchanged': {
    title: 'What was drawn from is what was committed to',
    statement:
      'When the newest sample was drawn, its population had the same ids in the same order as at the commitment: the same count and the same root.',
  },
  'result-in-time': {
    title: 'Every sample that was committed to has a result in time',
    statement:
      'No commitment is past the day that its result was promised for, and the newest result came before that day. Where the population had changed there is no result, until another sample of the whole period has one.',
  },
  'deviations-within-tolerable-rate': {
    title: 'The deviations are below the tolerable rate',
    statement:
      'For each attribute of the newest drawn sample, the exact upper bound of the deviation rate in the population, at the declared confidence, is not above the tolerable rate. What was not available counts as a deviation.',
  },
  'first-attempt': {
    title: 'Nobody tried again for a better result',
    statement:
      'The newest commitment, and that of the newest drawn sample, are each the only one of this source to a period that overlaps their own.',
  },
  'sample-as-declared': {
    title: 'The sample is the one that is declared',
    statement:
      'The population, the attributes and their tests, the confidence and the tolerable rate that are declared today are those that the newest drawn sample was committed to with.',
  },
  'sample-is-current': {
    title: 'The newest sample is of a recent period',
    statement: 'The period of the newest drawn sample ended no longer ago than is declared.',
  },
} as const;

/** The id of one of them. */
export type SampleCheck = keyof typeof sampleChecks;
