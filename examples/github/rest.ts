import type { GitHubState, Permission, Repository, Token } from './state.ts';

/** One GET: the path without its leading address, the query, and what the token may see. */
export type Asked = { path: string; query: URLSearchParams; token: Token };

/**
 * What is answered: a list that the server pages (`wrap` names the field that holds it beside `total_count`; `cursor`
 * says that GitHub pages it by cursor and names no last page), or a body.
 */
export type RestAnswer =
  | { list: object[]; wrap?: string; cursor?: true }
  | { status: number; body: object; location?: string };

type Route = (state: GitHubState, asked: Asked, parts: string[]) => RestAnswer;

const notFound: RestAnswer = { status: 404, body: { message: 'Not Found', status: '404' } };
const denied = (message = 'Resource not accessible by personal access token'): RestAnswer => ({
  status: 403,
  body: { message, status: '403' },
});

/** Answers one GET as GitHub does. */
export function answerRest(state: GitHubState, asked: Asked): RestAnswer {
  const moved = movedTo(state, asked.path);
  if (moved !== undefined) return { status: 301, body: { message: 'Moved Permanently', url: moved }, location: moved };
  for (const [pattern, route] of routes) {
    const found = pattern.exec(asked.path);
    if (found) return route(state, asked, found.slice(1).map(decodeURIComponent));
  }
  return notFound;
}

/** Where a renamed repository answers now: below its id, which never changes. */
function movedTo(state: GitHubState, path: string): string | undefined {
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(path) ?? [];
  const target = state.renamed[`${owner}/${name}`];
  const repository = state.repositories.find((each) => `${state.organization.login}/${each.name}` === target);
  return repository && `/repositories/${repository.id}${rest}`;
}

function inOrganization(
  permission: Permission | undefined,
  route: (state: GitHubState, asked: Asked, parts: string[]) => RestAnswer,
): Route {
  return (state, asked, [login = '', ...rest]) => {
    if (login.toLowerCase() !== state.organization.login.toLowerCase()) return notFound;
    if (permission !== undefined && !asked.token.permissions.includes(permission)) return denied();
    return route(state, asked, rest);
  };
}

function inRepository(
  permission: Permission | undefined,
  route: (repository: Repository, asked: Asked, parts: string[], state: GitHubState) => RestAnswer,
): Route {
  return (state, asked, [owner = '', name = '', ...rest]) => {
    const repository = state.repositories.find((each) =>
      owner === '' ? String(each.id) === name : owner === state.organization.login && each.name === name,
    );
    if (repository === undefined || !maySee(asked.token, repository)) return notFound;
    if (permission !== undefined && !asked.token.permissions.includes(permission)) return denied();
    return route(repository, asked, rest, state);
  };
}

/** Whether a token may know that a repository exists. */
export function maySee(token: Token, repository: Repository): boolean {
  return token.repositories === undefined || token.repositories.includes(repository.name);
}

const user = ({ login, id, bot }: { login: string; id: number; bot?: boolean }) => ({
  login,
  id,
  node_id: `U_${id}`,
  type: bot ? 'Bot' : 'User',
  site_admin: false,
});

const repositoryOf = (state: GitHubState, repository: Repository, token: Token) => ({
  id: repository.id,
  node_id: `R_${repository.id}`,
  name: repository.name,
  full_name: `${state.organization.login}/${repository.name}`,
  private: repository.isPrivate,
  visibility: repository.isPrivate ? 'private' : 'public',
  fork: repository.isFork,
  archived: repository.isArchived,
  disabled: false,
  default_branch: repository.defaultBranch,
  size: repository.commits.length,
  pushed_at: repository.pushedAt,
  // Left out for who may not administer, as GitHub does.
  ...(token.permissions.includes('administration') && {
    security_and_analysis: {
      secret_scanning: status(repository.security.secretScanning),
      secret_scanning_push_protection: status(repository.security.pushProtection),
      dependabot_security_updates: status(repository.security.dependencyAlerts),
    },
  }),
});

const status = (enabled: boolean) => ({ status: enabled ? 'enabled' : 'disabled' });

const simpleRepository = (state: GitHubState, { id, name, isPrivate, isFork }: Repository) => ({
  id,
  node_id: `R_${id}`,
  name,
  full_name: `${state.organization.login}/${name}`,
  private: isPrivate,
  fork: isFork,
});

/** The open alerts of one kind in all repositories that the token may see and that have the feature on. */
function alerts<Alert extends { number: number; createdAt: string; state: string }>(
  of: (repository: Repository) => readonly Alert[] | undefined,
  details: (alert: Alert) => object,
): (state: GitHubState, asked: Asked) => RestAnswer {
  return (state, { query, token }) => ({
    cursor: true,
    list: state.repositories
      .filter((repository) => maySee(token, repository) && !repository.isArchived)
      .flatMap((repository) =>
        (of(repository) ?? [])
          .filter(({ state: now }) => query.get('state') === null || query.get('state') === now)
          .map((alert) => ({
            number: alert.number,
            state: alert.state,
            created_at: alert.createdAt,
            ...details(alert),
            repository: simpleRepository(state, repository),
          })),
      ),
  });
}

