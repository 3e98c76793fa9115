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

/** Answers the paths that fit it; `parts` are what stood in the path’s brackets. */
export type Route = (state: GitHubState, asked: Asked, parts: string[]) => RestAnswer;

/** What GitHub says of what is not there, and of what the token may not know of. */
export const notFound: RestAnswer = { status: 404, body: { message: 'Not Found', status: '404' } };

/** What GitHub says to a token without the permission. */
export function denied(message = 'Resource not accessible by personal access token'): RestAnswer {
  return { status: 403, body: { message, status: '403' } };
}

/** A route below the organization, which needs this permission. */
export function inOrganization(
  permission: Permission | undefined,
  route: (state: GitHubState, asked: Asked, parts: string[]) => RestAnswer,
): Route {
  return (state, asked, [login = '', ...rest]) => {
    if (login.toLowerCase() !== state.organization.login.toLowerCase()) return notFound;
    if (permission !== undefined && !asked.token.permissions.includes(permission)) return denied();
    return route(state, asked, rest);
  };
}
/** A route below a repository, which needs this permission. */
export function inRepository(
  permission: Permission | undefined,
  route: (repository: Repository, asked: Asked, parts: string[], state: GitHubState) => RestAnswer,
): Route {
  return (state, asked, [owner = '', name = '', ...rest]) => {
    const repository = state.repositories.find((each) =>
      owner === '' ? String(each.id) === name : owner === state.organization.login && each.name === name,
    );
    if (repository === undefined || !maySee(asked.token, repository)) return notFound;
    const lacks = (needed: Permission) =>
      !asked.token.permissions.includes(needed) || !isSelected(asked.token, repository);
    if (permission !== undefined && lacks(permission)) return denied();
    return route(repository, asked, rest, state);
  };
}

/** Whether a token may know that a repository exists: public ones are seen by all. */
export function maySee(token: Token, repository: Repository): boolean {
  return !repository.isPrivate || isSelected(token, repository);
}
/** Whether the permissions of a token are for this repository too. */
export function isSelected({ repositories }: Token, { name }: Repository): boolean {
  return repositories === undefined || repositories.includes(name);
}
/** A person or a bot. */
export const user = ({ login, id, bot }: { login: string; id: number; bot?: boolean }) => ({
  login,
  id,
  node_id: `U_${id}`,
  type: bot ? 'Bot' : 'User',
  site_admin: false,
});
/** A repository, whole. */
export const repositoryOf = (state: GitHubState, repository: Repository, token: Token) => ({
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
  ...(token.permissions.includes('administration') &&
    isSelected(token, repository) && {
      security_and_analysis: {
        secret_scanning: status(repository.security.secretScanning),
        secret_scanning_push_protection: status(repository.security.pushProtection),
        dependabot_security_updates: status(repository.security.dependencyAlerts),
      },
    }),
});

const status = (enabled: boolean) => ({ status: enabled ? 'enabled' : 'disabled' });
/** A repository, as it stands inside of other answers. */
export const simpleRepository = (state: GitHubState, { id, name, isPrivate, isFork }: Repository) => ({
  id,
  node_id: `R_${id}`,
  name,
  full_name: `${state.organization.login}/${name}`,
  private: isPrivate,
  fork: isFork,
});
