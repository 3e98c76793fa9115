import { nearMissPolicies } from './near-miss-policies.ts';
import { nearMissRelations } from './near-miss-relations.ts';
import { nearMiss } from './verdicts.ts';

const toApp = 'to larkspur_app';

/** Rights that look excessive and reach nothing. */
const privileges = [
  nearMiss({
    id: 'membership-without-use',
    title: 'a membership that neither inherits, nor sets, nor administers',
    sql: 'grant larkspur_service to larkspur_app with inherit false, set false',
    undo: 'revoke larkspur_service from larkspur_app',
  }),
  nearMiss({
    id: 'service-member-of-client',
    title: 'the service role may become a client, not the other way round',
    sql: 'grant larkspur_app to larkspur_service',
    undo: 'revoke larkspur_app from larkspur_service',
  }),
  nearMiss({
    id: 'row-security-off-setting',
    title: 'row_security = off, which raises an error instead of showing more',
    sql: 'alter role larkspur_app set row_security = off',
    undo: 'alter role larkspur_app reset row_security',
  }),
  nearMiss({
    id: 'references-privilege',
    title: 'REFERENCES and a global UNIQUE tell at most that a key exists',
    sql: `grant references on tags ${toApp}; alter table tags add constraint label_once unique (id, label)`,
  }),
  nearMiss({
    id: 'column-grant-under-policy',
    title: 'a column grant on a protected table without policies',
    sql: `grant select (client_secret) on sso_connections ${toApp}`,
  }),
  nearMiss({
    id: 'not-null-by-check',
    title: 'the tenant column is nullable, and a CHECK refuses rows without one',
    sql: 'alter table audit_log alter org_id drop not null, add check (org_id is not null)',
  }),
  nearMiss({
    id: 'truncate-for-service',
    title: 'TRUNCATE for the service role',
    sql: 'grant truncate on tickets to larkspur_service',
  }),
  nearMiss({
    id: 'default-privileges-for-service',
    title: 'future tables go to the service role',
    sql: 'alter default privileges for role larkspur_owner in schema public grant all on tables to larkspur_service',
  }),
  nearMiss({
    id: 'publication-of-reference',
    title: 'a publication of reference tables',
    sql: 'create publication shop for table plans, countries',
  }),
  nearMiss({
    id: 'unforced-without-definer',
    title: 'no FORCE, on a table that nothing of its owner reads for clients',
    sql: 'alter table teams no force row level security',
  }),
  nearMiss({
    id: 'unreachable-schema',
    title: 'a grant in a schema that clients cannot enter',
    sql: `create schema internal; create table internal.metrics (name text, value int);
      grant select on internal.metrics ${toApp}`,
  }),
  nearMiss({
    id: 'vault-granted-without-policy',
    title: 'service-only: a grant on a table that has row security and no policy shows nothing',
    database: 'vault',
    sql: `grant select on secrets ${toApp}`,
  }),
  nearMiss({
    id: 'reporting-without-row-security',
    title: 'application mode: another table without row security is by design',
    database: 'reporting',
    sql: `create table weekly_tickets (org_id uuid not null, week date not null, opened int not null);
      insert into weekly_tickets select org_id, day, opened from daily_tickets;
      alter table weekly_tickets owner to larkspur_owner; grant select on weekly_tickets to larkspur_reporting`,
  }),
];

/** Look-alikes that leak nothing, of all kinds. */
export const nearMisses = [...nearMissPolicies, ...nearMissRelations, ...privileges];