const org = (rest: string) => new RegExp(`^/orgs/([^/]+)${rest}$`);
// Each path also exists by the repository’s id, which is where renamed ones redirect to.
const repo = (rest: string) => new RegExp(`^/repos/([^/]+)/([^/]+)${rest}$`);
const byId = (rest: string) => new RegExp(`^/(r)epositories/(\\d+)${rest}$`);

const ofOrganization: [RegExp, Route][] = [
  [
    org(''),
    inOrganization(undefined, ({ organization, repositories }, { token }) => ({
      status: 200,
      body: {
        login: organization.login,
        id: organization.id,
        type: 'Organization',
        public_repos: repositories.filter(({ isPrivate }) => !isPrivate).length,
        ...(token.permissions.includes('owner') && {
          two_factor_requirement_enabled: organization.requiresTwoFactor,
          total_private_repos: repositories.filter(({ isPrivate }) => isPrivate).length,
        }),
      },
    })),
  ],
  [
    org('/members'),
    inOrganization('members', ({ organization }, { query, token }) => {
      const filter = query.get('filter') ?? 'all';
      // Only owners may ask who has no second factor.
      if (filter !== 'all' && !token.permissions.includes('owner'))
        return { status: 422, body: { message: 'Only owners can use this filter.', status: '422' } };
      const role = query.get('role') ?? 'all';
      return {
        list: organization.members
          .filter(({ twoFactor }) => !filter.startsWith('2fa_') || !twoFactor)
          .filter(({ admin }) => role === 'all' || admin === (role === 'admin'))
          .map(user),
      };
    }),
  ],
  [
    org('/outside_collaborators'),
    inOrganization('members', ({ organization }, { query, token }) => {
      const filter = query.get('filter') ?? 'all';
      if (filter !== 'all' && !token.permissions.includes('owner'))
        return { status: 422, body: { message: 'Only owners can use this filter.', status: '422' } };
      return {
        list: organization.outsideCollaborators.filter((each) => filter === 'all' || !each.twoFactor).map(user),
      };
    }),
  ],
  [
    org('/invitations'),
    inOrganization('members', ({ organization }) => ({
      list: organization.invitations.map(({ id, login, role, invitedAt }) => ({
        id,
        login,
        email: null,
        role,
        created_at: invitedAt,
        failed_at: null,
      })),
    })),
  ],
  [
    org('/teams'),
    inOrganization('members', ({ organization }) => ({
      list: organization.teams.map(({ slug, id }) => ({ id, slug, name: slug, privacy: 'closed', permission: 'push' })),
    })),
  ],
  [
    org('/teams/([^/]+)/members'),
    inOrganization('members', ({ organization }, { query }, [slug]) => {
      const team = organization.teams.find((each) => each.slug === slug);
      if (team === undefined) return notFound;
      const role = query.get('role') ?? 'all';
      const chosen = team.members.filter(({ maintainer }) => role === 'all' || maintainer === (role === 'maintainer'));
      return {
        list: chosen.flatMap(({ login }) => organization.members.filter((each) => each.login === login)).map(user),
      };
    }),
  ],
  [
    org('/teams/([^/]+)/repos'),
    inOrganization('members', (state, _asked, [slug]) => {
      const team = state.organization.teams.find((each) => each.slug === slug);
      if (team === undefined) return notFound;
      return {
        list: state.repositories
          .filter(({ name }) => team.repositories.includes(name))
          .map((repository) => simpleRepository(state, repository)),
      };
    }),
  ],
  [
    org('/installations'),
    inOrganization('organization_administration', ({ organization }) => ({
      wrap: 'installations',
      list: organization.installations.map(({ id, slug, permissions, selection }) => ({
        id,
        app_slug: slug,
        permissions,
        repository_selection: selection,
        suspended_at: null,
      })),
    })),
  ],
  [
    org('/repos'),
    inOrganization(undefined, (state, { token }) => ({
      list: state.repositories
        .filter((repository) => maySee(token, repository))
        .map((repository) => repositoryOf(state, repository, token)),
    })),
  ],
  [
    org('/dependabot/alerts'),
    inOrganization(
      'vulnerability_alerts',
      alerts(
        ({ security }) => (security.dependencyAlerts ? security.dependency : undefined),
        ({ severity }) => ({ security_advisory: { severity } }),
      ),
    ),
  ],
  [
    org('/code-scanning/alerts'),
    inOrganization(
      'security_events',
      alerts(
        ({ security }) => (security.codeScannedAt === null ? undefined : security.code),
        ({ severity }) => ({ rule: { security_severity_level: severity } }),
      ),
    ),
  ],
  [
    org('/secret-scanning/alerts'),
    inOrganization(
      'secret_scanning_alerts',
      alerts(
        ({ security }) => (security.secretScanning ? security.secrets : undefined),
        () => ({ secret_type: 'example_token', secret: 'canary-7f3a000000000000' }),
      ),
    ),
  ],
];

