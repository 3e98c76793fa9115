import {
  bypass,
  contextlessRead,
  excess,
  foreignWrite,
  namelessRow,
  openToRead,
  sabotage,
  wayAround,
} from './verdicts.ts';

/** Roles that step, or could step, over row security. They reach beyond one database, so each undoes itself. */
const roles = [
  sabotage({
    id: 'member-of-service',
    title: 'the application may become the service role',
    sql: 'grant larkspur_service to larkspur_app',
    undo: 'revoke larkspur_service from larkspur_app',
    turns: [bypass('larkspur_app'), wayAround('public.ticket_stats'), ...openToRead('public.ticket_stats')],
  }),
  sabotage({
    id: 'member-without-inheriting',
    title: 'the gateway does not inherit from the service role and may SET ROLE to it',
    sql: 'grant larkspur_service to larkspur_api with inherit false, set true',
    undo: 'revoke larkspur_service from larkspur_api',
    turns: [bypass('larkspur_api')],
  }),
  sabotage({
    id: 'member-by-way-of-another',
    title: 'the way to the service role leads through a harmless role',
    sql: `create role larkspur_support; grant larkspur_service to larkspur_support;
      grant larkspur_support to larkspur_app with inherit false, set true`,
    undo: 'drop role larkspur_support',
    turns: [bypass('larkspur_app'), wayAround('public.ticket_stats'), ...openToRead('public.ticket_stats')],
  }),
  sabotage({
    id: 'member-with-admin',
    title: 'neither inherits nor sets, and may grant itself both',
    sql: 'grant larkspur_service to larkspur_app with admin true, inherit false, set false',
    undo: 'revoke larkspur_service from larkspur_app',
    turns: [bypass('larkspur_app')],
  }),
  sabotage({
    id: 'member-of-owner',
    title: 'the application may become the owner of the tables, who may switch row security off',
    sql: 'grant larkspur_owner to larkspur_app with inherit false, set true',
    undo: 'revoke larkspur_owner from larkspur_app',
    turns: [bypass('larkspur_app')],
  }),
  sabotage({
    id: 'inherits-from-owner',
    title: 'the application inherits the owner’s rights and cannot even SET ROLE to it',
    sql: 'grant larkspur_owner to larkspur_anonymous with inherit true, set false',
    undo: 'revoke larkspur_owner from larkspur_anonymous',
    turns: [bypass('larkspur_anonymous')],
  }),
  sabotage({
    id: 'client-bypassrls',
    title: 'a client role has BYPASSRLS',
    sql: 'alter role larkspur_anonymous bypassrls',
    undo: 'alter role larkspur_anonymous nobypassrls',
    turns: [bypass('larkspur_anonymous'), contextlessRead('public.articles')],
  }),
  sabotage({
    id: 'client-replication',
    title: 'a client role may stream the whole server',
    sql: 'alter role larkspur_api replication',
    undo: 'alter role larkspur_api noreplication',
    turns: [bypass('larkspur_api')],
  }),
  sabotage({
    id: 'reads-server-files',
    title: 'a client role may read the server’s files, tables included',
    sql: 'grant pg_read_server_files to larkspur_api',
    undo: 'revoke pg_read_server_files from larkspur_api',
    turns: [bypass('larkspur_api')],
  }),
  sabotage({
    id: 'runs-programs',
    title: 'a client role may run programs on the server',
    sql: 'grant pg_execute_server_program to larkspur_api with inherit false, set true',
    undo: 'revoke pg_execute_server_program from larkspur_api',
    turns: [bypass('larkspur_api')],
  }),
  sabotage({
    id: 'inherited-policy',
    title: 'a policy for a role that the client inherits',
    sql: `create role larkspur_support; grant larkspur_support to larkspur_app;
      create policy support on customers for select to larkspur_support using (true)`,
    undo: 'drop role larkspur_support',
    turns: openToRead('public.customers'),
  }),
];

/** Rights that nobody needs and that row security does not limit. */
const rights = [
  sabotage({
    id: 'truncate',
    title: 'TRUNCATE, which row security does not filter',
    sql: 'grant truncate on tickets to larkspur_app',
    turns: [excess('public.tickets')],
  }),
  sabotage({
    id: 'truncate-by-public',
    title: 'TRUNCATE for PUBLIC',
    sql: 'grant truncate on teams to public',
    turns: [excess('public.teams')],
  }),
  sabotage({
    id: 'grant-all',
    title: 'GRANT ALL, which brings TRUNCATE, TRIGGER and REFERENCES',
    sql: 'grant all on tags to larkspur_app',
    turns: [excess('public.tags')],
  }),
  sabotage({
    id: 'trigger',
    title: 'TRIGGER, which runs code as whoever writes next',
    sql: 'grant trigger on invoices to larkspur_app',
    turns: [excess('public.invoices')],
  }),
  sabotage({
    id: 'create-in-schema',
    title: 'a client may create objects in the schema of the tables',
    sql: 'grant create on schema public to larkspur_api',
    turns: [excess('schema public')],
  }),
  sabotage({
    id: 'default-privileges-anonymous',
    title: 'each future table will be readable by visitors',
    sql: 'alter default privileges for role larkspur_owner in schema public grant select on tables to larkspur_anonymous',
    turns: [excess('default privileges of larkspur_owner in public')],
  }),
  sabotage({
    id: 'default-privileges-public',
    title: 'each future table will be writable by PUBLIC',
    sql: 'alter default privileges for role larkspur_owner grant select, insert on tables to public',
    turns: [excess('default privileges of larkspur_owner')],
  }),
  sabotage({
    id: 'publication-of-everything',
    title: 'a publication carries every table, whoever subscribes',
    sql: 'create publication everything for all tables',
    turns: [excess('publication everything')],
  }),
  sabotage({
    id: 'publication-of-schema',
    title: 'a publication carries every table of the schema',
    sql: 'create publication tenants for tables in schema public',
    turns: [excess('publication tenants')],
  }),
  sabotage({
    id: 'anonymous-may-write',
    title: 'visitors may insert into a table whose policy lets anybody',
    sql: `create policy anybody on satisfaction_surveys for insert to larkspur_anonymous with check (true);
      grant insert on tags to larkspur_anonymous;
      create policy anybody on tags for insert to larkspur_anonymous with check (true)`,
    turns: [foreignWrite('public.tags')],
  }),
];

/** Rows that belong to nobody. */
const rows = [
  sabotage({
    id: 'nullable-tenant',
    title: 'the tenant column takes NULL, and one row took it',
    sql: `alter table audit_log alter org_id drop not null;
      insert into audit_log (org_id, actor, action) values (null, 'system', 'restarted')`,
    turns: [namelessRow('public.audit_log')],
  }),
  sabotage({
    id: 'orphan-child',
    title: 'a child row has no parent',
    sql: `alter table attachments alter message_id drop not null;
      insert into attachments (message_id, file_name, bytes, storage_key) values (null, 'lost.png', 1, 'uploads/lost')`,
    turns: [namelessRow('public.attachments')],
  }),
  sabotage({
    id: 'reporting-nameless-row',
    title: 'figures of nobody, where the application alone keeps tenants apart',
    database: 'reporting',
    sql: `alter table agent_days alter org_id drop not null;
      insert into agent_days (day, agent, replies) values ('2026-10-01', 'nobody', 0)`,
    turns: [namelessRow('public.agent_days')],
  }),
];

export const privileges = [...roles, ...rights, ...rows];
