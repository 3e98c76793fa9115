import { bypass, contextlessRead, excess, sabotage } from './verdicts.ts';

/** What holds when nobody says otherwise, and what owning a container or inheriting a right brings. */
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
];
