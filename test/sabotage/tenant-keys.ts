import { foreignRead, nearMiss, openToRead, sabotage, unprotected } from './verdicts.ts';

const org = 'org_id = app.current_org()';
const setting = `current_setting('app.org_id', true)`;
const owned = (table: string) =>
  `alter table ${table} owner to larkspur_owner; alter table ${table} enable row level security;
  alter table ${table} force row level security;`;

/** Tenant keys of every type and in every spelling, and comparisons that confuse one with another. */
export const tenantKeys = [
  sabotage({
    id: 'prefix-of-another',
    title: 'tenant 1 matches tenant 10',
    sql: `create table labels (org_id text not null, label text);
      insert into labels values ('1', 'one'), ('10', 'ten'), ('2', 'two'); ${owned('labels')}
      create policy own on labels using (org_id like nullif(${setting}, '') || '%'); grant select on labels to larkspur_app`,
    turns: [foreignRead('public.labels')],
  }),
  sabotage({
    id: 'sub-partition-granted',
    title: 'a partition of a partition is granted directly, under a name with an emoji',
    sql: `create table readings (org_id uuid not null, kind text, at date not null) partition by list (org_id);
      create table "Messung 🗓" partition of readings default partition by range (at);
      create table "Messung 🗓 alt" partition of "Messung 🗓" default;
      insert into readings select org_id, 'heat', '2026-01-01' from organizations;
      ${owned('readings')} create policy own on readings using (${org});
      alter table "Messung 🗓" owner to larkspur_owner; alter table "Messung 🗓 alt" owner to larkspur_owner;
      grant select on readings, "Messung 🗓 alt" to larkspur_app`,
    turns: [unprotected('public."Messung 🗓 alt"'), ...openToRead('public."Messung 🗓 alt"')],
  }),
  nearMiss({
    id: 'snowflake-key',
    title: 'tenant ids of nineteen digits',
    sql: `create table notes (org_id bigint not null, body text);
      insert into notes values (1234567890123456789, 'one'), (1234567890123456790, 'two'); ${owned('notes')}
      create policy own on notes using (org_id::text = ${setting}); grant select on notes to larkspur_app`,
  }),
  nearMiss({
    id: 'quoted-names',
    title: 'schema, table, column and policy have names that must be quoted',
    sql: `create schema "Fakturen €";
      create table "Fakturen €"."Line Items 🧾" (org_id uuid not null, "Größe""x" int);
      insert into "Fakturen €"."Line Items 🧾" select org_id, 1 from organizations;
      ${owned('"Fakturen €"."Line Items 🧾"')}
      create policy "own; rows" on "Fakturen €"."Line Items 🧾" using (${org} and "Größe""x" > 0);
      grant usage on schema "Fakturen €" to larkspur_app;
      grant select, insert on "Fakturen €"."Line Items 🧾" to larkspur_app`,
  }),
];
