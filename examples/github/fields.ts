import { type GraphQLObject, Refused, Withheld } from './graphql.ts';
import { maySee } from './rest.ts';
import type {
  BranchProtection,
  CheckRun,
  Commit,
  GitHubState,
  PullRequest,
  Repository,
  Rule,
  Ruleset,
  Token,
} from './state.ts';

type Args = Record<string, unknown>;

/** The root of GitHub’s GraphQL schema, as far as it is stood in for. */
export function rootOf(state: GitHubState, token: Token): GraphQLObject {
  const visible = state.repositories.filter((repository) => maySee(token, repository));
  const world: World = { state, token, byId: new Map(visible.map((repository) => [`R_${repository.id}`, repository])) };
  const named = (fullName: string) =>
    visible.find(({ name }) => `${state.organization.login}/${name}` === (state.renamed[fullName] ?? fullName));
  return {
    __typename: 'Query',
    organization: ({ login }: Args) => {
      if (String(login).toLowerCase() !== state.organization.login.toLowerCase()) throw new Withheld('NOT_FOUND');
      return organizationOf(world, visible);
    },
    repository: ({ owner, name }: Args) => {
      const found = named(`${owner}/${name}`);
      if (found === undefined) throw new Withheld('NOT_FOUND');
      return repositoryOf(world, found);
    },
    node: ({ id }: Args) => {
      const found = world.byId.get(String(id));
      return found === undefined ? null : repositoryOf(world, found);
    },
    nodes: ({ ids }: Args) => {
      const found = Array.isArray(ids) ? ids.map((id) => world.byId.get(String(id))) : [];
      return found.map((repository) => (repository ? repositoryOf(world, repository) : null));
    },
    rateLimit: { __typename: 'RateLimit', cost: 1, remaining: state.rateLimit.remaining },
  };
}

type World = { state: GitHubState; token: Token; byId: Map<string, Repository> };

/** A connection over items, paged as GitHub does; without a size, or with one over 100, the query is refused. */
function connection<Item>(type: string, items: readonly Item[], args: Args, toNode: (item: Item) => unknown) {
  const first = typeof args.first === 'number' ? args.first : undefined;
  const last = typeof args.last === 'number' ? args.last : undefined;
  const size = first ?? last;
  if (size === undefined) throw new Refused(`You must provide a \`first\` or \`last\` value to paginate ${type}.`);
  if (size > 100) throw new Refused(`Requesting ${size} records exceeds the limit of 100 records.`);
  const after = typeof args.after === 'string' ? Number(Buffer.from(args.after, 'base64url').toString()) : 0;
  const from = first === undefined ? Math.max(0, items.length - size) : after;
  const end = Math.min(items.length, from + size);
  const nodes = items.slice(from, end);
  return {
    __typename: `${type}Connection`,
    totalCount: items.length,
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: end < items.length,
      endCursor: nodes.length === 0 ? null : Buffer.from(String(end)).toString('base64url'),
    },
    nodes: () => nodes.map(toNode),
    // The role and the second factor of a member stand on the edge; other edges nobody asks for.
    ...(type === 'OrganizationMember' && {
      edges: () => nodes.map((item) => ({ __typename: `${type}Edge`, ...edgeOf(item), node: toNode(item) })),
    }),
  };
}

function edgeOf(item: unknown): Record<string, unknown> {
  if (typeof item !== 'object' || item === null || !('twoFactor' in item)) return {};
  return { role: 'admin' in item && item.admin ? 'ADMIN' : 'MEMBER', hasTwoFactorEnabled: item.twoFactor };
}