const ofRepository: [string, Route][] = [
  [
    '',
    inRepository(undefined, (repository, { token }, _parts, state) => ({
      status: 200,
      body: repositoryOf(state, repository, token),
    })),
  ],
  [
    '/keys',
    inRepository('administration', ({ deployKeys }) => ({
      list: deployKeys.map(({ id, title, readOnly, createdAt, lastUsedAt }) => ({
        id,
        key: 'ssh-ed25519 AAAA',
        title,
        verified: true,
        read_only: readOnly,
        created_at: createdAt,
        last_used: lastUsedAt,
        enabled: true,
      })),
    })),
  ],
  [
    '/collaborators',
    inRepository('administration', ({ name }, { query }, _parts, { organization }) => {
      const outside = organization.outsideCollaborators.filter(({ repositories }) => repositories.includes(name));
      const everyone = query.get('affiliation') === 'outside' ? outside : [...organization.members, ...outside];
      return { list: everyone.map((each) => ({ ...user(each), role_name: 'write' })) };
    }),
  ],
  [
    '/activity',
    inRepository('contents', (repository, { query }) => {
      const ref = query.get('ref')?.replace(/^refs\/heads\//, '');
      const types = query.get('activity_type');
      return {
        cursor: true,
        list: repository.activities
          .filter(({ branch, type }) => (ref === undefined || branch === ref) && (types === null || type === types))
          .map(({ id, type, branch, before, after, at, actor }) => ({
            id,
            node_id: `PSH_${id}`,
            before,
            after,
            ref: `refs/heads/${branch}`,
            timestamp: at,
            activity_type: type,
            actor: user({ login: actor, id: 1 }),
          })),
      };
    }),
  ],
  [
    '/environments/([^/]+)',
    inRepository('actions', (repository, _asked, [name]) => {
      const environment = repository.environments.find((each) => each.name === name);
      if (environment === undefined) return notFound;
      const { id, branches } = environment;
      const policy = { protected_branches: branches === 'protected', custom_branch_policies: branches !== 'protected' };
      return { status: 200, body: { id, name, deployment_branch_policy: branches === null ? null : policy } };
    }),
  ],
  [
    '/environments/([^/]+)/deployment-branch-policies',
    inRepository('actions', (repository, _asked, [name]) => {
      const branches = repository.environments.find((each) => each.name === name)?.branches;
      if (branches === undefined) return notFound;
      return {
        wrap: 'branch_policies',
        list: Array.isArray(branches) ? branches.map((pattern, id) => ({ id, name: pattern })) : [],
      };
    }),
  ],
  [
    '/code-scanning/analyses',
    inRepository('security_events', ({ security, defaultBranch, commits, isArchived }) => {
      if (isArchived) return denied('Code scanning is not available for archived repositories.');
      if (security.codeScannedAt === null)
        return { status: 404, body: { message: 'no analysis found', status: '404' } };
      return {
        list: [
          {
            id: 1,
            ref: `refs/heads/${defaultBranch}`,
            commit_sha: commits[0]?.oid ?? '',
            created_at: security.codeScannedAt,
            error: '',
            tool: { name: 'CodeQL', guid: null, version: '2.4.0' },
          },
        ],
      };
    }),
  ],
  [
    '/commits/([^/]+)/check-runs',
    inRepository('checks', (repository, _asked, [ref]) => {
      const found =
        ref === repository.defaultBranch ? repository.commits[0] : repository.commits.find(({ oid }) => oid === ref);
      if (found === undefined)
        return { status: 422, body: { message: `No commit found for SHA: ${ref}`, status: '422' } };
      return {
        wrap: 'check_runs',
        list: found.checks.map(({ id, name, status, conclusion, completedAt, title }) => ({
          id,
          head_sha: found.oid,
          name,
          status: status.toLowerCase(),
          conclusion: conclusion?.toLowerCase() ?? null,
          completed_at: completedAt,
          output: { title, summary: null, text: null, annotations_count: 0 },
        })),
      };
    }),
  ],
];

const routes: [RegExp, Route][] = [
  ...ofOrganization,
  ...ofRepository.flatMap(([path, route]): [RegExp, Route][] => [
    [repo(path), route],
    [byId(path), (state, asked, [, id = '', ...rest]) => route(state, asked, ['', id, ...rest])],
  ]),
];
