import { functionsAndPaths } from './functions-and-paths.ts';
import { foreignWrite, openToRead, sabotage, unprotected, wayAround } from './verdicts.ts';
import { waysByFunction } from './ways-by-function.ts';

const toApp = 'to larkspur_app';

/** Relations that show rows which their tables' row security would hide. */
const relations = [
  sabotage({
    id: 'definer-view',
    title: 'a view of an owner whom row security does not bind',
    sql: `create view every_ticket as select * from tickets; grant select on every_ticket ${toApp}`,
    turns: [wayAround('public.every_ticket'), ...openToRead('public.every_ticket')],
  }),
  sabotage({
    id: 'definer-view-unforced-owner',
    title: 'a view of the tables’ owner, over a table without FORCE',
    sql: `alter table customers no force row level security; set role larkspur_owner;
      create view customer_book as select * from customers; grant select on customer_book to larkspur_api`,
    turns: [wayAround('public.customer_book'), ...openToRead('public.customer_book')],
  }),
  sabotage({
    id: 'definer-view-renamed-tenant',
    title: 'a definer view that leaves the tenant column out',
    sql: `create view newest as select subject, opened_at from tickets; grant select on newest ${toApp}`,
    turns: [wayAround('public.newest')],
  }),
  sabotage({
    id: 'view-on-view',
    title: 'a view of the filtered owner over a view of an owner who is not',
    sql: `create view every_ticket as select * from tickets; grant select on every_ticket to larkspur_owner;
      set role larkspur_owner; create view ticket_board as select * from every_ticket; grant select on ticket_board ${toApp}`,
    turns: [wayAround('public.ticket_board'), ...openToRead('public.ticket_board')],
  }),
  sabotage({
    id: 'invoker-over-definer',
    title: 'an invoker view over a definer view, both granted',
    sql: `create view every_invoice as select * from invoices;
      create view invoice_list with (security_invoker = true) as select * from every_invoice;
      grant select on every_invoice, invoice_list ${toApp}`,
    turns: [
      wayAround('public.every_invoice'),
      wayAround('public.invoice_list'),
      ...openToRead('public.every_invoice'),
      ...openToRead('public.invoice_list'),
    ],
  }),
  sabotage({
    id: 'materialized-view',
    title: 'the statistics of all tenants are granted',
    sql: `grant select on ticket_stats ${toApp}`,
    turns: [wayAround('public.ticket_stats'), ...openToRead('public.ticket_stats')],
  }),
  sabotage({
    id: 'materialized-view-column',
    title: 'one column of the statistics is granted',
    sql: `grant select (org_id) on ticket_stats to larkspur_api`,
    turns: [wayAround('public.ticket_stats'), ...openToRead('public.ticket_stats')],
  }),
  sabotage({
    id: 'definer-view-as-write-path',
    title: 'a view that clients cannot read and may write through',
    sql: `create view inbox as select * from tickets; grant insert, update, delete on inbox ${toApp}`,
    turns: [wayAround('public.inbox'), foreignWrite('public.inbox')],
  }),
  sabotage({
    id: 'view-with-half-a-filter',
    title: 'a definer view filters the tenant in one branch of a union',
    sql: `create view activity as select org_id, subject as line from tickets where org_id = app.current_org()
        union all select org_id, action from audit_log;
      grant select on activity ${toApp}`,
    turns: [wayAround('public.activity'), ...openToRead('public.activity')],
  }),
  sabotage({
    id: 'foreign-table',
    title: 'a foreign table, which cannot have row security',
    sql: `create extension postgres_fdw;
      create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '1', dbname 'none');
      create user mapping for public server elsewhere options (user 'reader', password 'none');
      create foreign table far_tickets (org_id uuid not null, subject text) server elsewhere;
      grant select on far_tickets ${toApp}`,
    turns: [
      wayAround('public.far_tickets'),
      { check: 'no-cross-tenant-read', subject: 'public.far_tickets', outcome: 'inconclusive' },
      { check: 'no-read-without-tenant', subject: 'public.far_tickets', outcome: 'inconclusive' },
    ],
  }),
  sabotage({
    id: 'write-through-rule',
    title: 'a rule copies each new row into a table that all may read',
    sql: `create table tag_log (org_id uuid not null, label text);
      insert into tag_log select org_id, label from tags;
      create rule copy_tag as on insert to tags do also insert into tag_log values (new.org_id, new.label);
      grant select on tag_log ${toApp}`,
    turns: [unprotected('public.tag_log'), ...openToRead('public.tag_log')],
  }),
  sabotage({
    id: 'view-changes-hands',
    title: 'an invoker view became a definer view of the service role',
    sql: 'alter view open_tickets reset (security_invoker); alter view open_tickets owner to larkspur_service',
    turns: [wayAround('public.open_tickets'), ...openToRead('public.open_tickets')],
  }),
  sabotage({
    id: 'filter-or-true',
    title: 'a definer view names the tenant in a condition that is always true',
    sql: `create view recent as select id, org_id, subject from tickets
        where org_id = app.current_org() or opened_at > '2020-01-01';
      grant select on recent ${toApp}`,
    turns: [wayAround('public.recent'), ...openToRead('public.recent')],
  }),
  sabotage({
    id: 'instead-of-trigger',
    title: 'an invoker view writes through a definer trigger, for whichever tenant it is told',
    sql: `create view ticket_form with (security_invoker = true) as select org_id, subject, customer_id from tickets;
      create function app.file_ticket() returns trigger language plpgsql security definer
        set search_path = pg_catalog, public as $$ begin
          insert into public.tickets (org_id, subject, customer_id) values (new.org_id, new.subject, new.customer_id);
          return new; end $$;
      create trigger file_ticket instead of insert on ticket_form for each row execute function app.file_ticket();
      grant insert on ticket_form ${toApp}`,
    turns: [wayAround('public.ticket_form'), foreignWrite('public.ticket_form')],
  }),
];

/** Everything that leads past the policies of a table. */
export const waysAround = [...relations, ...waysByFunction, ...functionsAndPaths];
