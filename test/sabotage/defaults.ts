import { bypass, contextlessRead, excess, nearMiss, sabotage, wayAround } from './verdicts.ts';

/** What PostgreSQL grants, searches or assumes when nobody says otherwise, and what owning a container brings. */
export const defaults = [
  sabotage({
    id: 'tenant-default-for-role',
    title: 'one client role has a tenant by default',
    sql: `do $$ begin execute format('alter role larkspur_api in database %I set app.org_id = %L', current_database(),
      (select org_id from organizations where name = 'Juniper Freight')); end $$`,
    turns: [
      contextlessRead('public.customers'),
      contextlessRead('public.tickets'),
      contextlessRead('public.ticket_messages'),
      contextlessRead('public.open_tickets'),
    ],
  }),
  sabotage({
    id: 'database-owner',
    title: 'a client role owns the database, and with it the schema public',
    sql: `do $$ begin execute format('alter database %I owner to larkspur_app', current_database()); end $$`,
    turns: [excess('schema public'), excess('database larkspur_app')],
  }),
  sabotage({
    id: 'definer-of-admitted-role',
    title: 'a definer function of a role that has no BYPASSRLS, and a policy of its own that says true',
    sql: `create role larkspur_jobs; grant usage on schema public to larkspur_jobs;
      grant select on customers to larkspur_jobs; create policy jobs on customers to larkspur_jobs using (true);
      create function app.customer_names() returns setof text language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select name from public.customers';
      grant create on schema app to larkspur_jobs; alter function app.customer_names() owner to larkspur_jobs;
      revoke create on schema app from larkspur_jobs`,
    undo: 'drop role larkspur_jobs',
    turns: [wayAround('app.customer_names()')],
  }),
  sabotage({
    id: 'admin-by-inheritance',
    title: 'the application inherits a role that may hand out the service role, and hands it to itself',
    sql: `create role larkspur_lead;
      grant larkspur_service to larkspur_lead with admin true, inherit false, set false;
      grant larkspur_lead to larkspur_app with inherit true, set false`,
    undo: 'drop role larkspur_lead',
    turns: [bypass('larkspur_app')],
  }),
  sabotage({
    id: 'reads-all-activity',
    title: 'a client role sees the statements of every session, values included',
    sql: 'grant pg_read_all_stats to larkspur_api',
    undo: 'revoke pg_read_all_stats from larkspur_api',
    turns: [excess('larkspur_api')],
  }),
  sabotage({
    id: 'create-on-database',
    title: 'a client may create a schema named like the service role, where that one looks first',
    sql: `do $$ begin execute format('grant create on database %I to larkspur_app', current_database()); end $$`,
    turns: [excess('database larkspur_app')],
  }),
  sabotage({
    id: 'trigger-on-reference',
    title: 'TRIGGER on a reference table, which the service role writes',
    sql: 'grant trigger on plans to larkspur_app',
    turns: [excess('public.plans')],
  }),
  sabotage({
    id: 'temporary-table-before-definer',
    title: 'a definer function names a table without its schema, and temporary tables come before public',
    sql: `create function app.seats(plan text) returns int language plpgsql stable security definer
      set search_path = public as $$ begin return (select p.seats from plans p where p.id = plan); end $$`,
    turns: [wayAround('app.seats(plan text)')],
  }),
  sabotage({
    id: 'temporary-table-before-helper',
    title: 'a policy’s helper reads a table of the caller’s making, if there is one of that name',
    sql: `create function app.in_org(org uuid) returns boolean language plpgsql stable
        as $$ begin return exists (select 1 from organizations where org_id = org); end $$;
      create policy by_helper on invoices for select using (app.in_org(org_id))`,
    turns: [wayAround('app.in_org(org uuid)')],
  }),
  sabotage({
    id: 'dashes-in-a-string',
    title: 'a definer function whose text has a string that looks like a comment',
    sql: `create function app.lines() returns setof text language sql stable security definer
      set search_path = pg_catalog, pg_temp as $$ select ' -- ' || name from public.customers $$`,
    turns: [wayAround('app.lines()')],
  }),
  sabotage({
    id: 'emoji-without-quotes',
    title: 'a definer function reads a table whose name is an emoji and needs no quotes',
    sql: `create table 🗂 (org_id uuid not null, note text); insert into 🗂 select org_id, name from organizations;
      alter table 🗂 owner to larkspur_owner; alter table 🗂 enable row level security;
      alter table 🗂 force row level security; create policy own on 🗂 using (org_id = app.current_org());
      create function app.all_notes() returns setof text language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select note from public.🗂'`,
    turns: [wayAround('app.all_notes()')],
  }),
  nearMiss({
    id: 'definer-with-temp-last',
    title: 'a definer function that looks for temporary tables last',
    sql: `create function app.seats(plan text) returns int language plpgsql stable security definer
      set search_path = public, pg_temp as $$ begin return (select p.seats from plans p where p.id = plan); end $$`,
  }),
  nearMiss({
    id: 'definer-atomic-of-reference',
    title: 'a definer function without a search_path, bound to its table when it was made',
    sql: `create function app.seats(plan text) returns int language sql stable security definer
      begin atomic select p.seats from public.plans p where p.id = plan; end`,
  }),
];
