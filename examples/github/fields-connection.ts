import { type GraphQLObject, Refused } from './graphql.ts';

/** The arguments of a field. */
export type Args = Record<string, unknown>;

/** A connection over items, paged as GitHub does; without a size, or with one over 100, the query is refused. */
export function connection<Item>(type: string, items: readonly Item[], args: Args, toNode: (item: Item) => unknown) {
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

/** A person or a bot, as the author of something. Of a bot GitHub leaves out the suffix here, and not in commits. */
export function actorOf(login: string | null): GraphQLObject | null {
  if (login === null) return null;
  const bare = login.replace(/\[bot\]$/, '');
  return { __typename: bare === login ? 'User' : 'Bot', login: bare };
}

/** Who wrote or committed something. A login such as `?eve` is nobody that GitHub knows, with an address. */
export function gitActorOf(login: string | null, date: string): GraphQLObject {
  const user = login === null || login.startsWith('?') ? null : { __typename: 'User', login };
  return { __typename: 'GitActor', date, email: `${login ?? 'nobody'}@canary-7f3a.example`, user };
}
