-- vault-db: what no client role ever reads. Row security is on and has no policy, so only the service role gets in.

create function pg_temp.canary(place text) returns text language sql
as $$ select 'canary-7f3a' || left(md5('larkspur vault ' || place), 12) $$;

create table secrets (
  id bigint generated always as identity primary key,
  org_id uuid not null,
  name text not null,
  sealed text not null
);
create table data_keys (
  org_id uuid primary key,
  key_id text not null,
  wrapped text not null
);
create table mailbox_tokens (
  id bigint generated always as identity primary key,
  org_id uuid not null,
  mailbox text not null,
  refresh_token text not null
);
create table rotations (
  id bigint generated always as identity primary key,
  secret_id bigint not null references secrets on delete cascade,
  rotated_at timestamptz not null
);

alter table secrets enable row level security;
alter table secrets force row level security;
alter table data_keys enable row level security;
alter table data_keys force row level security;
alter table mailbox_tokens enable row level security;
alter table mailbox_tokens force row level security;
alter table rotations enable row level security;
alter table rotations force row level security;

create temporary table org (org_id, slug) as values
  ('0b6f4d8e-1c52-4f0a-9a57-3f1d2c7b9e01'::uuid, 'fernbrook'),
  ('5d20c9a7-84e3-47b1-b6fd-08e49a61c302'::uuid, 'harbourlane'),
  ('a93e7b14-6f0d-4c88-8e25-d7c15b40fa03'::uuid, 'juniperfreight');
insert into secrets (org_id, name, sealed)
  select org_id, name, pg_temp.canary(slug || name) from org, unnest(array['smtp', 'webhook', 'storage']) name;
insert into data_keys select org_id, 'key-' || slug, pg_temp.canary(slug || 'key') from org;
insert into mailbox_tokens (org_id, mailbox, refresh_token)
  select org_id, 'support@' || slug || '.example', pg_temp.canary(slug || 'mailbox') from org;
insert into rotations (secret_id, rotated_at) select id, '2026-10-19 02:00Z' from secrets;

grant select, insert, update, delete on secrets, data_keys, mailbox_tokens, rotations to larkspur_service;
alter table secrets owner to larkspur_owner;
alter table data_keys owner to larkspur_owner;
alter table mailbox_tokens owner to larkspur_owner;
alter table rotations owner to larkspur_owner;
