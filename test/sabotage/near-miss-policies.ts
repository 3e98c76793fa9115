import { nearMiss } from './verdicts.ts';

const org = 'org_id = app.current_org()';
const toApp = 'to larkspur_app';

/** Policies that look too wide and are not. */
export const nearMissPolicies = [
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
    id: 'function-that-compares',
    title: 'the policy asks a function, and the function compares tenants',
    sql: `create function app.may_see(org uuid) returns boolean language plpgsql stable
        as $$ begin return coalesce(org = app.current_org(), false); end $$;
      alter policy own on customers using (app.may_see(org_id)) with check (app.may_see(org_id))`,
  }),
  nearMiss({
    id: 'insert-true-under-floor',
    title: 'WITH CHECK (true) for new rows, under a restrictive floor for them',
    sql: `create policy import on customers for insert with check (true);
      create policy floor on customers as restrictive for insert with check (${org})`,
  }),
  nearMiss({
    id: 'column-update-without-tenant',
    title: 'an update check that says true, where the tenant column is not granted',
    sql: `grant update (display_name) on members ${toApp};
      create policy rename on members for update using (${org}) with check (true)`,
  }),
  nearMiss({
    id: 'dead-policy',
    title: 'a policy that lets nobody',
    sql: 'create policy nobody on customers using (false)',
  }),
];
