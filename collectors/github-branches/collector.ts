import { defineCollector } from '../../index.ts';
import { openGitHub } from '../clients/github.ts';
import { tryRepositories } from '../github-repositories/doctor.ts';
import { assess } from './assess.ts';
import { readBranches } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'github-branches',
  title: 'Rules of default branches on GitHub',
  topic: 'changes',
  source: 'github',
  method: 'EXAMINE',
  permissions: [
    'Repository permissions of a fine-grained token: Administration, Checks, Commit statuses and Metadata, read-only.',
    'Organization permission Administration, read-only, by an owner; with a lesser token the repositories are named one by one.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'changes-need-a-review': {
      title: 'Changes of the default branch need a review',
      statement:
        'A branch protection or an active ruleset demands the declared approvals for each change of the default branch, of code owners and anew after a push where that is declared.',
    },
    'nobody-bypasses-the-rules': {
      title: 'Nobody may bypass the rules of the default branch',
      statement:
        'For each demand that is met, one of the rules that meet it binds everybody: administrators, roles, teams, apps, deploy keys and listed people, but for those declared.',
    },
    'history-cannot-be-rewritten': {
      title: 'The default branch cannot be rewritten',
      statement: 'A rule forbids force pushes to the default branch, and its deletion.',
    },
    'checks-are-required': {
      title: 'Checks are required before merging',
      statement: 'A rule requires each declared check, or any check where none is declared, before a change is merged.',
    },
    'checks-succeeded': {
      title: 'The required checks succeeded on the default branch',
      statement:
        'On the newest commit of the default branch the newest result of each declared and each required check is a success: not skipped, neutral or missing.',
    },
  },
  reproduce: ({ organization }) => [
    `gh api graphql -f query='{ organization(login: "${organization}") { repositories(first: 100) { totalCount } } }'`,
    'On each repository: Settings, Branches, and Settings, Rules, Rulesets, with the list of who can bypass them.',
    'On each repository: Commits, and the mark beside the newest one.',
  ],
  collect: async ({ connection, signal, expect, progress }, { now }) =>
    readBranches(openGitHub({ connection, signal }), expect, connection.pseudonymKey, new Date(now), progress),
  assess,
  doctor: ({ connection, signal, expect }) => tryRepositories(openGitHub({ connection, signal }), expect, true),
});
