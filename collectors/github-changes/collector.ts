import { defineCollector } from '../../index.ts';
import { openGitHub } from '../clients/github.ts';
import { tryRepositories } from '../github-repositories/doctor.ts';
import { assess } from './assess.ts';
import { readChanges } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'github-changes',
  title: 'Changes of default branches on GitHub',
  topic: 'changes',
  source: 'github',
  method: 'TEST',
  permissions: [
    'Repository permissions of a fine-grained token: Contents, Pull requests and Metadata, read-only.',
    'Organization permission Administration, read-only, by an owner; with a lesser token the repositories are named one by one.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'merged-changes-were-reviewed': {
      title: 'Each merged pull request was reviewed by somebody else',
      statement:
        'Each pull request that was merged into the default branch within the window was approved, as it stood after its last push, by the declared number of people with write access who neither opened it nor wrote or committed any of it.',
    },
    'nothing-was-pushed-past-review': {
      title: 'Nothing was pushed past review',
      statement:
        'Each push to the default branch within the window, as GitHub recorded it, was the merge of a pull request, or exactly what a reviewed pull request held.',
    },
    'commits-are-signed': {
      title: 'The commits on the default branch are signed',
      statement:
        'Each commit on the default branch that is dated within the window has a signature that GitHub finds valid.',
    },
  },
  reproduce: ({ organization, windowDays }) => [
    `On GitHub: search for org:${organization} is:pr is:merged review:none, merged in the last ${windowDays} days.`,
    'On each repository: Insights, Activity, of the default branch: every push that is no merge.',
    'gh api repos/{owner}/{repo}/activity?activity_type=push and ?activity_type=force_push',
  ],
  collect: async ({ connection, signal, expect, progress }, { now }) =>
    readChanges(openGitHub({ connection, signal }), expect, connection.pseudonymKey, new Date(now), progress),
  assess,
  doctor: ({ connection, signal, expect }) => tryRepositories(openGitHub({ connection, signal }), expect, false),
});
