-- app-db: the helpdesk itself. Run by larkspur_owner. Every tenant row carries org_id, or reaches it by foreign keys.

create schema app;

-- The tenant of this transaction: the web application names it, or a verified token does. Null when neither did.
create function app.current_org() returns uuid
  language sql stable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    nullif(current_setting('app.org_id', true), '')::uuid,
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'org_id')::uuid
  )
$$;

-- The same for everybody.
create table countries (code char(2) primary key, name text not null);
create table plans (id text primary key, title text not null, seats int not null, price_cents int not null);
create table ticket_priorities (id text primary key, respond_within interval not null);

create table organizations (
  org_id uuid primary key default gen_random_uuid(),
  name text not null,
  country char(2) not null references countries,
  plan text not null references plans,
  billing_email text not null,
  created_at timestamptz not null default now()
);

create table members (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  email text not null,
  display_name text not null,
  role text not null check (role in ('owner', 'admin', 'agent')),
  unique (org_id, email)
);

create table teams (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  name text not null
);

create table customers (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  email text not null,
  name text not null,
  private_note text,
  created_at timestamptz not null default now()
);

create table tickets (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  customer_id bigint not null references customers,
  assignee uuid references members,
  team_id bigint references teams,
  priority text not null default 'normal' references ticket_priorities,
  subject text not null,
  status text not null default 'open' check (status in ('open', 'waiting', 'closed')),
  opened_at timestamptz not null default now()
);
create index on tickets (org_id, status);

create table ticket_messages (
  id bigint generated always as identity primary key,
  ticket_id bigint not null references tickets on delete cascade,
  author text not null,
  body text not null,
  internal boolean not null default false,
  sent_at timestamptz not null default now()
);
create index on ticket_messages (ticket_id);

create table attachments (
  id bigint generated always as identity primary key,
  message_id bigint not null references ticket_messages on delete cascade,
  file_name text not null,
  bytes int not null,
  storage_key text not null
);
create index on attachments (message_id);

create table ticket_events (
  id bigint generated always as identity,
  org_id uuid not null default app.current_org(),
  ticket_id bigint not null,
  kind text not null,
  happened_at timestamptz not null,
  primary key (id, happened_at)
) partition by range (happened_at);
create table ticket_events_2026_09 partition of ticket_events for values from ('2026-09-01') to ('2026-10-01');
create table ticket_events_2026_10 partition of ticket_events for values from ('2026-10-01') to ('2026-11-01');
create table ticket_events_later partition of ticket_events default;

create table tags (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  label text not null,
  unique (org_id, label)
);

create table ticket_tags (
  ticket_id bigint not null references tickets on delete cascade,
  tag_id bigint not null references tags on delete cascade,
  primary key (ticket_id, tag_id)
);

create table macros (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  title text not null,
  body text not null,
  unique (id, org_id)
);

-- One organization lends a macro to another. The pair of columns in the key makes sure that it owns what it lends.
create table macro_shares (
  macro_id bigint not null,
  org_id uuid not null default app.current_org(),
  shared_with uuid not null references organizations on delete cascade,
  primary key (macro_id, shared_with),
  foreign key (macro_id, org_id) references macros (id, org_id) on delete cascade
);

create table articles (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  title text not null,
  body text not null,
  published boolean not null default false
);

create table sla_policies (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  priority text not null references ticket_priorities,
  first_reply interval not null
);

create table api_keys (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  name text not null,
  prefix text not null,
  secret_hash text not null,
  last_used_at timestamptz
);

create table sso_connections (
  org_id uuid primary key references organizations on delete cascade,
  issuer text not null,
  client_id text not null,
  client_secret text not null
);

create table invoices (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  number text not null unique,
  issued_on date not null,
  total_cents int not null
);

create table invoice_lines (
  id bigint generated always as identity primary key,
  invoice_id bigint not null references invoices on delete cascade,
  description text not null,
  amount_cents int not null
);

create table audit_log (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org(),
  actor text not null,
  action text not null,
  at timestamptz not null default now()
);

-- Rows of a customer file on their way in.
create table import_rows (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  line int not null,
  fields jsonb not null
);

-- Added last sprint.
create table satisfaction_surveys (
  id bigint generated always as identity primary key,
  org_id uuid not null default app.current_org() references organizations on delete cascade,
  ticket_id bigint not null references tickets on delete cascade,
  score int not null check (score between 1 and 5),
  remark text
);

create view open_tickets with (security_invoker = true) as
  select id, org_id, subject, priority, opened_at from tickets where status <> 'closed';

-- Runs as larkspur_owner, which forced row security filters as well: it counts one tenant's tickets and no more.
create function app.open_ticket_count() returns bigint
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$ select count(*) from public.tickets where status <> 'closed' $$;
