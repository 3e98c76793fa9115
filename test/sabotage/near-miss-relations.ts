import { nearMiss } from './verdicts.ts';

const org = 'org_id = app.current_org()';
const toApp = 'to larkspur_app';

/** Views, functions and tables that look like a way around and lead nowhere. */
export const nearMissRelations = [
  nearMiss({
    id: 'invoker-view',
    title: 'an invoker view of the superuser',
    sql: `create view customer_list with (security_invoker = true) as select * from customers;
      grant select on customer_list ${toApp}`,
  }),
  nearMiss({
    id: 'definer-over-invoker',
    title: 'a definer view over an invoker view, which still asks as the caller',
    sql: `create view ticket_board as select * from open_tickets; grant select on ticket_board ${toApp}`,
  }),
  nearMiss({
    id: 'definer-view-forced-owner',
    title: 'a definer view whose owner is filtered too',
    sql: `set role larkspur_owner; create view customer_list as select * from customers;
      grant select on customer_list ${toApp}`,
  }),
  nearMiss({
    id: 'definer-view-forced-owner-writable',
    title: 'a writable definer view whose owner is filtered too',
    sql: `set role larkspur_owner; create view customer_list as select * from customers with check option;
      grant select, insert, update, delete on customer_list ${toApp}`,
  }),
  nearMiss({
    id: 'definer-function-forced-owner',
    title: 'a definer function whose owner is filtered too',
    sql: `set role larkspur_owner;
      create function app.customer_count() returns bigint language sql stable security definer
      set search_path = pg_catalog, public as 'select count(*) from public.customers'`,
  }),
  nearMiss({
    id: 'definer-view-of-reference',
    title: 'a definer view of reference tables',
    sql: `create view price_list as select id, price_cents from plans; grant select on price_list ${toApp}`,
    expect: { tables: { 'public.price_list': { reference: true } } },
  }),
  nearMiss({
    id: 'definer-function-of-reference',
    title: 'a definer function of the superuser that reads a reference table',
    sql: `create function app.price_of(plan text) returns int language sql stable security definer
      set search_path = pg_catalog, public as 'select price_cents from public.plans where id = plan'`,
  }),
  nearMiss({
    id: 'definer-function-revoked',
    title: 'a leaking definer function that no client may call',
    sql: `create function app.night_job() returns setof customers language sql security definer
        set search_path = pg_catalog, public as 'select * from public.customers';
      revoke execute on function app.night_job() from public; grant execute on function app.night_job() to larkspur_service`,
  }),
  nearMiss({
    id: 'definer-function-of-caller',
    title: 'a definer helper that answers for the caller’s own tenant only',
    sql: `create function app.has_customer(address text) returns boolean language sql stable security definer
      set search_path = pg_catalog
      as 'select exists (select 1 from public.customers where email = address and org_id = app.current_org())'`,
    expect: { functions: { 'app.has_customer': 'Tells the caller about customers of its own organization only.' } },
  }),
  nearMiss({
    id: 'view-of-filtered-owner',
    title: 'an invoker view became a definer view of an owner who is filtered too',
    sql: 'alter view open_tickets reset (security_invoker)',
  }),
  nearMiss({
    id: 'definer-trigger-function',
    title: 'a definer trigger function that writes the audit log; nobody can call it',
    sql: `create function app.note_change() returns trigger language plpgsql security definer
        set search_path = pg_catalog, public as $$ begin
          insert into public.audit_log (org_id, actor, action) values (new.org_id, session_user, tg_table_name);
          return new; end $$;
      create trigger note_change after insert on customers for each row execute function app.note_change()`,
  }),
  nearMiss({
    id: 'invoker-function',
    title: 'a function that runs with the caller’s rights returns every row the caller may see',
    sql: `create function app.my_customers() returns setof customers language sql stable as 'select * from public.customers'`,
  }),
  nearMiss({
    id: 'self-filtering-definer-view',
    title: 'a definer view that filters by the tenant itself',
    sql: `create view my_tickets with (security_barrier = true) as select id, org_id, subject from tickets where ${org};
      grant select on my_tickets ${toApp}`,
  }),
  nearMiss({
    id: 'ungranted-definer-view',
    title: 'a definer view that no client may read',
    sql: 'create view every_ticket as select * from tickets; grant select on every_ticket to larkspur_service',
  }),
  nearMiss({
    id: 'blocked-invoker-chain',
    title: 'an invoker view over a definer view that is not granted',
    sql: `create view every_invoice as select * from invoices;
      create view invoice_list with (security_invoker = true) as select * from every_invoice;
      grant select on invoice_list ${toApp}`,
  }),
  nearMiss({
    id: 'no-policy-at-all',
    title: 'row security without any policy, granted: default deny',
    sql: `create table drafts (org_id uuid not null, body text); insert into drafts select org_id, name from organizations;
      alter table drafts owner to larkspur_owner; alter table drafts enable row level security;
      grant select, insert on drafts ${toApp}`,
  }),
  nearMiss({
    id: 'unreached-partition',
    title: 'a new partition without row security of its own; clients reach it only through its parent',
    sql: `create table ticket_events_2027_12 partition of ticket_events
        for values from ('2027-12-01') to ('2028-01-01');
      alter table ticket_events_2027_12 owner to larkspur_owner`,
  }),
  nearMiss({
    id: 'granted-partition-denies',
    title: 'a protected partition granted directly: it has no policy, so it shows nothing',
    sql: `grant select, insert on ticket_events_2026_10 ${toApp}`,
  }),
  nearMiss({
    id: 'granted-partition-with-policy',
    title: 'a partition granted directly, with the parent’s policy',
    sql: `grant select on ticket_events_2026_10 ${toApp}; create policy own on ticket_events_2026_10 using (${org})`,
  }),
  nearMiss({
    id: 'new-reference-table',
    title: 'a reference table without row security, declared',
    sql: `create table time_zones (name text primary key); insert into time_zones values ('Europe/Dublin');
      grant select on time_zones ${toApp}, larkspur_anonymous`,
    expect: { tables: { 'public.time_zones': { reference: true } } },
  }),
  nearMiss({
    id: 'declared-share',
    title: 'rows shared by a table of shares, declared',
    sql: `create table article_shares (article_id bigint not null references articles, shared_with uuid not null);
      insert into article_shares select a.id, o.org_id from articles a, organizations o where a.title = 'Returns';
      alter table article_shares owner to larkspur_owner;
      alter table article_shares enable row level security; alter table article_shares force row level security;
      create policy received on article_shares for select using (shared_with = app.current_org());
      create policy lent on articles for select ${toApp} using (exists (
        select 1 from article_shares s where s.article_id = articles.id and s.shared_with = app.current_org()));
      grant select on article_shares ${toApp}`,
    expect: {
      tables: {
        'public.articles': { shared: 'Help articles that one organization lends to another.' },
        'public.article_shares': { shared: 'Who lends which article to whom.' },
      },
    },
  }),
];
