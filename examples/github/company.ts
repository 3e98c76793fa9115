import type { BranchProtection, CheckRun, Commit, GitHubState, PullRequest, Repository, Security } from './state.ts';

/** The token that sees everything of a state made here. */
export const wholeToken = 'github_pat_whole_1f0c5e';

/** An organization without members and repositories, and a token that may see all of it. */
export function emptyGitHub(login = 'acme'): GitHubState {
  return {
    organization: {
      login,
      id: 4000,
      requiresTwoFactor: true,
      members: [],
      outsideCollaborators: [],
      teams: [],
      invitations: [],
      installations: [],
      rulesets: [],
    },
    repositories: [],
    renamed: {},
    tokens: {
      [wholeToken]: {
        permissions: [
          'owner',
          'members',
          'organization_administration',
          'administration',
          'contents',
          'pull_requests',
          'checks',
          'deployments',
          'actions',
          'vulnerability_alerts',
          'security_events',
          'secret_scanning_alerts',
        ],
      },
    },
    faults: [],
    rateLimit: { remaining: 5000, resetInSeconds: 3600 },
  };
}

/** A repository that does everything right; `now` dates its one reviewed change, an hour ago. */
export function goodRepository(id: number, name: string, now: Date, changes: Partial<Repository> = {}): Repository {
  const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
  const head = oidOf(`${name}-2`);
  return {
    id,
    name,
    isPrivate: true,
    isArchived: false,
    isFork: false,
    defaultBranch: 'main',
    createdAt: ago(9000),
    pushedAt: ago(1),
    protection: goodProtection(),
    rulesets: [],
    commits: [
      goodCommit(head, ago(1), [goodCheck(id * 10, 'build', ago(0.9)), goodCheck(id * 10 + 1, 'tests', ago(0.9))]),
      goodCommit(oidOf(`${name}-1`), ago(4000), []),
    ],
    activities: [
      {
        id: id * 10,
        type: 'pr_merge',
        branch: 'main',
        before: oidOf(`${name}-1`),
        after: head,
        at: ago(1),
        actor: 'ada',
      },
    ],
    pullRequests: [goodPullRequest(name, ago)],
    environments: [{ id: id * 10, name: 'production', branches: ['main'] }],
    deployments: [
      { id: id * 10, environment: 'production', oid: head, ref: 'main', createdAt: ago(0.5), state: 'ACTIVE' },
    ],
    security: goodSecurity(ago(0.8)),
    deployKeys: [],
    ...changes,
  };
}

/** A name of a commit that is the same each time. */
export function oidOf(seed: string): string {
  return Buffer.from(seed.padEnd(20, '.')).toString('hex').slice(0, 40);
}

function goodProtection(): BranchProtection {
  return {
    requiredApprovals: 1,
    codeOwners: false,
    dismissesStale: true,
    lastPushApproval: false,
    bindsAdmins: true,
    bypass: [],
    requiredChecks: ['build', 'tests'],
    allowsForcePushes: false,
    allowsDeletions: false,
    requiresSignatures: false,
  };
}

function goodCommit(oid: string, committedAt: string, checks: CheckRun[]): Commit {
  return { oid, committedAt, author: 'grace', committer: 'web-flow', signature: 'VALID', checks };
}

function goodCheck(id: number, name: string, completedAt: string): CheckRun {
  return { id, name, status: 'COMPLETED', conclusion: 'SUCCESS', completedAt, title: null };
}

function goodPullRequest(name: string, ago: (hours: number) => string): PullRequest {
  const headOid = oidOf(`${name}-pull`);
  return {
    number: 1,
    title: `Sort the list of ${name}`,
    body: 'Closes SUP-12',
    author: 'grace',
    base: 'main',
    headOid,
    createdAt: ago(5),
    mergedAt: ago(1),
    mergedBy: 'ada',
    mergeOid: oidOf(`${name}-2`),
    labels: [],
    commits: [{ oid: headOid, author: 'grace', committer: 'grace', committedAt: ago(4) }],
    reviews: [{ author: 'ada', state: 'APPROVED', submittedAt: ago(2), oid: headOid }],
    checks: [],
  };
}

function goodSecurity(codeScannedAt: string): Security {
  return {
    secretScanning: true,
    pushProtection: true,
    dependencyAlerts: true,
    codeScannedAt,
    dependency: [],
    code: [],
    secrets: [],
  };
}
