import { z } from 'zod';

// What was read. Private: it is judged and dropped. No row values and no tenant ids are in it.

/** A role the probes act as, or that one of these can turn into. */
export const ActingRole = z.strictObject({
  name: z.string(),
  kind: z.enum(['client', 'anonymous', 'reachable']),
});
export type ActingRole = z.infer<typeof ActingRole>;

export const Role = z.strictObject({
  name: z.string(),
  superuser: z.boolean(),
  bypass: z.boolean(),
  inherits: z.boolean(),
  login: z.boolean(),
  replication: z.boolean(),
  createsRoles: z.boolean(),
});
export type Role = z.infer<typeof Role>;

export const Membership = z.strictObject({
  member: z.string(),
  role: z.string(),
  inherits: z.boolean(),
  settable: z.boolean(),
  /** Whether the member may grant the role, to itself as well. */
  admin: z.boolean(),
});
export type Membership = z.infer<typeof Membership>;

/** Rights in the order of the acting roles: `r a w d D t`, and `R A W` where only some columns are granted. */
const Access = z.array(z.string());

export const Relation = z.strictObject({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['r', 'p', 'v', 'm', 'f']),
  owner: z.string(),
  rowSecurity: z.boolean(),
  forced: z.boolean(),
  extension: z.boolean(),
  parents: z.array(z.number()),
  options: z.array(z.string()),
  /** 4 update, 8 insert, 16 delete: what PostgreSQL lets be written through it. */
  updatable: z.int(),
  /** Known or likely to have so few rows that reading them all is quick. */
  small: z.boolean(),
  access: Access,
});
export type Relation = z.infer<typeof Relation>;

export const Column = z.strictObject({
  relation: z.number(),
  name: z.string(),
  type: z.string(),
  category: z.string(),
  required: z.boolean(),
  /** Granted column by column: `r a w` by acting role. Null where only the relation's rights count. */
  access: Access.nullable(),
});
export type Column = z.infer<typeof Column>;

export const ForeignKey = z.strictObject({
  relation: z.number(),
  column: z.string(),
  target: z.number(),
  targetColumn: z.string(),
  cascades: z.boolean(),
});
export type ForeignKey = z.infer<typeof ForeignKey>;

export const Policy = z.strictObject({
  relation: z.number(),
  name: z.string(),
  /** `*` all, `r` select, `a` insert, `w` update, `d` delete. */
  command: z.enum(['*', 'r', 'a', 'w', 'd']),
  permissive: z.boolean(),
  /** Empty for PUBLIC. */
  roles: z.array(z.string()),
  using: z.string().nullable(),
  check: z.string().nullable(),
  columns: z.array(z.string()),
  functions: z.array(z.number()),
  /** Other relations that it looks into. */
  relations: z.array(z.number()),
});
export type Policy = z.infer<typeof Policy>;

/** What a view or a rule refers to. `event` 1 is the view itself; 2 update, 3 insert, 4 delete are rules. */
export const Rewrite = z.strictObject({
  relation: z.number(),
  event: z.enum(['1', '2', '3', '4']),
  relations: z.array(z.number()),
  functions: z.array(z.number()),
});
export type Rewrite = z.infer<typeof Rewrite>;

export const DatabaseFunction = z.strictObject({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  args: z.string(),
  owner: z.string(),
  definer: z.boolean(),
  leakproof: z.boolean(),
  volatility: z.enum(['i', 's', 'v']),
  language: z.string(),
  body: z.string(),
  config: z.array(z.string()),
  returns: z.string(),
  returnsSet: z.boolean(),
  returnsRow: z.boolean(),
  trigger: z.boolean(),
  extension: z.string().nullable(),
  relations: z.array(z.number()),
  functions: z.array(z.number()),
  /** By acting role. */
  executable: z.array(z.boolean()),
});
export type DatabaseFunction = z.infer<typeof DatabaseFunction>;

export const Trigger = z.strictObject({
  relation: z.number(),
  function: z.number(),
  before: z.boolean(),
  instead: z.boolean(),
  row: z.boolean(),
  insert: z.boolean(),
  update: z.boolean(),
  delete: z.boolean(),
});
export type Trigger = z.infer<typeof Trigger>;

export const Schema = z.strictObject({
  name: z.string(),
  usage: z.array(z.boolean()),
  create: z.array(z.boolean()),
});
export type Schema = z.infer<typeof Schema>;

