import { nearMiss } from './verdicts.ts';

const org = 'org_id = app.current_org()';
const toApp = 'to larkspur_app';

/** Policies that look too wide and are not. */
const policies = [
  nearMiss({
    id: 'for-all-without-check',
    title: 'FOR ALL without WITH CHECK, which repeats USING',
    sql: `drop policy own on customers; create policy own on customers for all using (${org})`,
  }),
  nearMiss({
    id: 'update-without-check',
    title: 'FOR UPDATE without WITH CHECK, which repeats USING',
    sql: `create policy change on teams for update using (${org})`,
  }),
  nearMiss({
    id: 'true-for-service',
    title: 'true, for the service role alone',
    sql: 'create policy jobs on customers to larkspur_service using (true) with check (true)',
  }),
  nearMiss({
    id: 'true-under-floor',
    title: 'true, under a restrictive floor for every command',
    sql: `create policy all_rows on tags using (true); create policy floor on tags as restrictive using (${org})`,
  }),
  nearMiss({
    id: 'check-true-without-privilege',
    title: 'a wide UPDATE policy on a table that no client may update',
    sql: 'create policy change on members for update using (true) with check (true)',
  }),
  nearMiss({
    id: 'anonymous-true-without-privilege',
    title: 'a wide policy for visitors, who may not read the table',
    sql: 'create policy visitors on customers for select to larkspur_anonymous using (true)',
  }),
  nearMiss({
    id: 'not-distinct',
    title: 'IS NOT DISTINCT FROM, where the tenant is never NULL',
    sql: 'alter policy read_own on invoices using (org_id is not distinct from app.current_org())',
  }),
  nearMiss({
    id: 'in-subquery',
    title: 'IN (SELECT …) instead of an equals sign',
    sql: 'alter policy own on sla_policies using (org_id in (select app.current_org()))',
  }),
  nearMiss({
    id: 'text-comparison',
    title: 'the tenant compared as text with the setting itself',
    sql: `alter policy own on members using (org_id::text = coalesce(nullif(current_setting('app.org_id', true), ''),
      nullif(current_setting('request.jwt.claims', true), '')::json ->> 'org_id'))`,
  }),
  nearMiss({
    id: 'constant-and-tenant',
    title: 'true AND the tenant',
    sql: `alter policy own on teams using (true and ${org} and 1 = 1)`,
  }),
  nearMiss({
    id: 'not-null-and-tenant',
    title: 'IS NOT NULL AND the tenant',
    sql: `alter policy own on teams using (app.current_org() is not null and ${org})`,
  }),
  nearMiss({
    id: 'child-check-by-parent',
    title: 'a child’s check leaves the tenant to its parent’s row security',
    sql: `grant insert on invoice_lines ${toApp};
      create policy add on invoice_lines for insert with check (exists (select 1 from invoices i where i.id = invoice_id))`,
  }),
  nearMiss({
    id: 'signed-metadata',
    title: 'a tenant from metadata that only the server writes',
    sql: `create policy by_claim on members for select using (org_id =
      ((nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata') ->> 'org_id')::uuid)`,
  }),
  nearMiss({
    id: 'metadata-for-display',
    title: 'metadata that users edit narrows what they see, and widens nothing',
    sql: `create policy chosen on teams as restrictive for select using (coalesce(
      nullif(current_setting('request.jwt.claims', true), '')::jsonb #>> '{user_metadata,hidden}', '') <> 'yes')`,
  }),
  nearMiss({
    id: 'enabled-reference-table',
    title: 'row security with USING (true) on a reference table',
    sql: 'alter table countries enable row level security; create policy everybody on countries for select using (true)',
  }),
  nearMiss({
    id: 'dead-policy',
    title: 'a policy that lets nobody',
    sql: 'create policy nobody on customers using (false)',
  }),
];

/** Views, functions and tables that look like a way around and lead nowhere. */
const relations = [
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
    tables: { 'public.price_list': { reference: true } },
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
    tables: { 'public.time_zones': { reference: true } },
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
    tables: {
      'public.articles': { shared: 'Help articles that one organization lends to another.' },
      'public.article_shares': { shared: 'Who lends which article to whom.' },
    },
  }),
];

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

export const nearMisses = [...policies, ...relations, ...privileges];
