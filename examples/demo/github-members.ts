import type { GitHubState, Member } from '../github/state.ts';

const member = (login: string, id: number, admin = false): Member => ({ login, id, admin, twoFactor: true });
const freelancer = member('felix-brandt-canary-7f3a44dd55ee66ff', 510);

/** Lets the company's people into its organization; `ago` dates what was sent and used. */
export function letIn({ organization, repositories }: GitHubState, ago: (days: number) => string): void {
  organization.members = [
    member('ingrid-solheim-canary-7f3a44dd55ee66f1', 501, true),
    member('tomas-beck-canary-7f3a44dd55ee66f2', 502, true),
    member('jun-arai-canary-7f3a44dd55ee66f3', 503),
    member('nadia-rahimi-canary-7f3a44dd55ee66f4', 504),
    member('larkspur-release', 505),
  ];
  organization.teams = [
    {
      slug: 'platform',
      id: 61,
      members: [{ login: 'jun-arai-canary-7f3a44dd55ee66f3', maintainer: true }],
      repositories: ['infrastructure'],
    },
  ];
  organization.invitations = [
    { id: 71, login: 'oskar-lund-canary-7f3a44dd55ee66f5', role: 'direct_member', invitedAt: ago(3) },
  ];
  organization.installations = [
    { id: 81, slug: 'sightline', permissions: { metadata: 'read' }, selection: 'selected' },
  ];
  const [desk] = repositories;
  if (desk !== undefined)
    desk.deployKeys = [
      { id: 91, title: 'deploys canary-7f3a44dd55ee66f6', readOnly: true, createdAt: ago(400), lastUsedAt: ago(1) },
    ];
}

/** Puts the organization into the state that its past review saw, or into that of today. */
export function becomeMembers({ organization }: GitHubState, when: 'before' | 'now'): void {
  const others = organization.members.filter(({ id }) => id !== freelancer.id);
  organization.members = when === 'before' ? [...others, freelancer] : others;
}
