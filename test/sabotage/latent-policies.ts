import {
  contextlessRead,
  excess,
  foreignRead,
  foreignWrite,
  nearMiss,
  openToRead,
  sabotage,
  wayAround,
} from './verdicts.ts';

/** Settings and memberships that are easy to overlook. */
const rights = [
  sabotage({
    id: 'large-objects-for-all',
    title: 'a setting for old clients lets everybody read every large object',
    sql: `do $$ begin execute format('alter database %I set lo_compat_privileges = on', current_database()); end $$`,
    turns: ['larkspur_app', 'larkspur_api', 'larkspur_anonymous'].map(excess),
  }),
];

const org = 'org_id = app.current_org()';
const claims = `nullif(current_setting('request.jwt.claims', true), '')::jsonb`;
const forged = (id: string, title: string, condition: string) =>
  sabotage({
    id: `forged-${id}`,
    title,
    sql: `create policy by_profile on members for select using (${condition})`,
    turns: [contextlessRead('public.members')],
  });

/** Tenants that the caller may choose, written down in other shapes than one plain word. */
const lies = [
  forged(
    'list',
    'tenants from a list in metadata that users edit',
    `org_id::text in (select jsonb_array_elements_text(${claims} #> '{user_metadata,orgs}'))`,
  ),
  forged(
    'nested',
    'a tenant two levels down in metadata that users edit',
    `org_id::text = ${claims} -> 'user_metadata' -> 'company' ->> 'id'`,
  ),
  forged(
    'subscripts',
    'the same metadata, by subscripts',
    `org_id::text = (${claims})['user_metadata']['company'] #>> '{}'`,
  ),
  forged(
    'by-function',
    'the same metadata, by a function instead of an operator',
    `org_id::text = jsonb_extract_path_text(${claims}, 'user_metadata', 'company')`,
  ),
  forged(
    'contained',
    'the row’s tenant must be contained in what the caller says',
    `${claims} @> jsonb_build_object('user_metadata', jsonb_build_object('company', org_id))`,
  ),
  forged(
    'path',
    'the tenant comes from the address that was asked for',
    `current_setting('request.path', true) = '/orgs/' || org_id`,
  ),
  nearMiss({
    id: 'signed-list',
    title: 'tenants from a list that only the server writes, beside a name that users edit',
    sql: `create policy by_claim on members for select using (
      org_id::text in (select jsonb_array_elements_text(${claims} #> '{app_metadata,orgs}'))
      and coalesce(${claims} -> 'user_metadata' ->> 'name', '') <> 'hidden')`,
  }),
];

const read = (id: string, title: string, condition: string, sql = '') =>
  sabotage({
    id: `latent-${id}`,
    title,
    sql: `${sql} alter policy read_own on invoices using (${org} or ${condition})`,
    turns: openToRead('public.invoices'),
  });
const kept = (id: string, title: string, sql: string) => nearMiss({ id: `latent-${id}`, title, sql });

/** Conditions that no row meets today. */
const rows = [
  read('sign', 'credit notes, of which there are none yet, are for everybody', 'total_cents < 0'),
  read('amount', 'very large invoices are for everybody', 'total_cents > 1000000'),
  read('age', 'invoices older than the company are for everybody', `issued_on < '2020-01-01'`),
  read('future', 'invoices of the future are for everybody', `issued_on > now() + interval '10 years'`),
  read(
    'label',
    'an audience that no invoice has yet',
    `audience = 'all'`,
    `create type app.audience as enum ('own', 'partners', 'all');
      alter table invoices add audience app.audience not null default 'own';`,
  ),
  read(
    'other-label',
    'any audience but the usual one, in a helper',
    'app.is_wide(audience)',
    `create type app.audience as enum ('own', 'partners', 'all');
      alter table invoices add audience app.audience not null default 'own';
      create function app.is_wide(audience app.audience) returns boolean language sql stable
        as $$ select audience <> 'own' $$;`,
  ),
  read(
    'not-null',
    'deleted invoices are for everybody',
    'deleted_at is not null',
    'alter table invoices add deleted_at timestamptz;',
  ),
  read(
    'two-columns',
    'a state and a flag that no invoice has yet, together',
    `state = 'published' and shared`,
    `alter table invoices add state text not null default 'draft', add shared boolean not null default false;`,
  ),
  read(
    'in-a-list',
    'a tag that no invoice has yet',
    `'public' = any (marks)`,
    `alter table invoices add marks text[] not null default '{}';`,
  ),
  sabotage({
    id: 'latent-document',
    title: 'a document that says it is public',
    sql: `create policy open on import_rows for select using (fields @> '{"public": true}')`,
    turns: openToRead('public.import_rows'),
  }),
  sabotage({
    id: 'latent-document-key',
    title: 'a document whose field says public',
    sql: `create policy open on import_rows for select using (fields ->> 'visibility' = 'public')`,
    turns: openToRead('public.import_rows'),
  }),
  sabotage({
    id: 'latent-delete',
    title: 'spam may be swept away, whoever it was sent to',
    sql: `create policy tidy on tickets for delete using (subject like 'Spam%')`,
    turns: [foreignWrite('public.tickets')],
  }),
  sabotage({
    id: 'latent-update',
    title: 'an archived ticket may be taken over',
    sql: `create policy adopt on tickets for update using (status = 'archived') with check (${org})`,
    turns: [foreignWrite('public.tickets')],
  }),
  kept(
    'state-and-tenant',
    'states, flags and dates that only narrow what the tenant sees',
    `alter table invoices add state text not null default 'sent', add deleted_at timestamptz;
      alter policy read_own on invoices using (${org} and (state in ('sent', 'paid') or total_cents > 1000000)
        and deleted_at is null and issued_on < now() + interval '1 day')`,
  ),
  kept(
    'division',
    'a condition that some values make impossible to compute',
    'alter policy read_own on invoices using (org_id = app.current_org() and 100 / total_cents >= 0)',
  ),
];

