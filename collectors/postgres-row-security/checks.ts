import type { Check } from '../define.ts';

/** The ten statements of this collector. Ids are permanent. */
export const checks = {
  'every-tenant-table-has-row-security': {
    title: 'Every tenant table has row-level security',
    statement:
      'On each table that holds rows of tenants and that a client role holds any right on, row-level security is enabled, and forced where a client role has the owner’s rights. Partitions and inheritance children that can be reached directly count by themselves. In mode service-only, no policy admits a client role either.',
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
      'No client role is a superuser, has BYPASSRLS or the rights of the owner of a table that does not force row-level security, nor can it turn into such a role through any chain of memberships.',
  },
  'no-path-around-row-security': {
    title: 'No view, function or rule leads around row-level security',
    statement:
      'No view, materialized view, foreign table, rule, inheritance parent or SECURITY DEFINER function within a client’s reach shows or changes rows of tenants with the rights of somebody to whom policies do not apply, unless it was seen to filter by tenant itself or is declared as allowed.',
  },
  'no-excess-privilege': {
    title: 'Clients hold no right that works past policies',
    statement:
      'No client role may truncate tenants’ tables, replicate, reach files or other connections, gets rights on future tables by default, may call LEAKPROOF functions that users made, or may plant objects that a SECURITY DEFINER function would take for others.',
  },
  'every-relation-is-declared': {
    title: 'Every relation within reach is accounted for',
    statement:
      'Each table, view and foreign table that a client role holds any right on belongs to tenants by its column or path, or is declared as reference or shared.',
  },
  'every-tenant-row-names-its-tenant': {
    title: 'Every tenant row names its tenant',
    statement: 'In each tenant table the column that names the tenant, or leads to it, may not be null.',
  },
  'server-has-no-known-row-security-flaw': {
    title: 'The server has no known row-level security flaw',
    statement: 'The PostgreSQL release includes the fix of CVE-2025-8713, or never had it.',
  },
} as const satisfies Record<string, Check>;
