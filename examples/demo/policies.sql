-- app-db: who may do what with which rows. Run by larkspur_owner after schema.sql.

do $$
declare t text;
begin
  foreach t in array array[
    'organizations', 'members', 'teams', 'customers', 'tickets', 'ticket_messages', 'attachments', 'ticket_events',
    'ticket_events_2026_09', 'ticket_events_2026_10', 'ticket_events_later', 'tags', 'ticket_tags', 'macros',
    'macro_shares', 'articles', 'sla_policies', 'api_keys', 'sso_connections', 'invoices', 'invoice_lines',
    'audit_log', 'import_rows', 'satisfaction_surveys'
  ] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
  end loop;
end $$;

-- Rows that carry the tenant. `with check` repeats `using` where it is left out.
create policy own on organizations using (org_id = app.current_org());
create policy own on members for select using (org_id = app.current_org());
create policy own on teams using (org_id = app.current_org());
create policy own on customers using (org_id = app.current_org()) with check (org_id = app.current_org());
create policy own on tickets using (org_id = app.current_org());
create policy own on ticket_events using (org_id = app.current_org());
create policy own on tags using (org_id = (select app.current_org()));
create policy own on sla_policies using (org_id = app.current_org());
create policy own on api_keys using (org_id = app.current_org());
create policy own on import_rows using (org_id = app.current_org());
create policy read_own on invoices for select using (org_id = app.current_org());
create policy read_own on audit_log for select using (org_id = app.current_org());
create policy append_own on audit_log for insert with check (org_id = app.current_org());

-- Rows that reach the tenant through their parent.
create policy with_ticket on ticket_messages
  using (exists (select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()));
create policy with_message on attachments using (exists (
  select 1 from ticket_messages m join tickets t on t.id = m.ticket_id
  where m.id = message_id and t.org_id = app.current_org()
));
create policy with_ticket on ticket_tags
  using (exists (select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()))
  with check (
    exists (select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org())
    and exists (select 1 from tags g where g.id = tag_id and g.org_id = app.current_org())
  );
create policy with_invoice on invoice_lines for select
  using (exists (select 1 from invoices i where i.id = invoice_id and i.org_id = app.current_org()));

-- Macros: one's own, and those another organization lent, to read only.
create policy own on macros using (org_id = app.current_org());
create policy lent on macros for select using (
  exists (select 1 from macro_shares s where s.macro_id = macros.id and s.shared_with = app.current_org())
);
create policy own on macro_shares using (org_id = app.current_org());
create policy received on macro_shares for select using (shared_with = app.current_org());

-- The help centre: agents see drafts, visitors see what is published, each of one organization.
create policy own on articles to larkspur_app using (org_id = app.current_org());
create policy published on articles for select to larkspur_anonymous
  using (published and org_id = app.current_org());

-- Deliberately wrong, see README.md: an update may hand a row to another organization.
create policy read_own on satisfaction_surveys for select using (org_id = app.current_org());
create policy add_own on satisfaction_surveys for insert with check (org_id = app.current_org());
create policy change on satisfaction_surveys for update using (org_id = app.current_org()) with check (true);

grant usage on schema public, app to larkspur_app, larkspur_api, larkspur_anonymous, larkspur_service;

grant select on countries, plans, ticket_priorities to larkspur_app, larkspur_api, larkspur_anonymous;
grant select, update (name, billing_email) on organizations to larkspur_app;
grant select on members, invoices, invoice_lines, open_tickets to larkspur_app;
grant select, insert, update, delete on
  teams, customers, tickets, ticket_messages, attachments, tags, ticket_tags, macros, articles, sla_policies,
  import_rows to larkspur_app;
grant select, insert, delete on macro_shares to larkspur_app;
grant select, insert on ticket_events, audit_log to larkspur_app;
grant select, insert, update on satisfaction_surveys to larkspur_app;
grant select (id, org_id, name, prefix, last_used_at), delete on api_keys to larkspur_app;
grant select on tickets, ticket_messages, customers, open_tickets to larkspur_api;
grant insert on ticket_messages to larkspur_api;
grant select on articles to larkspur_anonymous;

-- An accepted risk, see README.md: imports empty their staging table in one go.
grant truncate on import_rows to larkspur_app;

revoke execute on function app.open_ticket_count() from public;
grant execute on function app.open_ticket_count() to larkspur_app;

grant select, insert, update, delete on all tables in schema public to larkspur_service;
