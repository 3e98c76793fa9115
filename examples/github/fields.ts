import { type Args, actorOf, connection, gitActorOf } from './fields-connection.ts';
import { parametersOf, protectionOf, rulesetOf } from './fields-guards.ts';
import { type GraphQLObject, Withheld } from './graphql.ts';
import { maySee } from './rest-answers.ts';
import type { Commit, GitHubState, PullRequest, Repository, Token } from './state.ts';

/** The root of GitHub’s GraphQL schema, as far as it is stood in for. */
export function rootOf(state: GitHubState, token: Token): GraphQLObject {
  const visible = state.repositories.filter((repository) => maySee(token, repository));
  const world: World = { state, token, byId: new Map(visible.map((repository) => [`R_${repository.id}`, repository])) };
  const named = (fullName: string) =>
    visible.find((repository) => fullNameOf(state, repository) === (state.renamed[fullName] ?? fullName));
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

function fullNameOf({ organization }: GitHubState, { owner = organization.login, name }: Repository): string {
  return `${owner}/${name}`;
}

type World = { state: GitHubState; token: Token; byId: Map<string, Repository> };
function organizationOf(world: World, visible: readonly Repository[]): GraphQLObject {
  const { organization } = world.state;
  const isOwner = world.token.permissions.includes('owner');
  return {
    __typename: 'Organization',
    id: `O_${organization.id}`,
    login: organization.login,
    requiresTwoFactorAuthentication: isOwner ? organization.requiresTwoFactor : null,
    repositories: (args: Args) => {
      const ordered = visible.filter(({ owner }) => owner === undefined).toSorted((a, b) => a.id - b.id);
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
  const isAdmin = world.token.permissions.includes('administration');
  const branch = (): GraphQLObject => branchOf(world, repository);
  return {
    __typename: 'Repository',
    id: `R_${repository.id}`,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullNameOf(world.state, repository),
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
      const ordered = isOldestFirst(args.orderBy) ? chosen.toSorted(byCreation) : chosen;
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

/** Of two from one second the one with the higher number comes first: nobody promises which. */
function byCreation(a: PullRequest, b: PullRequest): number {
  return a.createdAt === b.createdAt ? b.number - a.number : a.createdAt < b.createdAt ? -1 : 1;
}

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
      return rollupOf(commit);
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

function rollupOf({ checks, statuses = [] }: Commit): GraphQLObject | null {
  if (checks.length + statuses.length === 0) return null;
  const contexts = [
    ...checks.map(({ id, name, status, conclusion, completedAt, startedAt = completedAt, title }) => ({
      __typename: 'CheckRun',
      databaseId: id,
      name,
      status,
      conclusion,
      startedAt,
      completedAt,
      title,
    })),
    ...statuses.map((status) => ({ __typename: 'StatusContext', ...status })),
  ];
  return {
    __typename: 'StatusCheckRollup',
    id: 'SCR',
    contexts: (args: Args) => connection('StatusCheckRollupContext', contexts, args, (context) => context),
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
