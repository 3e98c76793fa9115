import { contextlessRead, excess, nearMiss, sabotage } from './verdicts.ts';

/** Settings and memberships that are easy to overlook. */
const rights = [
  sabotage({
    id: 'large-objects-for-all',
    title: 'a setting for old clients lets everybody read every large object',
    sql: `do $$ begin execute format('alter database %I set lo_compat_privileges = on', current_database()); end $$`,
    turns: ['larkspur_app', 'larkspur_api', 'larkspur_anonymous'].map(excess),
  }),
];

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

/** What opens only for some tenant, some row that is not there yet, or some caller who lies in another shape. */
export const latentPolicies = [...rights, ...lies];