function organizationOf(world: World, visible: readonly Repository[]): GraphQLObject {
  const { organization } = world.state;
  const isOwner = world.token.permissions.includes('owner');
  return {
    __typename: 'Organization',
    id: `O_${organization.id}`,
    login: organization.login,
    requiresTwoFactorAuthentication: isOwner ? organization.requiresTwoFactor : null,
    repositories: (args: Args) => {
      const ordered = visible.toSorted((a, b) => a.id - b.id);
      return connection('Repository', ordered, args, (repository) => repositoryOf(world, repository));
    },
    membersWithRole: (args: Args) =>
      connection('OrganizationMember', organization.members, args, (member) => ({
        __typename: 'User',
        id: `U_${member.id}`,
        databaseId: member.id,
        login: member.login,
      })),
  };
}

function repositoryOf(world: World, repository: Repository): GraphQLObject {
  const { login } = world.state.organization;
  const isAdmin = world.token.permissions.includes('administration');
  const branch = (): GraphQLObject => branchOf(world, repository);
  return {
    __typename: 'Repository',
    id: `R_${repository.id}`,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: `${login}/${repository.name}`,
    isPrivate: repository.isPrivate,
    isArchived: repository.isArchived,
    isDisabled: false,
    isEmpty: repository.commits.length === 0,
    isFork: repository.isFork,
    createdAt: repository.createdAt,
    pushedAt: repository.pushedAt,
    viewerCanAdminister: isAdmin,
    hasVulnerabilityAlertsEnabled: isAdmin && repository.security.dependencyAlerts,
    defaultBranchRef: repository.commits.length === 0 ? null : branch,
    pullRequests: (args: Args) => {
      if (!world.token.permissions.includes('pull_requests')) throw new Withheld('FORBIDDEN');
      const states = Array.isArray(args.states) ? args.states : [args.states];
      const chosen = repository.pullRequests
        .filter(({ base }) => args.baseRefName === undefined || args.baseRefName === null || base === args.baseRefName)
        .filter(({ mergedAt }) => args.states === undefined || states.includes(mergedAt === null ? 'OPEN' : 'MERGED'))
        .toSorted((a, b) => ((b.mergedAt ?? b.createdAt) < (a.mergedAt ?? a.createdAt) ? -1 : 1));
      const ordered = isOldestFirst(args.orderBy) ? chosen.toSorted((a, b) => a.number - b.number) : chosen;
      return connection('PullRequest', ordered, args, (pull) => pullRequestOf(repository, pull));
    },
    pullRequest: ({ number }: Args) => {
      if (!world.token.permissions.includes('pull_requests')) throw new Withheld('FORBIDDEN');
      const found = repository.pullRequests.find((each) => each.number === number);
      if (found === undefined) throw new Withheld('NOT_FOUND');
      return pullRequestOf(repository, found);
    },
    environment: ({ name }: Args) => {
      const found = repository.environments.find((each) => each.name === name);
      return found === undefined ? null : { __typename: 'Environment', id: `EN_${found.id}`, name: found.name };
    },
    deployments: (args: Args) => {
      if (!world.token.permissions.includes('deployments')) throw new Withheld('FORBIDDEN');
      const names = Array.isArray(args.environments) ? args.environments : undefined;
      const chosen = repository.deployments.filter(
        ({ environment }) => names === undefined || names.includes(environment),
      );
      const newest = chosen.toSorted((a, b) => (a.createdAt > b.createdAt ? -1 : 1));
      return connection('Deployment', newest, args, ({ id, environment, oid, ref, createdAt, state }) => ({
        __typename: 'Deployment',
        id: `DE_${id}`,
        environment,
        commitOid: oid,
        createdAt,
        state,
        ref: ref === null ? null : { __typename: 'Ref', name: ref },
      }));
    },
  };
}

/** Pull requests are numbered as they are created. */
function isOldestFirst(orderBy: unknown): boolean {
  return JSON.stringify(orderBy) === JSON.stringify({ field: 'CREATED_AT', direction: 'ASC' });
}

