import { defineCollector } from '../../index.ts';
import { openGitHub } from '../clients/github.ts';
import { tryRepositories } from '../github-repositories/doctor.ts';
import { assess } from './assess.ts';
import { readAlerts } from './collect.ts';
import { Expect, Facts, Raw } from './schema.ts';

const promised = (what: string) =>
  `In each repository where it is on, no open alert about ${what} is older than the promised days for its severity.`;

export default defineCollector({
  id: 'github-alerts',
  title: 'Security alerts on GitHub',
  topic: 'changes',
  source: 'github',
  method: 'EXAMINE',
  permissions: [
    'Repository permissions of a fine-grained token: Administration, Code scanning alerts, Dependabot alerts, Secret scanning alerts and Metadata, read-only.',
    'Organization permission Administration, read-only, by an owner or security manager.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks: {
    'secret-scanning-is-on': {
      title: 'Repositories are scanned for secrets',
      statement: 'Secret scanning is on in each repository.',
    },
    'push-protection-is-on': {
      title: 'Pushes with secrets are refused',
      statement: 'Push protection of secret scanning is on in each repository.',
    },
    'dependency-alerts-are-on': {
      title: 'Vulnerable dependencies raise alerts',
      statement: 'Dependabot alerts are on in each repository.',
    },
    'code-was-scanned': {
      title: 'Code is scanned',
      statement: 'Code scanning has analysed the default branch of each repository within the promised days.',
    },
    'secrets-were-dealt-with-in-time': {
      title: 'Leaked secrets are dealt with in time',
      statement: 'In each repository that is scanned, no alert about a secret is open for longer than promised.',
    },
    'dependencies-were-dealt-with-in-time': {
      title: 'Vulnerable dependencies are dealt with in time',
      statement: promised('dependencies'),
    },
    'code-alerts-were-dealt-with-in-time': {
      title: 'Findings of code scanning are dealt with in time',
      statement: promised('code'),
    },
  },
  reproduce: ({ organization }) => [
    `gh api orgs/${organization}/dependabot/alerts?state=open, and code-scanning and secret-scanning in its place`,
    `gh api orgs/${organization}/repos --paginate --jq '.[] | {name, security_and_analysis}'`,
    'On the organization: Security, Overview.',
  ],
  collect: async ({ connection, signal, expect, progress }, { now }) =>
    readAlerts(openGitHub({ connection, signal }), expect, connection.pseudonymKey, new Date(now), progress),
  assess,
  doctor: ({ connection, signal, expect }) => tryRepositories(openGitHub({ connection, signal }), expect, true),
});
