-- archive-db: closed accounts, kept for ten years. Nobody gave Candor a way in, so what is said about it stays unknown.

create table closed_accounts (
  id bigint generated always as identity primary key,
  org_id uuid not null,
  closed_on date not null,
  last_statement text not null
);
alter table closed_accounts enable row level security;
alter table closed_accounts force row level security;
insert into closed_accounts (org_id, closed_on, last_statement)
  select md5('closed ' || n)::uuid, date '2025-01-31' + n, 'canary-7f3a' || left(md5('larkspur archive ' || n), 12)
  from generate_series(1, 4) n;
grant select, insert on closed_accounts to larkspur_service;
alter table closed_accounts owner to larkspur_owner;
