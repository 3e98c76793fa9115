import type { Check } from '../define.ts';

/** The ten statements of this collector. Ids are permanent. */
export const checks = {
  'every-tenant-table-has-row-security': {
    title: 'Every tenant table has row-level security',
    statement:
      'On each table that holds rows of tenants, row-level security is enabled, and forced where a client role has the owner’s rights. Partitions and inheritance children count by themselves where they can be reached directly. In mode service-only, no policy admits a client role either.',
  },
  'no-cross-tenant-read': {
    title: 'No tenant reads another tenant’s rows',
    statement:
      'Acting as each client role for one tenant, no row of another tenant is visible in any readable relation, while rows of its own are. Where there are too few rows to compare, PostgreSQL evaluated the policies over a made-up row of another tenant and refused it.',
  },
  'no-read-without-tenant': {
    title: 'Without a tenant, nothing is visible',
    statement:
      'No row of a tenant is visible to a client or anonymous role that names no tenant, names an empty one, or names another through claims and headers that callers make up themselves.',
  },
  'no-cross-tenant-write': {
    title: 'No tenant writes another tenant’s rows',
    statement:
      'For each client role with a right to write, PostgreSQL evaluated the combined policies, as one tenant, over rows of another: none may be added, changed, taken over or deleted, not even blindly, and no row may be reassigned to another tenant. Nothing was written.',
  },
  'no-client-role-bypasses-row-security': {
    title: 'No client role is above row-level security',
    statement:
      'No client role is a superuser, has BYPASSRLS, REPLICATION or reach into the server’s files, or has the rights of the owner of a protected table, who may switch its protection off, nor can it turn into such a role through any chain of memberships.',
  },
  'no-path-around-row-security': {
    title: 'No view, function or rule leads around row-level security',
    statement:
      'No view, materialized view, foreign table, rule, inheritance parent or SECURITY DEFINER function, large object or stored connection within a client’s reach shows or changes rows of tenants with the rights of somebody to whom policies do not apply, unless it was seen to filter by tenant itself or is declared as allowed; and no function within reach can be made to, by a caller’s SQL, by a search_path that clients can fill, or by being LEAKPROOF.',
  },
  'no-excess-privilege': {
    title: 'Clients hold no right that works past policies',
    statement:
      'No client role may truncate tenants’ tables or put triggers on them, create objects in the schemas they are in, get rights on future tables by default, or use functions and catalogs that reach files or the statistics of all rows; and no publication carries all tables.',
  },
  'every-relation-is-declared': {
    title: 'Every relation within reach is accounted for',
    statement:
      'Each table, view and foreign table in a schema that a client role may enter belongs to tenants by its column or path, or is declared as reference or shared.',
  },
  'every-tenant-row-names-its-tenant': {
    title: 'Every tenant row names its tenant',
    statement:
      'In each tenant table the column that names the tenant, or leads to it, may not be null, or is null in no row.',
  },
  'server-has-no-known-row-security-flaw': {
    title: 'The server has no known row-level security flaw',
    statement: 'The PostgreSQL release includes the fix of CVE-2025-8713, or never had it.',
  },
} as const satisfies Record<string, Check>;
