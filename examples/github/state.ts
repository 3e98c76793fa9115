/**
 * What the stand-in for GitHub knows: a plain object. Tests and the demo change it while the server runs, and the next
 * request tells so. Instants are ISO 8601 in UTC.
 */
export type GitHubState = {
  organization: Organization;
  repositories: Repository[];
  /** Former full names of repositories, and what they are called now. */
  renamed: Record<string, string>;
  /** What each token may see. A token that is not here is refused as an expired one is. */
  tokens: Record<string, Token>;
  /** What goes wrong next; each fault is used up by the requests that it meets. */
  faults: Fault[];
  /** Requests left before the primary rate limit, and the seconds until it starts anew. */
  rateLimit: { remaining: number; resetInSeconds: number };
};

/** Permissions by the names of GitHub’s fine-grained tokens; `owner` is the role that some organization lists ask for. */
export type Permission =
  | 'owner'
  | 'members'
  | 'organization_administration'
  | 'administration'
  | 'contents'
  | 'pull_requests'
  | 'checks'
  | 'deployments'
  | 'actions'
  | 'vulnerability_alerts'
  | 'security_events'
  | 'secret_scanning_alerts';

/** What a token may see; `repositories` limits it to those names, and to what everybody sees of public ones. */
export type Token = { permissions: Permission[]; repositories?: string[]; singleSignOnMissing?: boolean };

/** Something that goes wrong for the next `times` requests whose path contains `path`. */
export type Fault = {
  path: string;
  times: number;
  kind:
    | 'rate-limit'
    | 'secondary-limit'
    | 'secondary-limit-untimed'
    | 'graphql-limit'
    | 'graphql-timeout'
    | 'server-error'
    | 'cut-off'
    | 'not-json'
    | 'disconnect'
    | 'silence'
    | 'redirect-elsewhere'
    | 'redirect-loop'
    | 'list-cut';
};

export type User = { login: string; id: number; bot?: boolean };
export type Member = User & { admin: boolean; twoFactor: boolean };
export type Team = {
  slug: string;
  id: number;
  members: { login: string; maintainer: boolean }[];
  repositories: string[];
};
export type Invitation = { id: number; login: string | null; role: string; invitedAt: string };
export type Installation = {
  id: number;
  slug: string;
  permissions: Record<string, string>;
  selection: 'all' | 'selected';
};

export type Organization = {
  login: string;
  id: number;
  requiresTwoFactor: boolean;
  members: Member[];
  outsideCollaborators: (User & { twoFactor: boolean; repositories: string[] })[];
  teams: Team[];
  invitations: Invitation[];
  installations: Installation[];
  /** Rulesets that apply to the default branch of every repository. */
  rulesets: Ruleset[];
};

export type Repository = {
  id: number;
  /** Whose it is now, if it was given away. */
  owner?: string;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  isFork: boolean;
  defaultBranch: string;
  createdAt: string;
  pushedAt: string;
  protection: BranchProtection | null;
  rulesets: Ruleset[];
  /** The default branch, newest first. None: the repository is empty. */
  commits: Commit[];
  activities: Activity[];
  pullRequests: PullRequest[];
  environments: Environment[];
  deployments: Deployment[];
  security: Security;
  deployKeys: { id: number; title: string; readOnly: boolean; createdAt: string; lastUsedAt: string | null }[];
};

export type BranchProtection = {
  requiredApprovals: number | null;
  codeOwners: boolean;
  dismissesStale: boolean;
  lastPushApproval: boolean;
  bindsAdmins: boolean;
  bypass: string[];
  requiredChecks: string[];
  allowsForcePushes: boolean;
  allowsDeletions: boolean;
  requiresSignatures: boolean;
};

export type Ruleset = {
  id: number;
  name: string;
  enforcement: 'ACTIVE' | 'EVALUATE' | 'DISABLED';
  /** `mode` as GitHub names it. */
  bypass: {
    mode: 'ALWAYS' | 'PULL_REQUEST' | 'EXEMPT';
    who: 'organization-admin' | 'role' | 'team' | 'app' | 'deploy-key';
  }[];
  rules: Rule[];
};

export type Rule =
  | { type: 'DELETION' | 'NON_FAST_FORWARD' | 'REQUIRED_SIGNATURES' | 'REQUIRED_LINEAR_HISTORY' }
  | { type: 'PULL_REQUEST'; approvals: number; codeOwners: boolean; dismissesStale: boolean; lastPushApproval: boolean }
  | { type: 'REQUIRED_STATUS_CHECKS'; checks: string[] };

export type Commit = {
  oid: string;
  committedAt: string;
  author: string | null;
  committer: string | null;
  signature: 'VALID' | 'UNVERIFIED_EMAIL' | 'INVALID' | null;
  checks: CheckRun[];
  /** Commit statuses, which anybody who may push can write. */
  statuses?: { context: string; state: 'SUCCESS' | 'FAILURE' | 'PENDING'; createdAt: string }[];
};

export type CheckRun = {
  id: number;
  name: string;
  status: 'COMPLETED' | 'IN_PROGRESS' | 'QUEUED';
  conclusion: 'SUCCESS' | 'FAILURE' | 'NEUTRAL' | 'SKIPPED' | 'CANCELLED' | 'TIMED_OUT' | null;
  /** When it ended, unless that is told. */
  startedAt?: string | null;
  completedAt: string | null;
  /** The app that made it; GitHub Actions unless that is told. */
  app?: number;
  /** The text that test reporters write into the run. */
  title: string | null;
};

export type Activity = {
  id: number;
  type: 'push' | 'force_push' | 'pr_merge' | 'merge_queue_merge' | 'branch_creation' | 'branch_deletion';
  branch: string;
  before: string;
  after: string;
  at: string;
  actor: string;
};

export type PullRequest = {
  number: number;
  title: string;
  body: string;
  author: string | null;
  base: string;
  headOid: string;
  createdAt: string;
  mergedAt: string | null;
  mergedBy: string | null;
  mergeOid: string | null;
  labels: string[];
  /** In the order of the branch; whose login begins with `?` is nobody that GitHub knows. */
  commits: { oid: string; author: string | null; committer: string | null; committedAt: string }[];
  reviews: {
    author: string | null;
    state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
    submittedAt: string;
    oid: string;
    /** Whether the reviewer has no write access, so that the approval does not count. */
    outsider?: boolean;
  }[];
  checks: CheckRun[];
};

/** `branches` null: any branch may deploy; `protected`: any protected one; else the listed patterns. */
export type Environment = { id: number; name: string; branches: null | 'protected' | string[] };

export type Deployment = {
  id: number;
  environment: string;
  oid: string;
  ref: string | null;
  createdAt: string;
  state: 'ACTIVE' | 'INACTIVE' | 'FAILURE' | 'PENDING' | 'ABANDONED' | null;
};

export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type Security = {
  secretScanning: boolean;
  pushProtection: boolean;
  dependencyAlerts: boolean;
  /** When code scanning last analysed the default branch; null when it is not set up. */
  codeScannedAt: string | null;
  /** When it last failed to; it then tells an error. */
  codeScanFailedAt?: string;
  dependency: { number: number; severity: Severity; createdAt: string; state: 'open' | 'fixed' | 'dismissed' }[];
  code: { number: number; severity: Severity; createdAt: string; state: 'open' | 'fixed' | 'dismissed' }[];
  /** `type` of a generic one: GitHub lists it only when it is asked for. */
  secrets: { number: number; createdAt: string; state: 'open' | 'resolved'; type?: string }[];
};
