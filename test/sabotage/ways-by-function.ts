import { excess, openToRead, sabotage, unprotected, wayAround } from './verdicts.ts';

const toApp = 'to larkspur_app';

/** Functions that run as somebody whom row security does not bind. */
export const waysByFunction = [
  sabotage({
    id: 'definer-function',
    title: 'a definer function returns every customer',
    sql: `create function app.every_customer() returns setof customers language sql stable security definer
      set search_path = pg_catalog, public as 'select * from public.customers'`,
    turns: [wayAround('app.every_customer()')],
  }),
  sabotage({
    id: 'definer-function-by-id',
    title: 'a definer function takes the organization as an argument and believes it',
    sql: `create function app.tickets_of(org uuid) returns setof tickets language sql stable security definer
      set search_path = pg_catalog, public as 'select * from public.tickets where org_id = org'`,
    turns: [wayAround('app.tickets_of(org uuid)')],
  }),
  sabotage({
    id: 'definer-function-default',
    title: 'the organization is an argument that merely defaults to the caller’s own',
    sql: `create function app.invoices_of(org uuid default app.current_org()) returns setof invoices language sql stable
      security definer set search_path = pg_catalog as 'select * from public.invoices where org_id = org'`,
    turns: [wayAround('app.invoices_of(org uuid)')],
  }),
  sabotage({
    id: 'definer-function-dynamic',
    title: 'a definer function runs the SQL it is given',
    sql: `create function app.run(query text) returns setof record language plpgsql security definer
      set search_path = pg_catalog, public as $$ begin return query execute query; end $$`,
    turns: [wayAround('app.run(query text)')],
  }),
  sabotage({
    id: 'definer-function-of-service',
    title: 'a definer function of the service role, granted to the application alone',
    sql: `create function app.invoice_totals() returns table (org_id uuid, cents bigint) language sql stable
      security definer set search_path = pg_catalog, public
      as 'select org_id, sum(total_cents) from public.invoices group by 1';
      alter function app.invoice_totals() owner to larkspur_service;
      revoke execute on function app.invoice_totals() from public;
      grant execute on function app.invoice_totals() ${toApp}`,
    turns: [wayAround('app.invoice_totals()')],
  }),
  sabotage({
    id: 'definer-procedure',
    title: 'a definer procedure deletes by id',
    sql: `create procedure app.purge(ticket bigint) language sql security definer
      set search_path = pg_catalog, public as 'delete from public.tickets where id = ticket'`,
    turns: [wayAround('app.purge(IN ticket bigint)')],
  }),
  sabotage({
    id: 'definer-function-nested',
    title: 'a harmless-looking function calls the definer function that leaks',
    sql: `create function app.hidden_customers() returns setof customers language sql stable security definer
        set search_path = pg_catalog, public as 'select * from public.customers';
      revoke execute on function app.hidden_customers() from public;
      create function app.customer_names() returns setof text language sql stable security definer
        set search_path = pg_catalog, public as 'select name from app.hidden_customers()'`,
    turns: [wayAround('app.customer_names()')],
  }),
  sabotage({
    id: 'mutable-search-path',
    title: 'a definer function finds its tables by the caller’s search_path, and clients may create in a schema',
    sql: `create function app.seats() returns bigint language plpgsql stable security definer
        as $$ begin return (select count(*) from plans); end $$;
      grant create on schema public ${toApp}`,
    turns: [wayAround('app.seats()'), excess('schema public')],
  }),
  sabotage({
    id: 'leakproof-by-hand',
    title: 'a home-made function is declared leakproof and so runs before the policies',
    sql: `create function app.peek(value text) returns boolean language plpgsql leakproof cost 0.1
      as $$ begin raise notice '%', value; return true; end $$`,
    turns: [wayAround('app.peek(value text)')],
  }),
  sabotage({
    id: 'large-object',
    title: 'a large object is readable by everybody',
    sql: `select lo_from_bytea(424242, 'scan of a contract'); grant select on large object 424242 to public`,
    turns: [wayAround('large object 424242')],
  }),
  sabotage({
    id: 'loopback-server',
    title: 'clients may use a foreign server that logs in to this one as somebody else',
    sql: `create extension postgres_fdw;
      create server loopback foreign data wrapper postgres_fdw options (host '127.0.0.1', dbname 'larkspur_app');
      create user mapping for public server loopback options (user 'larkspur_service', password 'secret');
      grant usage on foreign server loopback ${toApp}`,
    turns: [wayAround('server loopback')],
  }),
  sabotage({
    id: 'dblink',
    title: 'dblink is installed with a function that connects as the server itself',
    sql: `create extension dblink; grant execute on function dblink_connect_u(text) ${toApp}`,
    turns: [wayAround('public.dblink_connect_u(text)')],
  }),
  sabotage({
    id: 'vault-definer-function',
    title: 'a function hands out what only the service role may read',
    database: 'vault',
    sql: `create function reveal(what text) returns text language sql stable security definer
      set search_path = pg_catalog, public as 'select sealed from public.secrets where name = what limit 1'`,
    turns: [wayAround('public.reveal(what text)')],
  }),
  sabotage({
    id: 'vault-unprotected',
    title: 'a service-only table lost its row security',
    database: 'vault',
    sql: 'alter table data_keys disable row level security',
    turns: [unprotected('public.data_keys')],
  }),
  sabotage({
    id: 'vault-opened',
    title: 'a service-only table got a policy and a grant for the application',
    database: 'vault',
    sql: `create policy all_rows on secrets for select ${toApp} using (true); grant select on secrets ${toApp}`,
    turns: [unprotected('public.secrets'), ...openToRead('public.secrets')],
  }),
];
