import { foreignWrite, nearMiss, sabotage } from './verdicts.ts';

const org = 'org_id = app.current_org()';

/** Rows that change, or never had, the parent by which they belong to a tenant. */
export const reparenting = [
  sabotage({
    id: 'junction-half-checked',
    title: 'a row between two parents is checked for one of them',
    sql: `alter policy with_ticket on ticket_tags with check (
      exists (select 1 from tags g where g.id = tag_id and g.org_id = app.current_org()))`,
    turns: [foreignWrite('public.ticket_tags')],
  }),
  sabotage({
    id: 'check-by-parent-only',
    title: 'a row with a tenant of its own is checked by its parent’s, and may name any',
    sql: `create policy log on ticket_events for insert with check (
      exists (select 1 from tickets t where t.id = ticket_id and t.org_id = app.current_org()))`,
    turns: [foreignWrite('public.ticket_events')],
  }),
  sabotage({
    id: 'child-moves-to-another-parent',
    title: 'an update is checked for its amount and may name another tenant’s invoice',
    sql: `grant update on invoice_lines to larkspur_app;
      create policy edit on invoice_lines for update
        using (exists (select 1 from invoices i where i.id = invoice_id and i.org_id = app.current_org()))
        with check (amount_cents > 0)`,
    turns: [foreignWrite('public.invoice_lines')],
  }),
  nearMiss({
    id: 'history-by-trigger',
    title: 'a definer trigger copies each row into a history of the same tenant',
    sql: `create table tag_history (org_id uuid not null, label text);
      insert into tag_history select org_id, label from tags; alter table tag_history owner to larkspur_owner;
      alter table tag_history enable row level security; alter table tag_history force row level security;
      create policy own on tag_history for select using (${org}); grant select on tag_history to larkspur_app;
      create function app.keep_label() returns trigger language plpgsql security definer
        set search_path = pg_catalog, pg_temp as $$ begin
          insert into public.tag_history values (new.org_id, new.label); return null; end $$;
      create trigger keep_label after insert on tags for each row execute function app.keep_label()`,
  }),
];