/** Conditions that one tenant alone meets. */
const tenants = [
  sabotage({
    id: 'super-tenant',
    title: 'the vendor’s own organization reads every customer',
    sql: `create policy vendor on customers for select using (
      app.current_org() = 'a93e7b14-6f0d-4c88-8e25-d7c15b40fa03')`,
    turns: [foreignRead('public.customers')],
  }),
  sabotage({
    id: 'super-plan',
    title: 'whoever is on the largest plan reads every customer',
    sql: `create policy vendor on customers for select using (exists (
      select from organizations o where o.org_id = app.current_org() and o.plan = 'scale'))`,
    turns: [foreignRead('public.customers')],
  }),
  sabotage({
    id: 'absent-super-tenant',
    title: 'an organization that is only yet to be made may change every tag',
    sql: `create policy vendor on tags for update using (
      app.current_org() = '11111111-1111-4111-8111-111111111111')`,
    turns: [foreignWrite('public.tags')],
  }),
  sabotage({
    id: 'super-tenant-by-helper',
    title: 'a helper knows the vendor’s own organization',
    sql: `create function app.is_vendor() returns boolean language sql stable
        as $$ select app.current_org() = '22222222-2222-4222-8222-222222222222' $$;
      create policy vendor on customers for select using (app.is_vendor())`,
    turns: [foreignRead('public.customers')],
  }),
];

/** Rows that belong to one tenant by their parent and to another by their own column, or that trust the wrong table. */
const parents = [
  sabotage({
    id: 'child-by-definer-helper',
    title: 'a definer helper looks at the parent’s priority and not at its tenant',
    sql: `create function app.is_urgent(ticket bigint) returns boolean language sql stable security definer
        set search_path = pg_catalog, pg_temp
        as $$ select priority = 'urgent' from public.tickets where id = ticket $$;
      create policy urgent on ticket_messages for select using (app.is_urgent(ticket_id))`,
    turns: openToRead('public.ticket_messages'),
  }),
  sabotage({
    id: 'read-by-parent-write-by-tenant',
    title: 'an event is read by its ticket’s tenant and written by its own',
    sql: `drop policy own on ticket_events;
      create policy by_ticket on ticket_events for select using (exists (
        select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()));
      create policy by_tenant on ticket_events for insert with check (${org})`,
    turns: [foreignWrite('public.ticket_events')],
  }),
  nearMiss({
    id: 'read-by-parent-write-by-both',
    title: 'the same, and the ticket must be the tenant’s own as well',
    sql: `drop policy own on ticket_events;
      create policy by_ticket on ticket_events for select using (exists (
        select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()));
      create policy by_both on ticket_events for insert with check (${org} and exists (
        select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()))`,
  }),
  nearMiss({
    id: 'read-by-parent-with-its-tenant',
    title: 'the same, and a foreign key of both columns holds parent and tenant together',
    sql: `drop policy own on ticket_events; alter table tickets add unique (id, org_id);
      alter table ticket_events add foreign key (ticket_id, org_id) references tickets (id, org_id);
      create policy by_ticket on ticket_events for select using (exists (
        select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()));
      create policy by_tenant on ticket_events for insert with check (${org})`,
  }),
  sabotage({
    id: 'self-made-parent',
    title: 'a tenant may name another as its parent, and reads what its parent has',
    sql: `alter table organizations add parent_org uuid references organizations;
      grant update (parent_org) on organizations to larkspur_app;
      create policy parents on customers for select to larkspur_app using (
        org_id = (select o.parent_org from organizations o where o.org_id = app.current_org()))`,
    turns: [{ ...foreignRead('public.customers'), outcome: 'inconclusive' }],
  }),
  nearMiss({
    id: 'given-parent',
    title: 'the same, where only the operator names parents',
    sql: `alter table organizations add parent_org uuid references organizations;
      create policy parents on customers for select to larkspur_app using (
        org_id = (select o.parent_org from organizations o where o.org_id = app.current_org()))`,
  }),
  sabotage({
    id: 'self-made-staff',
    title: 'a policy trusts a list of staff into which everybody may write',
    sql: `create table support_staff (login text primary key);
      grant select, insert on support_staff to larkspur_app, larkspur_api;
      create policy support on customers for select
        using (exists (select 1 from support_staff s where s.login = current_user))`,
    expect: { tables: { 'public.support_staff': { reference: true } } },
    turns: [wayAround('public.support_staff')],
  }),
];

/** Keys of unusual types. */
const keys = [
  nearMiss({
    id: 'enum-key',
    title: 'tenants are regions, an enum, compared as text',
    sql: `create type app.region as enum ('north', 'south');
      create table depots (org_id app.region not null, name text);
      insert into depots values ('north', 'Hull'), ('south', 'Bath'); alter table depots owner to larkspur_owner;
      alter table depots enable row level security; alter table depots force row level security;
      create policy own on depots using (org_id::text = current_setting('app.org_id', true));
      grant select, insert on depots to larkspur_app`,
  }),
];

/** What opens only for some tenant, some row that is not there yet, or some caller who lies in another shape. */
export const latentPolicies = [...rights, ...lies, ...rows, ...tenants, ...parents, ...keys];