function branchOf(world: World, repository: Repository): GraphQLObject {
  const { protection } = repository;
  const isAdmin = world.token.permissions.includes('administration');
  const [head] = repository.commits;
  const active = [...world.state.organization.rulesets, ...repository.rulesets].filter(
    ({ enforcement }) => enforcement === 'ACTIVE',
  );
  const rules = active.flatMap((ruleset) => ruleset.rules.map((rule, index) => ({ ruleset, rule, index })));
  return {
    __typename: 'Ref',
    id: `REF_${repository.id}`,
    name: repository.defaultBranch,
    // Who may not administer the repository is not told of its protection.
    branchProtectionRule: protection === null || !isAdmin ? null : protectionOf(protection),
    rules: (args: Args) =>
      connection('RepositoryRule', rules, args, ({ ruleset, rule, index }) => ({
        __typename: 'RepositoryRule',
        id: `RU_${ruleset.id}_${index}`,
        type: rule.type,
        parameters: parametersOf(rule),
        repositoryRuleset: rulesetOf(ruleset, isAdmin),
      })),
    target: head === undefined ? null : commitOf(world, repository, head),
    compare: ({ headRef }: Args) => {
      const known = repository.commits.findIndex(({ oid }) => oid === headRef);
      return {
        __typename: 'Comparison',
        status: known === 0 ? 'IDENTICAL' : known > 0 ? 'BEHIND' : 'DIVERGED',
        aheadBy: known < 0 ? 1 : 0,
        behindBy: Math.max(0, known),
      };
    },
  };
}

function protectionOf(protection: BranchProtection): GraphQLObject {
  const actors = (args: Args) =>
    connection('BypassPullRequestAllowance', protection.bypass, args, () => ({
      __typename: 'BypassPullRequestAllowance',
      id: 'BPA',
    }));
  return {
    __typename: 'BranchProtectionRule',
    id: 'BPR',
    requiresApprovingReviews: protection.requiredApprovals !== null,
    requiredApprovingReviewCount: protection.requiredApprovals,
    requiresCodeOwnerReviews: protection.codeOwners,
    dismissesStaleReviews: protection.dismissesStale,
    requireLastPushApproval: protection.lastPushApproval,
    isAdminEnforced: protection.bindsAdmins,
    bypassPullRequestAllowances: actors,
    requiresStatusChecks: protection.requiredChecks.length > 0,
    requiredStatusCheckContexts: protection.requiredChecks,
    allowsForcePushes: protection.allowsForcePushes,
    allowsDeletions: protection.allowsDeletions,
    requiresCommitSignatures: protection.requiresSignatures,
    bypassForcePushAllowances: (args: Args) => connection('BypassForcePushAllowance', [], args, () => null),
  };
}

function parametersOf(rule: Rule): GraphQLObject | null {
  if (rule.type === 'PULL_REQUEST')
    return {
      __typename: 'PullRequestParameters',
      requiredApprovingReviewCount: rule.approvals,
      requireCodeOwnerReview: rule.codeOwners,
      dismissStaleReviewsOnPush: rule.dismissesStale,
      requireLastPushApproval: rule.lastPushApproval,
    };
  if (rule.type === 'REQUIRED_STATUS_CHECKS')
    return {
      __typename: 'RequiredStatusChecksParameters',
      strictRequiredStatusChecksPolicy: false,
      requiredStatusChecks: rule.checks.map((context) => ({ __typename: 'StatusCheckConfiguration', context })),
    };
  return null;
}

function rulesetOf({ id, name, enforcement, bypass }: Ruleset, isAdmin: boolean): GraphQLObject {
  return {
    __typename: 'RepositoryRuleset',
    id: `RS_${id}`,
    databaseId: id,
    name,
    enforcement,
    // Null for who may not edit the ruleset.
    bypassActors: (args: Args) =>
      isAdmin
        ? connection('RepositoryRulesetBypassActor', bypass, args, ({ mode, who }) => ({
            __typename: 'RepositoryRulesetBypassActor',
            id: 'RBA',
            bypassMode: mode,
            organizationAdmin: who === 'organization-admin',
            deployKey: who === 'deploy-key',
            repositoryRoleName: who === 'role' ? 'maintain' : null,
          }))
        : null,
  };
}

