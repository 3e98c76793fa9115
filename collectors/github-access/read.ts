import type { z } from 'zod';
import type { Instant, Principal, PrincipalList, Unseen } from '../../schemas/index.ts';
import { type GitHub, GitHubUnreadable, type Parameters } from '../clients/github.ts';
import { type Read, readAll, utc } from './pages.ts';
import { readKeysAndCollaborators } from './repositories.ts';
import type { Expect } from './schema.ts';
import {
  Installation,
  Invitation,
  MemberCount,
  memberCountQuery,
  Organization,
  Repository,
  Team,
  User,
} from './shapes.ts';

/** Lists everybody and everything that can get into an organization. Throws GitHubUnreadable when not even its members. */
export async function readOrganization(
  github: GitHub,
  expect: Expect,
  now: Instant,
  progress: (message: string) => void,
): Promise<PrincipalList> {
  const { organization: org } = expect;
  const ofOrg = <T>(shape: z.ZodType<T>, path: string, more: Parameters = {}) =>
    readAll(github, shape, `/orgs/{org}/${path}`, { org, ...more });
  progress('members');
  const owners = await required(ofOrg(User, 'members', { role: 'admin' }));
  const members = await required(ofOrg(User, 'members', { role: 'member' }));
  const { data } = await github.query(MemberCount, memberCountQuery, { login: org });
  const counted = data.organization?.membersWithRole.totalCount ?? null;
  progress('what else can get in');
  const outside = await ofOrg(User, 'outside_collaborators');
  const [withoutFactor, outsideWithoutFactor] = [
    await ofOrg(User, 'members', { filter: '2fa_disabled' }),
    await ofOrg(User, 'outside_collaborators', { filter: '2fa_disabled' }),
  ];
  const invitations = await ofOrg(Invitation, 'invitations');
  const installations = await ofOrg(Installation, 'installations');
  const teams = await teamRoles(github, org);
  const repositories = await required(ofOrg(Repository, 'repos'));
  const { public_repos: open, total_private_repos: closed = null } = await github.get(Organization, '/orgs/{org}', {
    org,
  });
  // Only an owner is told how many private ones there are; without that, some may be missing.
  const seesAll = closed !== null && repositories.items.length >= open + closed;
  progress(`deploy keys of ${repositories.items.length} repositories`);
  const keys = await readKeysAndCollaborators(github, repositories.items, (outside?.items.length ?? 0) > 0);

  const person = (user: User, role: string, isOutside: boolean, factors: Read<User>): Principal => ({
    ...nothing,
    name: user.login,
    key: `user ${user.id}`,
    kind: user.type === 'Bot' || expect.programs.includes(user.login) ? 'bot' : 'person',
    roles: [role, ...(teams?.get(user.id) ?? []), ...(keys.collaborators.get(user.id) ?? [])],
    outside: isOutside,
    secondFactor: factors?.complete ? !factors.items.some(({ id }) => id === user.id) : null,
  });
  const principals = [
    ...owners.items.map((user) => person(user, 'owner', false, withoutFactor)),
    ...members.items.map((user) => person(user, 'member', false, withoutFactor)),
    ...(outside?.items ?? []).map((user) => person(user, 'outside collaborator', true, outsideWithoutFactor)),
    ...(invitations?.items ?? []).map(invitationOf),
    ...(installations?.items ?? []).map(appOf),
    ...keys.principals,
  ];
  const unique = [...new Map(principals.map((principal) => [principal.key, principal])).values()];
  const lists = [owners, members, outside, invitations, installations, repositories];
  // Of members GitHub gives a count; the other lists end where their last page does.
  const others = unique.filter(({ key, outside: isOutside }) => !key.startsWith('user ') || isOutside).length;
  const reportedTotal = counted === null ? null : counted + others;
  const unseen: Unseen[] = [
    ...(outside === undefined ? (['outside collaborators'] as const) : []),
    ...(withoutFactor && (outsideWithoutFactor || outside === undefined) ? [] : (['second factor'] as const)),
    ...(teams === undefined || keys.hiddenCollaborators ? (['roles'] as const) : []),
    ...(invitations === undefined ? (['invitations'] as const) : []),
    ...(installations === undefined ? (['apps'] as const) : []),
    ...(keys.hiddenKeys || !seesAll ? (['keys'] as const) : []),
    'last activity',
  ];
  return {
    asOf: now,
    reportedTotal,
    complete:
      lists.every((list) => list?.complete === true) && !keys.hiddenKeys && seesAll && reportedTotal === unique.length,
    namesAreUnique: false,
    unseen,
    principals: unique,
  };
}

const nothing = {
  roles: [],
  outside: false,
  secondFactor: null,
  lastActiveAt: null,
  createdAt: null,
  expiresAt: null,
  also: [],
};

/** An invitation is made for a login or an address; who sent it is left out. */
function invitationOf({ id, login, email, role, created_at: at }: z.infer<typeof Invitation>): Principal {
  const roles = [role === 'admin' ? 'owner' : role === 'direct_member' ? 'member' : role];
  const name = login ?? email ?? `invitation ${id}`;
  return { ...nothing, name, key: `invitation ${id}`, kind: 'invitation', roles, outside: false, createdAt: utc(at) };
}

function appOf(app: z.infer<typeof Installation>): Principal {
  const roles = [
    app.repository_selection === 'all' ? 'all repositories' : 'selected repositories',
    ...Object.entries(app.permissions).map(([name, level]) => `${name}: ${level}`),
  ];
  return { ...nothing, name: app.app_slug, key: `app ${app.id}`, kind: 'app', roles, createdAt: utc(app.created_at) };
}

/** The teams of each user as roles, by the user’s id; undefined where the token may not see them all. */
async function teamRoles(github: GitHub, org: string): Promise<Map<number, string[]> | undefined> {
  const teams = await readAll(github, Team, '/orgs/{org}/teams', { org });
  if (teams?.complete !== true) return undefined;
  const roles = new Map<number, string[]>();
  for (const { slug } of teams.items)
    for (const role of ['member', 'maintainer'] as const) {
      const found = await readAll(github, User, '/orgs/{org}/teams/{slug}/members', { org, slug, role });
      if (found?.complete !== true) return undefined;
      const words = role === 'member' ? `in ${slug}` : `maintainer of ${slug}`;
      for (const { id } of found.items) roles.set(id, [...(roles.get(id) ?? []), words]);
    }
  return roles;
}

async function required<T>(list: Promise<Read<T>>): Promise<NonNullable<Read<T>>> {
  const found = await list;
  if (found === undefined)
    throw new GitHubUnreadable(
      'denied',
      'FORBIDDEN',
      'The token may not list the members or the repositories of the organization.',
    );
  return found;
}
