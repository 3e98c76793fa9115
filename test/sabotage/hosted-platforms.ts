import { foreignRead, nearMiss, openToRead, sabotage } from './verdicts.ts';

const org = 'org_id = app.current_org()';
const owned = (table: string) =>
  `alter table ${table} owner to larkspur_owner; alter table ${table} enable row level security;
  alter table ${table} force row level security;`;

/** What people build on hosted platforms: memberships behind helpers, buckets, groups of companies. */
export const hostedPlatforms = [
  sabotage({
    id: 'deny-list',
    title: 'whoever is not on a list of the blocked may read',
    sql: `create table article_blocks (org_id uuid not null, article_id bigint not null); ${owned('article_blocks')}
      create policy own on article_blocks using (${org}); grant select on article_blocks to larkspur_app;
      create policy unless_blocked on articles for select to larkspur_app
        using (not exists (select 1 from article_blocks b where b.article_id = articles.id))`,
    turns: openToRead('public.articles'),
  }),
  sabotage({
    id: 'house-tenant',
    title: 'one tenant, the house’s own, reads everybody’s',
    sql: `create policy house on customers for select
      using (app.current_org() = 'a93e7b14-6f0d-4c88-8e25-d7c15b40fa03')`,
    turns: [foreignRead('public.customers')],
  }),
  sabotage({
    id: 'paying-tenant',
    title: 'whoever is on the largest plan reads everybody’s',
    sql: `create policy scale on invoices for select using (exists (
      select 1 from organizations o where o.org_id = app.current_org() and o.plan = 'scale'))`,
    turns: [foreignRead('public.invoices')],
  }),
  sabotage({
    id: 'helper-opens-some-parents',
    title: 'a definer helper opens the messages of some tickets, whoever asks',
    sql: `create function app.is_urgent(ticket bigint) returns boolean language sql stable security definer
        set search_path = pg_catalog, pg_temp as $$ select priority = 'urgent' from public.tickets where id = ticket $$;
      create policy urgent on ticket_messages for select using (app.is_urgent(ticket_id))`,
    turns: openToRead('public.ticket_messages'),
  }),
  nearMiss({
    id: 'membership-helper',
    title: 'a definer helper looks for the caller in a table of memberships',
    sql: `create table seats (org_id uuid not null, login text not null);
      insert into seats select org_id, 'nobody' from organizations; ${owned('seats')}
      create policy own on seats using (${org});
      create function app.is_member(org uuid) returns boolean language sql stable security definer set search_path = ''
        as $$ select exists (select 1 from public.seats s where s.org_id = org and s.login = session_user) $$;
      create policy by_seat on customers for select using (app.is_member(org_id))`,
  }),
  nearMiss({
    id: 'objects-in-buckets',
    title: 'files belong to a bucket, and the bucket is named after its tenant',
    sql: `create schema storage;
      create table storage.buckets (id text primary key, org_id uuid not null references organizations);
      create table storage.objects (id bigint generated always as identity primary key,
        bucket_id text not null references storage.buckets, name text not null);
      insert into storage.buckets select 'org-' || org_id, org_id from organizations;
      insert into storage.objects (bucket_id, name) select id, 'logo.png' from storage.buckets;
      ${owned('storage.buckets')} ${owned('storage.objects')}
      create policy own on storage.buckets using (${org});
      create policy own on storage.objects using (bucket_id = 'org-' || app.current_org());
      grant usage on schema storage to larkspur_app; grant select on storage.buckets to larkspur_app;
      grant select, insert, delete on storage.objects to larkspur_app`,
  }),
  nearMiss({
    id: 'group-of-companies',
    title: 'a parent company reads the invoices of its subsidiaries, declared',
    sql: `alter table organizations add parent_org uuid references organizations;
      update organizations set parent_org = (select org_id from organizations where name = 'Fernbrook Clinic')
        where name = 'Harbour Lane Bakery';
      create function app.in_group(org uuid) returns boolean language sql stable security definer
        set search_path = pg_catalog, pg_temp as $$ select exists (
          select 1 from public.organizations o where o.org_id = org and o.parent_org = app.current_org()) $$;
      create policy subsidiaries on invoices for select using (app.in_group(org_id))`,
    expect: { tables: { 'public.invoices': { shared: 'A parent company reads the invoices of its subsidiaries.' } } },
  }),
  nearMiss({
    id: 'policy-asks-a-reference-table',
    title: 'a policy asks a reference table that no client may write',
    sql: `create table support_staff (login text primary key);
      grant select on support_staff to larkspur_app, larkspur_api; grant insert on support_staff to larkspur_service;
      create policy support on customers for select
        using (exists (select 1 from support_staff s where s.login = current_user))`,
    expect: { tables: { 'public.support_staff': { reference: true } } },
  }),
];