function actorOf(login: string | null): GraphQLObject | null {
  return login === null ? null : { __typename: login.endsWith('[bot]') ? 'Bot' : 'User', login };
}

function gitActorOf(login: string | null, date: string): GraphQLObject {
  return { __typename: 'GitActor', date, user: actorOf(login) };
}

function commitOf(world: World, repository: Repository, commit: Commit): GraphQLObject {
  const { signature } = commit;
  return {
    __typename: 'Commit',
    id: `C_${commit.oid}`,
    oid: commit.oid,
    committedDate: commit.committedAt,
    author: gitActorOf(commit.author, commit.committedAt),
    committer: gitActorOf(commit.committer, commit.committedAt),
    signature:
      signature === null ? null : { __typename: 'GitSignature', isValid: signature === 'VALID', state: signature },
    statusCheckRollup: () => {
      if (!world.token.permissions.includes('checks')) throw new Withheld('FORBIDDEN');
      return rollupOf(commit.checks);
    },
    associatedPullRequests: (args: Args) =>
      connection(
        'PullRequest',
        repository.pullRequests.filter(
          ({ mergeOid, commits }) => mergeOid === commit.oid || commits.some(({ oid }) => oid === commit.oid),
        ),
        args,
        (pull) => pullRequestOf(repository, pull),
      ),
    history: (args: Args) => {
      const since = typeof args.since === 'string' ? args.since : '';
      const chosen = repository.commits.filter(({ committedAt }) => committedAt >= since);
      return connection('CommitHistory', chosen, args, (each) => commitOf(world, repository, each));
    },
  };
}

function rollupOf(checks: readonly CheckRun[]): GraphQLObject | null {
  if (checks.length === 0) return null;
  return {
    __typename: 'StatusCheckRollup',
    id: 'SCR',
    contexts: (args: Args) =>
      connection('StatusCheckRollupContext', checks, args, ({ id, name, status, conclusion, completedAt, title }) => ({
        __typename: 'CheckRun',
        databaseId: id,
        name,
        status,
        conclusion,
        completedAt,
        title,
      })),
  };
}

function pullRequestOf(repository: Repository, pull: PullRequest): GraphQLObject {
  return {
    __typename: 'PullRequest',
    id: `PR_${repository.id}_${pull.number}`,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.mergedAt === null ? 'OPEN' : 'MERGED',
    merged: pull.mergedAt !== null,
    author: actorOf(pull.author),
    mergedBy: actorOf(pull.mergedBy),
    baseRefName: pull.base,
    headRefOid: pull.headOid,
    createdAt: pull.createdAt,
    mergedAt: pull.mergedAt,
    updatedAt: pull.mergedAt ?? pull.createdAt,
    mergeCommit: pull.mergeOid === null ? null : { __typename: 'Commit', oid: pull.mergeOid },
    labels: (args: Args) => connection('Label', pull.labels, args, (name) => ({ __typename: 'Label', name })),
    reviews: (args: Args) =>
      connection('PullRequestReview', pull.reviews, args, ({ author, state, submittedAt, oid, outsider }) => ({
        __typename: 'PullRequestReview',
        author: actorOf(author),
        state,
        submittedAt,
        authorCanPushToRepository: !outsider,
        commit: { __typename: 'Commit', oid },
      })),
    commits: (args: Args) =>
      connection('PullRequestCommit', pull.commits, args, ({ oid, author, committer, committedAt }) => ({
        __typename: 'PullRequestCommit',
        commit: {
          __typename: 'Commit',
          oid,
          committedDate: committedAt,
          author: gitActorOf(author, committedAt),
          committer: gitActorOf(committer, committedAt),
        },
      })),
  };
}
