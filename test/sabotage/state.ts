import {
  bypass,
  contextlessRead,
  foreignWrite,
  openToRead,
  sabotage,
  undeclared,
  unprotected,
  wayAround,
  wideOpen,
} from './verdicts.ts';

const notes =
  'create table notes (org_id uuid not null, body text); insert into notes select org_id, name from organizations; alter table notes owner to larkspur_owner;';

/** Row security that was never switched on, is switched off, or does not hold for the one who asks. */
export const state = [
  sabotage({
    id: 'never-enabled',
    title: 'a new table forgot row security',
    sql: `${notes} grant select on notes to larkspur_app`,
    turns: [unprotected('public.notes'), ...openToRead('public.notes')],
  }),
  sabotage({
    id: 'policies-but-disabled',
    title: 'policies are there and row security is off',
    sql: 'alter table customers disable row level security',
    turns: [unprotected('public.customers'), ...wideOpen('public.customers')],
  }),
  sabotage({
    id: 'disabled-under-a-view',
    title: 'row security is off under an invoker view',
    sql: 'alter table tickets disable row level security',
    turns: [unprotected('public.tickets'), ...wideOpen('public.tickets'), ...openToRead('public.open_tickets')],
  }),
  sabotage({
    id: 'policy-without-enabling',
    title: 'a new table has the right policy and nobody enabled it',
    sql: `${notes} grant select, insert on notes to larkspur_app;
      create policy own on notes using (org_id = app.current_org())`,
    turns: [unprotected('public.notes'), ...wideOpen('public.notes')],
  }),
  sabotage({
    id: 'disabled-for-nobody',
    title: 'a table that no client may read lost its row security',
    sql: 'alter table sso_connections disable row level security',
    turns: [unprotected('public.sso_connections')],
  }),
  sabotage({
    id: 'child-disabled',
    title: 'a child table, two foreign keys away from its tenant, lost its row security',
    sql: 'alter table attachments disable row level security',
    turns: [unprotected('public.attachments'), ...wideOpen('public.attachments')],
  }),
  sabotage({
    id: 'partitioned-parent-disabled',
    title: 'the partitioned parent lost its row security; its partitions kept theirs',
    sql: 'alter table ticket_events disable row level security',
    turns: [unprotected('public.ticket_events'), ...wideOpen('public.ticket_events')],
  }),
  sabotage({
    id: 'partition-granted',
    title: 'one partition is unprotected and granted directly',
    sql: `alter table ticket_events_2026_10 disable row level security;
      grant select on ticket_events_2026_10 to larkspur_app`,
    turns: [unprotected('public.ticket_events_2026_10'), ...openToRead('public.ticket_events_2026_10')],
  }),
  sabotage({
    id: 'partition-detached',
    title: 'a detached partition stays behind, granted and unprotected',
    sql: `alter table ticket_events detach partition ticket_events_2026_09;
      alter table ticket_events_2026_09 disable row level security;
      grant select on ticket_events_2026_09 to larkspur_api`,
    turns: [unprotected('public.ticket_events_2026_09'), ...openToRead('public.ticket_events_2026_09')],
  }),
  sabotage({
    id: 'inheritance-parent',
    title: 'an unprotected inheritance parent reads through to its protected child',
    sql: `create table people (org_id uuid not null, name text);
      create table visitors () inherits (people);
      insert into visitors select org_id, name from organizations;
      alter table people owner to larkspur_owner; alter table visitors owner to larkspur_owner;
      alter table visitors enable row level security; alter table visitors force row level security;
      create policy own on visitors using (org_id = app.current_org());
      grant select on people, visitors to larkspur_app`,
    turns: [unprotected('public.people'), ...openToRead('public.people')],
  }),
  sabotage({
    id: 'client-owns-table',
    title: 'a client role owns a table and may switch its row security off, forced or not',
    sql: 'alter table teams owner to larkspur_app',
    turns: [bypass('larkspur_app')],
  }),
  sabotage({
    id: 'client-owns-unforced-table',
    title: 'the application connects as the owner of a table without FORCE',
    sql: 'alter table teams owner to larkspur_app; alter table teams no force row level security',
    turns: [unprotected('public.teams'), bypass('larkspur_app'), ...wideOpen('public.teams')],
  }),
  sabotage({
    id: 'unforced-under-definer',
    title: 'FORCE was taken from a table that a definer function of its owner reads',
    sql: 'alter table tickets no force row level security',
    turns: [wayAround('app.open_ticket_count()')],
  }),
  sabotage({
    id: 'copy-for-debugging',
    title: 'somebody kept a copy of a table and granted it',
    sql: 'create table customers_copy as select * from customers; grant select on customers_copy to larkspur_app',
    turns: [unprotected('public.customers_copy'), ...openToRead('public.customers_copy')],
  }),
  sabotage({
    id: 'write-only-grant',
    title: 'an unprotected table that clients may only insert into',
    sql: `${notes} grant insert on notes to larkspur_app`,
    turns: [unprotected('public.notes'), foreignWrite('public.notes')],
  }),
  sabotage({
    id: 'column-grant',
    title: 'an unprotected table of which clients may read one column',
    sql: 'alter table sso_connections disable row level security; grant select (issuer) on sso_connections to larkspur_app',
    turns: [unprotected('public.sso_connections'), ...openToRead('public.sso_connections')],
  }),
  sabotage({
    id: 'granted-to-everybody',
    title: 'an unprotected table is granted to PUBLIC',
    sql: `${notes} grant select on notes to public`,
    turns: [unprotected('public.notes'), ...openToRead('public.notes')],
  }),
  sabotage({
    id: 'undeclared-table',
    title: 'a table that neither a column nor the manifest places',
    sql: 'create table scratch (data jsonb); grant insert on scratch to larkspur_app',
    turns: [undeclared('public.scratch')],
  }),
  sabotage({
    id: 'derived-child-unprotected',
    title: 'a child table that only its foreign key places has no row security',
    sql: `create table ticket_watchers (ticket_id bigint not null references tickets on delete cascade, email text);
      insert into ticket_watchers select id, 'watcher@mail.example' from tickets;
      alter table ticket_watchers owner to larkspur_owner; grant select on ticket_watchers to larkspur_app`,
    turns: [unprotected('public.ticket_watchers'), ...openToRead('public.ticket_watchers')],
  }),
  sabotage({
    id: 'declared-child-unprotected',
    title: 'a declared child table without a tenant column has no row security',
    sql: `create table ticket_watchers (ticket_id bigint not null references tickets, email text);
      insert into ticket_watchers select id, 'watcher@mail.example' from tickets;
      alter table ticket_watchers owner to larkspur_owner; grant select on ticket_watchers to larkspur_app`,
    expect: { tables: { 'public.ticket_watchers': { via: 'ticket_id -> public.tickets.id' } } },
    turns: [unprotected('public.ticket_watchers'), ...openToRead('public.ticket_watchers')],
  }),
  sabotage({
    id: 'tenant-default-for-all',
    title: 'the database sets a tenant for every session that names none',
    sql: `do $$ begin execute format('alter database %I set app.org_id = %L', current_database(),
      (select org_id from organizations where name = 'Fernbrook Clinic')); end $$`,
    turns: [contextlessRead('*'), foreignWrite('*')],
  }),
];
