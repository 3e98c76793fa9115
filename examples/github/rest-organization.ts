import {
  type Asked,
  inOrganization,
  isSelected,
  maySee,
  notFound,
  type RestAnswer,
  type Route,
  repositoryOf,
  simpleRepository,
  user,
} from './rest-answers.ts';
import type { GitHubState, Repository } from './state.ts';

/** The open alerts of one kind in all repositories that the token may see and that have the feature on. */
function alerts<Alert extends { number: number; createdAt: string; state: string }>(
  of: (repository: Repository, query: URLSearchParams) => readonly Alert[] | undefined,
  details: (alert: Alert) => object,
): (state: GitHubState, asked: Asked) => RestAnswer {
  return (state, { query, token }) => ({
    cursor: true,
    list: state.repositories
      .filter((repository) => isSelected(token, repository) && !repository.isArchived && repository.owner === undefined)
      .flatMap((repository) =>
        (of(repository, query) ?? [])
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

/** What is answered below `/orgs/{org}`, by the rest of the path. */
export const ofOrganization: [string, Route][] = [
  [
    '',
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
    '/members',
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
    '/outside_collaborators',
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
    '/invitations',
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
    '/teams',
    inOrganization('members', ({ organization }) => ({
      list: organization.teams.map(({ slug, id }) => ({ id, slug, name: slug, privacy: 'closed', permission: 'push' })),
    })),
  ],
  [
    '/teams/([^/]+)/members',
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
    '/teams/([^/]+)/repos',
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
    '/installations',
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
    '/repos',
    inOrganization(undefined, (state, { token }) => ({
      list: state.repositories
        .filter((repository) => maySee(token, repository))
        .map((repository) => repositoryOf(state, repository, token)),
    })),
  ],
  [
    '/dependabot/alerts',
    inOrganization(
      'vulnerability_alerts',
      alerts(
        ({ security }) => (security.dependencyAlerts ? security.dependency : undefined),
        ({ severity }) => ({ security_advisory: { severity } }),
      ),
    ),
  ],
  [
    '/code-scanning/alerts',
    inOrganization(
      'security_events',
      alerts(
        ({ security }) => (security.codeScannedAt === null ? undefined : security.code),
        ({ severity }) => ({ rule: { security_severity_level: severity } }),
      ),
    ),
  ],
  [
    '/secret-scanning/alerts',
    inOrganization(
      'secret_scanning_alerts',
      alerts(
        ({ security }, query) => {
          const asked = query.get('secret_type')?.split(',');
          const isListed = (type: string | undefined) => (asked === undefined ? !type : type && asked.includes(type));
          return security.secretScanning ? security.secrets.filter(({ type }) => isListed(type)) : undefined;
        },
        ({ type = 'example_token' }) => ({ secret_type: type, secret: 'canary-7f3a000000000000' }),
      ),
    ),
  ],
];
