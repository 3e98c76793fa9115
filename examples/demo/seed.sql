-- app-db: three tenants. Each private value holds a canary, `canary-7f3a` and twelve more hex digits, so that a test
-- can look for one wherever nothing private may appear. Run by the superuser, whom row security does not filter.

create function pg_temp.canary(place text) returns text language sql
as $$ select 'canary-7f3a' || left(md5('larkspur ' || place), 12) $$;

insert into countries values ('DE', 'Germany'), ('IE', 'Ireland'), ('NL', 'Netherlands'), ('US', 'United States');
insert into plans values ('starter', 'Starter', 5, 4900), ('team', 'Team', 25, 19900), ('scale', 'Scale', 100, 59900);
insert into ticket_priorities values ('low', '3 days'), ('normal', '1 day'), ('urgent', '1 hour');

insert into organizations values
  ('0b6f4d8e-1c52-4f0a-9a57-3f1d2c7b9e01', 'Fernbrook Clinic', 'IE', 'team', 'accounts@fernbrook.example', '2024-02-11'),
  ('5d20c9a7-84e3-47b1-b6fd-08e49a61c302', 'Harbour Lane Bakery', 'NL', 'starter', 'hello@harbourlane.example', '2025-05-03'),
  ('a93e7b14-6f0d-4c88-8e25-d7c15b40fa03', 'Juniper Freight', 'DE', 'scale', 'finance@juniperfreight.example', '2023-09-27');

create temporary table org as
  select org_id, name, row_number() over (order by org_id) as n,
    split_part(split_part(billing_email, '@', 2), '.', 1) as slug
  from organizations;

insert into members (org_id, email, display_name, role)
  select org_id, lower(split_part(person, ' ', 1)) || '@' || slug || '.example', person, role
  from org, lateral (values
    (1, 'Niamh Doyle', 'owner'), (1, 'Cathal Byrne', 'admin'), (1, 'Aoife Walsh', 'agent'),
    (2, 'Femke Smit', 'owner'), (2, 'Daan Mulder', 'agent'),
    (3, 'Jonas Brandt', 'owner'), (3, 'Elif Kaya', 'admin'), (3, 'Marta Vogel', 'agent'), (3, 'Tim Roth', 'agent')
  ) as staff (n, person, role) where staff.n = org.n;

insert into teams (org_id, name) select org_id, team from org, unnest(array['Front desk', 'Billing']) team;

insert into customers (org_id, email, name, private_note)
  select org_id, lower(replace(person, ' ', '.')) || '@mail.example', person,
    'Prefers the phone. ' || pg_temp.canary('customer ' || n || person)
  from org, unnest(array['Ida Lang', 'Omar Haddad', 'Rosa Weiss', 'Paul Greer', 'Yuki Tanabe', 'Lena Marsh']) person;

insert into tickets (org_id, customer_id, assignee, team_id, priority, subject, status, opened_at)
  select org.org_id, c.id,
    (select id from members m where m.org_id = org.org_id order by email offset (c.id / 3) % 2 limit 1),
    (select id from teams t where t.org_id = org.org_id order by id limit 1),
    (array['low', 'normal', 'normal', 'urgent'])[1 + (c.id / 3 + k) % 4],
    topic || ' (' || pg_temp.canary('ticket ' || c.id || topic) || ')',
    (array['open', 'waiting', 'closed'])[1 + (c.id / 3 + c.id + k) % 3],
    timestamptz '2026-09-14 08:00Z' + (c.id * 5 + k * 31) * interval '7 hours'
  from org join customers c using (org_id),
    unnest(array['Invoice shows the wrong address', 'Cannot reset the password']) with ordinality as topics (topic, k);

insert into ticket_messages (ticket_id, author, body, internal, sent_at)
  select t.id, writer, body || ' ' || pg_temp.canary('message ' || t.id || writer), writer = 'note',
    t.opened_at + k * interval '40 minutes'
  from tickets t, (values
    (1, 'customer', 'Could you have a look, please?'), (2, 'agent', 'Of course, I am on it.'),
    (3, 'note', 'Called back once before.')
  ) as thread (k, writer, body);

insert into attachments (message_id, file_name, bytes, storage_key)
  select id, 'screenshot-' || id || '.png', 20480 + id::int, 'uploads/' || pg_temp.canary('attachment ' || id)
  from ticket_messages where author = 'customer';

insert into ticket_events (org_id, ticket_id, kind, happened_at)
  select org_id, id, kind, opened_at + wait from tickets,
    (values ('opened', interval '0'), ('assigned', '20 minutes'), ('replied', '5 weeks')) as events (kind, wait);

insert into tags (org_id, label) select org_id, label from org, unnest(array['billing', 'bug', 'praise']) label;
insert into ticket_tags
  select t.id, g.id from tickets t join tags g using (org_id) where (t.id + g.id) % 3 = 0;

insert into macros (org_id, title, body)
  select org_id, title, 'Hello, thank you for writing. ' || pg_temp.canary('macro ' || n || title)
  from org, unnest(array['Greeting', 'Refund', 'Opening hours']) title;
insert into macro_shares (macro_id, org_id, shared_with)
  select m.id, m.org_id, other.org_id from macros m join org mine using (org_id) join org other on other.n = mine.n % 3 + 1
  where m.title = 'Greeting';

insert into articles (org_id, title, body, published)
  select org_id, title, 'How we handle it at ' || name || '. ' || pg_temp.canary('article ' || n || title), title <> 'Draft'
  from org, unnest(array['Returns', 'Contact us', 'Draft']) title;

insert into sla_policies (org_id, priority, first_reply) select org_id, id, respond_within / 2 from org, ticket_priorities;

insert into api_keys (org_id, name, prefix, secret_hash, last_used_at)
  select org_id, 'Warehouse sync', 'lk_' || n || '4f', pg_temp.canary('api key ' || n), '2026-11-01 06:30Z' from org;

insert into sso_connections
  select org_id, 'https://login.' || slug || '.example', 'larkspur', pg_temp.canary('sso ' || n) from org;

insert into invoices (org_id, number, issued_on, total_cents)
  select org_id, 'LD-2026-' || lpad((n * 100 + m)::text, 4, '0'), make_date(2026, m, 1), 4900 * n::int
  from org, generate_series(8, 10) m;
insert into invoice_lines (invoice_id, description, amount_cents)
  select id, 'Seats, ' || pg_temp.canary('invoice ' || number), total_cents from invoices;

insert into audit_log (org_id, actor, action, at)
  select org_id, email, 'signed in from ' || pg_temp.canary('audit ' || email), '2026-11-03 07:12Z' from members;

insert into import_rows (org_id, line, fields)
  select org_id, line, jsonb_build_object('email', 'guest' || line || '@mail.example', 'note', pg_temp.canary('import ' || n || line))
  from org, generate_series(1, 3) line;

insert into satisfaction_surveys (org_id, ticket_id, score, remark)
  select org_id, id, 3 + (id % 3)::int, 'Quick answer. ' || pg_temp.canary('survey ' || id) from tickets where status = 'closed';

-- Numbers for the night report. Owned by the service role, so that a refresh counts every tenant; no client reads it.
create materialized view ticket_stats as
  select org_id, status, count(*) as tickets from tickets group by org_id, status;
alter materialized view ticket_stats owner to larkspur_service;

analyze;
