import { defineCollector } from '../../index.ts';
import { assess } from './assess.ts';
import { readResults } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'ci-result',
  title: 'Results of automated tests',
  topic: 'ci',
  source: 'ci',
  method: 'EXAMINE',
  permissions: [
    'To read the folder of JUnit reports.',
    'For check runs: the repository permissions Checks and Metadata of a fine-grained token, read-only.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'enough-tests-ran': {
      title: 'Enough tests ran',
      statement: 'In each declared suite at least the declared number of tests ran; skipped ones do not count.',
    },
    'no-test-failed': {
      title: 'No test failed',
      statement: 'In each declared suite no test failed or ended in an error.',
    },
    'no-test-was-skipped': {
      title: 'No test was skipped',
      statement: 'In each declared suite no more tests were skipped than declared.',
    },
    'results-are-recent': {
      title: 'The tests ran lately',
      statement: 'Each declared suite and check run ended within the promised days.',
    },
    'check-runs-succeeded': {
      title: 'The check runs succeeded',
      statement:
        'On the newest commit of the declared branch, the newest run of each named check is a success: not skipped, neutral, cancelled or missing.',
    },
  },
  reproduce: ({ checkRuns }) => [
    'Open the JUnit reports of the newest build, and count the test cases of each suite.',
    ...(checkRuns === undefined ? [] : ['gh api repos/{owner}/{repo}/commits/{branch}/check-runs']),
  ],
  collect: async (context, { now }) => readResults(context, new Date(now)),
  assess,
});
