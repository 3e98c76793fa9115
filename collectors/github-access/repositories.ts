import type { Principal } from '../../schemas/index.ts';
import type { GitHub } from '../clients/github.ts';
import { readAll, utc } from './pages.ts';
import { Collaborator, DeployKey, type Repository } from './shapes.ts';

/** What only repositories tell: their deploy keys, and what outside collaborators may do there. */
export type OfRepositories = {
  principals: Principal[];
  /** The roles of outside collaborators by their id. */
  collaborators: Map<number, string[]>;
  hiddenKeys: boolean;
  hiddenCollaborators: boolean;
};

/** Repositories that are asked about at the same time. */
const AT_ONCE = 8;

/** Asks each repository for its deploy keys, and for its outside collaborators where there are any: one call or two. */
export async function readKeysAndCollaborators(
  github: GitHub,
  repositories: readonly Repository[],
  hasOutsiders: boolean,
): Promise<OfRepositories> {
  const found: OfRepositories = {
    principals: [],
    collaborators: new Map(),
    hiddenKeys: false,
    hiddenCollaborators: false,
  };
  const queue = [...repositories];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { full_name: name } = next;
      const [owner = '', repo = ''] = name.split('/');
      const keys = await readAll(github, DeployKey, '/repos/{owner}/{repo}/keys', { owner, repo });
      if (keys?.complete !== true) found.hiddenKeys = true;
      found.principals.push(...(keys?.items ?? []).map((key) => keyOf(key, next)));
      if (!hasOutsiders) continue;
      const parameters = { owner, repo, affiliation: 'outside' };
      const outside = await readAll(github, Collaborator, '/repos/{owner}/{repo}/collaborators', parameters);
      if (outside?.complete !== true) found.hiddenCollaborators = true;
      for (const { id, role_name: role } of outside?.items ?? [])
        found.collaborators.set(id, [...(found.collaborators.get(id) ?? []), `${role} on ${next.name}`]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // The order of answers is not that of the repositories.
  for (const roles of found.collaborators.values()) roles.sort();
  found.principals.sort((a, b) => (a.key < b.key ? -1 : 1));
  return found;
}

function keyOf(key: ReturnType<typeof DeployKey.parse>, repository: Repository): Principal {
  return {
    name: `${key.title || 'untitled'} (${repository.name})`.slice(0, 300),
    key: `deploy key ${key.id}`,
    kind: 'key',
    roles: [key.read_only ? 'reads' : 'writes', `key of ${repository.name}`],
    outside: false,
    secondFactor: null,
    lastActiveAt: utc(key.last_used),
    createdAt: utc(key.created_at),
    expiresAt: null,
    also: [],
  };
}
