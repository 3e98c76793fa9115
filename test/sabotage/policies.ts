import { contextlessRead, foreignRead, foreignWrite, namelessRow, openToRead, sabotage, wideOpen } from './verdicts.ts';
import { writes } from './writes.ts';

const org = 'org_id = app.current_org()';

/** Conditions that are always true, or true for the wrong row. */
const conditions = [
  sabotage({
    id: 'using-true',
    title: 'a second permissive policy lets everybody read',
    sql: 'create policy support on customers for select using (true)',
    turns: openToRead('public.customers'),
  }),
  sabotage({
    id: 'one-equals-one',
    title: 'true, written as 1 = 1',
    sql: 'alter policy own on teams using (1 = 1)',
    turns: wideOpen('public.teams'),
  }),
  sabotage({
    id: 'column-equals-itself',
    title: 'the tenant column compared with itself',
    sql: 'alter policy own on sla_policies using (org_id = org_id)',
    turns: wideOpen('public.sla_policies'),
  }),
  sabotage({
    id: 'is-not-null',
    title: 'any tenant will do',
    sql: 'create policy any_tenant on invoices for select using (org_id is not null)',
    turns: openToRead('public.invoices'),
  }),
  sabotage({
    id: 'prefix-match',
    title: 'the tenant compared as a pattern that the empty context matches',
    sql: `alter policy own on members using (org_id::text like coalesce(app.current_org()::text, '') || '%')`,
    turns: [contextlessRead('public.members')],
  }),
  sabotage({
    id: 'no-context-sees-all',
    title: 'a session without a tenant sees everything',
    sql: `alter policy own on members using (app.current_org() is null or ${org})`,
    turns: [contextlessRead('public.members')],
  }),
  sabotage({
    id: 'coalesce-to-itself',
    title: 'an absent tenant falls back to the tenant of the row',
    sql: 'alter policy read_own on invoices using (org_id = coalesce(app.current_org(), org_id))',
    turns: [contextlessRead('public.invoices')],
  }),
  sabotage({
    id: 'any-signed-in',
    title: 'anybody who is signed in',
    sql: 'create policy signed_in on customers for select using (app.current_org() is not null)',
    turns: [foreignRead('public.customers')],
  }),
  sabotage({
    id: 'negated-tenant',
    title: 'everybody but the tenant',
    sql: 'create policy others on invoices for select using (org_id <> app.current_org())',
    turns: [foreignRead('public.invoices')],
  }),
  sabotage({
    id: 'or-by-role',
    title: 'an exception for the role that the application happens to use',
    sql: `alter policy read_own on invoices using (${org} or current_user = 'larkspur_app')`,
    turns: openToRead('public.invoices'),
  }),
  sabotage({
    id: 'old-rows-for-all',
    title: 'rows of some age are visible to all',
    sql: `create policy archive on invoices for select using (issued_on < '2026-09-15')`,
    turns: openToRead('public.invoices'),
  }),
  sabotage({
    id: 'public-flag',
    title: 'a flag in the row shares it with everybody, which nobody declared',
    sql: 'create policy help on articles for select to larkspur_app using (published)',
    turns: openToRead('public.articles'),
  }),
  sabotage({
    id: 'nobodys-rows',
    title: 'rows without a tenant are visible to all',
    sql: `alter table articles alter org_id drop not null;
      insert into articles (org_id, title, body) values (null, 'Template', 'For everyone');
      create policy templates on articles for select to larkspur_app using (org_id is null)`,
    turns: [namelessRow('public.articles'), ...openToRead('public.articles')],
  }),
  sabotage({
    id: 'exists-unbound',
    title: 'EXISTS asks whether the caller has any ticket, not this one',
    sql: `create policy has_tickets on ticket_messages for select
      using (exists (select 1 from tickets t where t.org_id = app.current_org()))`,
    turns: [foreignRead('public.ticket_messages')],
  }),
  sabotage({
    id: 'exists-joined-to-itself',
    title: 'a slip of the alias joins the parent with itself',
    sql: `create policy joined on invoice_lines for select
      using (exists (select 1 from invoices i where i.id = i.id))`,
    turns: [foreignRead('public.invoice_lines')],
  }),
  sabotage({
    id: 'anonymous-without-tenant',
    title: 'visitors see what is published by anybody',
    sql: 'alter policy published on articles using (published)',
    turns: [contextlessRead('public.articles')],
  }),
  sabotage({
    id: 'floor-for-another-role',
    title: 'the restrictive floor binds one client role, the permissive policy serves two',
    sql: `create policy all_rows on customers for select using (true);
      create policy floor on customers as restrictive to larkspur_api using (${org})`,
    turns: openToRead('public.customers'),
  }),
  sabotage({
    id: 'restrictive-true',
    title: 'the floor that was meant to restrict says true',
    sql: `create policy all_rows on tags using (true); create policy floor on tags as restrictive using (true)`,
    turns: wideOpen('public.tags'),
  }),
  sabotage({
    id: 'function-that-agrees',
    title: 'the policy asks a function, and the function says yes to everybody',
    sql: `create function app.may_see(org uuid) returns boolean language plpgsql stable as $$ begin return true; end $$;
      create policy asked on customers for select using (app.may_see(org_id))`,
    turns: openToRead('public.customers'),
  }),
  sabotage({
    id: 'membership-of-role',
    title: 'the policy asks for a database role that every caller has',
    sql: `create policy staff on invoices for select using (pg_has_role(current_user, 'larkspur_app', 'member'))`,
    turns: openToRead('public.invoices'),
  }),
];

/** Tenants that the caller may choose. */
const trust = [
  sabotage({
    id: 'user-metadata',
    title: 'the tenant comes from metadata that users edit',
    sql: `create policy by_profile on members for select using (org_id =
      ((nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'user_metadata') ->> 'org_id')::uuid)`,
    turns: [contextlessRead('public.members')],
  }),
  sabotage({
    id: 'user-metadata-by-helper',
    title: 'the same, behind a helper function',
    sql: `create function app.profile_org() returns uuid language plpgsql stable as $$ begin
        return (current_setting('request.jwt.claims', true)::jsonb #>> '{user_metadata,org_id}')::uuid;
      exception when others then return null; end $$;
      create policy by_profile on members for select using (org_id = app.profile_org())`,
    turns: [contextlessRead('public.members')],
  }),
  sabotage({
    id: 'request-header',
    title: 'the tenant comes from a header of the request',
    sql: `create policy by_header on members for select using (org_id =
      (nullif(current_setting('request.headers', true), '')::json ->> 'x-org-id')::uuid)`,
    turns: [contextlessRead('public.members')],
  }),
  sabotage({
    id: 'self-made-membership',
    title: 'a membership table into which everybody may write any organization',
    sql: `create table org_access (org_id uuid not null references organizations, user_id text not null);
      insert into org_access select org_id, 'larkspur_app' from organizations;
      alter table org_access owner to larkspur_owner;
      alter table org_access enable row level security; alter table org_access force row level security;
      create policy own on org_access for select using (${org});
      create policy join_in on org_access for insert with check (user_id = current_user);
      grant select, insert on org_access to larkspur_app`,
    turns: [foreignWrite('public.org_access')],
  }),
];

/** Policies that let somebody see or do too much. */
export const policies = [...conditions, ...trust, ...writes];
