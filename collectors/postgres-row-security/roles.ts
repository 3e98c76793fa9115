import type { Catalog, Membership, Relation, Role } from './raw.ts';

/** Who may act as whom, and past what. Pure; built once from the catalog. */
export type RoleBook = {
  role: (name: string) => Role | undefined;
  /** The role itself and all whose privileges it has without asking. */
  inherited: (name: string) => ReadonlySet<string>;
  /** Roles it may turn into by SET ROLE, itself not among them. */
  settable: (name: string) => ReadonlySet<string>;
  /** Whether the role has the owner’s rights over a relation. */
  owns: (name: string, relation: Relation) => boolean;
  /** Whether PostgreSQL applies no row security to this role on this relation. */
  bypasses: (name: string, relation: Relation) => boolean;
};

/** Reads the membership closure as PostgreSQL does: privileges by INHERIT, identity by SET, both by ADMIN. */
export function roleBook(catalog: Pick<Catalog, 'roles' | 'memberships'>): RoleBook {
  const roles = new Map(catalog.roles.map((role) => [role.name, role]));
  const inheritance = closure(catalog.memberships.filter((membership) => membership.inherits));
  const inherited = (name: string) => inheritance(name);
  const setEdges = Map.groupBy(
    catalog.memberships.filter((membership) => membership.settable),
    ({ member }) => member,
  );
  const adminEdges = Map.groupBy(
    catalog.memberships.filter((membership) => membership.admin),
    ({ member }) => member,
  );
  // ADMIN that is held by inheritance is enough to grant oneself the role.
  const identity = reached((name) => [
    ...(setEdges.get(name) ?? []).map(({ role }) => role),
    ...[...inherited(name)].flatMap((holder) => (adminEdges.get(holder) ?? []).map(({ role }) => role)),
  ]);
  const settable = (name: string) => {
    if (roles.get(name)?.superuser) return new Set([...roles.keys()].filter((other) => other !== name));
    const all = new Set(identity(name));
    all.delete(name);
    return all;
  };
  const owns = (name: string, relation: Relation) =>
    roles.get(name)?.superuser === true || inherited(name).has(relation.owner);
  const bypasses = (name: string, relation: Relation) => {
    const role = roles.get(name);
    if (!role || role.superuser || role.bypass || !relation.rowSecurity) return true;
    return !relation.forced && owns(name, relation);
  };
  return { role: (name) => roles.get(name), inherited, settable, owns, bypasses };
}

function closure(edges: readonly Membership[]): (name: string) => ReadonlySet<string> {
  const direct = Map.groupBy(edges, ({ member }) => member);
  return reached((name) => (direct.get(name) ?? []).map(({ role }) => role));
}

/** The role itself and all that it leads to, step by step. */
function reached(next: (name: string) => readonly string[]): (name: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (name) => {
    const cached = known.get(name);
    if (cached) return cached;
    const all = new Set([name]);
    // A Set yields what is added while it is walked.
    for (const at of all) for (const other of next(at)) all.add(other);
    known.set(name, all);
    return all;
  };
}
