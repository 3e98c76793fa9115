import { defineCollector } from '../../index.ts';
import { openGitHub } from '../clients/github.ts';
import { tryRepositories } from '../github-repositories/doctor.ts';
import { assess } from './assess.ts';
import { readDeployments } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

export default defineCollector({
  id: 'github-deployments',
  title: 'Deployments to production on GitHub',
  topic: 'changes',
  source: 'github',
  method: 'TEST',
  permissions: [
    'Repository permissions of a fine-grained token: Actions, Contents, Deployments and Metadata, read-only.',
    'Organization permission Administration, read-only, by an owner; with a lesser token the repositories are named one by one.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'only-the-default-branch-may-deploy': {
      title: 'Only the default branch may deploy to production',
      statement:
        'Where a repository has the environment, its deployment branch policy names the default branch and no other branch, tag or pattern.',
    },
    'deployments-came-from-the-default-branch': {
      title: 'Deployments to production came from the default branch',
      statement:
        'Each commit that was deployed to the environment within the window is the newest commit of the default branch or one of its ancestors.',
    },
  },
  reproduce: ({ environment }) => [
    `On each repository: Settings, Environments, ${environment}, Deployment branches and tags.`,
    `gh api 'repos/{owner}/{repo}/deployments?environment=${environment}'`,
    'gh api repos/{owner}/{repo}/compare/{default branch}...{commit} --jq .status, which must be behind or identical',
  ],
  collect: async ({ connection, signal, expect, progress }, { now }) =>
    readDeployments(openGitHub({ connection, signal }), expect, connection.pseudonymKey, new Date(now), progress),
  assess,
  doctor: ({ connection, signal, expect }) => tryRepositories(openGitHub({ connection, signal }), expect, false),
});