export const Catalog = z.strictObject({
  roles: z.array(Role),
  memberships: z.array(Membership),
  schemas: z.array(Schema),
  /** The one that was looked at, and what clients may make in it. */
  databases: z.array(
    z.strictObject({ name: z.string(), create: z.array(z.boolean()), temporary: z.array(z.boolean()) }),
  ),
  relations: z.array(Relation),
  columns: z.array(Column),
  foreignKeys: z.array(ForeignKey),
  uniques: z.array(z.strictObject({ relation: z.number(), columns: z.array(z.string()) })),
  policies: z.array(Policy),
  /** Relations whose policies could not be read for a lock. */
  locked: z.array(z.number()),
  rewrites: z.array(Rewrite),
  functions: z.array(DatabaseFunction),
  triggers: z.array(Trigger),
  defaults: z.array(
    z.strictObject({ owner: z.string(), schema: z.string().nullable(), kind: z.string(), grantee: z.string() }),
  ),
  publications: z.array(z.strictObject({ name: z.string(), what: z.string() })),
  servers: z.array(z.strictObject({ name: z.string(), usage: z.array(z.boolean()), mapped: z.array(z.string()) })),
  largeObjects: z.array(z.strictObject({ oid: z.string(), owner: z.string(), grantees: z.array(z.string()) })),
  /** Built-in functions and catalogs that reach around row security, by acting role. */
  powers: z.array(z.strictObject({ what: z.string(), roles: z.array(z.string()) })),
});
export type Catalog = z.infer<typeof Catalog>;

/** A failure of one probe: our own words and the SQLSTATE. */
export const Failure = z.strictObject({ code: z.string(), message: z.string() });
export type Failure = z.infer<typeof Failure>;

// Records of what was asked name all the relations that gave the same answer: there are many relations and few answers.

/** What is in relations, as the truth role sees it. Tenants are numbers: positions in the list of those compared. */
export const Truth = z.strictObject({
  relations: z.array(z.number()),
  present: z.array(z.int()),
  any: z.boolean(),
  nameless: z.boolean(),
  failure: Failure.nullable(),
});
export type Truth = z.infer<typeof Truth>;

/** Who asked: a tenant, nobody, somebody with empty claims, or somebody who forged them. */
export const Asker = z.strictObject({
  kind: z.enum(['tenant', 'none', 'empty', 'forged']),
  /** The forged variant's name. */
  variant: z.string(),
  tenant: z.int(),
  /** Whether the tenant is one of the database’s, or made up because there are too few. */
  real: z.boolean(),
});
export type Asker = z.infer<typeof Asker>;

/** What one role saw of relations: rows of its own, rows of others, rows of nobody. Null where not asked. */
export const Read = z.strictObject({
  relations: z.array(z.number()),
  role: z.int(),
  asker: Asker,
  own: z.boolean().nullable(),
  foreign: z.boolean().nullable(),
  nameless: z.boolean().nullable(),
  failure: Failure.nullable(),
});
export type Read = z.infer<typeof Read>;

export const Command = z.enum(['select', 'insert', 'update', 'delete']);
export type Command = z.infer<typeof Command>;

/** What the combined policies of one command say to a row of the asker’s own and to a row of another tenant. */
export const Evaluation = z.strictObject({
  relations: z.array(z.number()),
  role: z.int(),
  asker: Asker,
  command: Command,
  usingOwn: z.boolean().nullable(),
  usingOther: z.boolean().nullable(),
  checkOwn: z.boolean().nullable(),
  checkOther: z.boolean().nullable(),
  /**
   * To see: a row that names another tenant and otherwise holds what is the asker’s. To write: one that names the asker
   * and otherwise holds what is the other’s.
   */
  planted: z.boolean().nullable().optional(),
  /** Policies that alone admit the other tenant’s row. */
  causes: z.array(z.string()),
  failure: Failure.nullable(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** What a view without tenant column showed: how many rows (at most two), and a salted digest of them all. */
export const Shape = z.strictObject({
  relation: z.number(),
  role: z.int(),
  as: z.enum(['one', 'other', 'nobody']),
  rows: z.int(),
  digest: z.string(),
  /** For `other`: how many of its rows `one` saw too; null when not compared. */
  common: z.int().nullable(),
  failure: Failure.nullable(),
});
export type Shape = z.infer<typeof Shape>;

export const Raw = z.strictObject({
  serverVersion: z.int(),
  login: z.string(),
  acting: z.array(ActingRole),
  /** Whether there was a second role that sees everything. */
  hasTruth: z.boolean(),
  /** How many real tenants were compared, and of how many we know. */
  tenants: z.int(),
  /** Names of the settings that were filled in, and whether they were declared or derived. */
  context: z.strictObject({ settings: z.array(z.string()), declared: z.boolean(), forged: z.array(z.string()) }),
  catalog: Catalog,
  truths: z.array(Truth),
  reads: z.array(Read),
  evaluations: z.array(Evaluation),
  shapes: z.array(Shape),
  /** What could not be looked at at all. */
  skipped: z.int(),
});
export type Raw = z.infer<typeof Raw>;

/** Records by the relations that they are about, where each relation has one. */
export function byRelation<T extends { relations: readonly number[] }>(records: readonly T[]): ReadonlyMap<number, T> {
  return new Map(records.flatMap((record) => record.relations.map((relation) => [relation, record] as const)));
}
