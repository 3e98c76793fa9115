import { foreignWrite, sabotage } from './verdicts.ts';

const org = 'org_id = app.current_org()';

/** Writes into, out of and over other tenants' rows. */
export const writes = [
  sabotage({
    id: 'insert-check-true',
    title: 'rows may be planted in any tenant',
    sql: 'create policy import on customers for insert with check (true)',
    turns: [foreignWrite('public.customers')],
  }),
  sabotage({
    id: 'update-check-true',
    title: 'a row may be handed to another tenant',
    sql: `create policy move on tickets for update using (${org}) with check (true)`,
    turns: [foreignWrite('public.tickets')],
  }),
  sabotage({
    id: 'update-takes-over',
    title: 'another tenant’s row may be taken over by an update that looks checked',
    sql: `create policy adopt on tags for update using (true) with check (${org})`,
    turns: [foreignWrite('public.tags')],
  }),
  sabotage({
    id: 'blind-update',
    title: 'an UPDATE without WHERE needs no read policy',
    sql: 'create policy touch on macros for update using (true)',
    turns: [foreignWrite('public.macros')],
  }),
  sabotage({
    id: 'blind-delete',
    title: 'a DELETE without WHERE needs no read policy',
    sql: 'create policy sweep on teams for delete using (true)',
    turns: [foreignWrite('public.teams')],
  }),
  sabotage({
    id: 'child-insert-true',
    title: 'a message may be added to any ticket',
    sql: 'create policy reply on ticket_messages for insert to larkspur_api with check (true)',
    turns: [foreignWrite('public.ticket_messages')],
  }),
  sabotage({
    id: 'partitioned-insert-true',
    title: 'an event may be written for any tenant, through the partitioned parent',
    sql: 'create policy log on ticket_events for insert with check (true)',
    turns: [foreignWrite('public.ticket_events')],
  }),
  sabotage({
    id: 'floor-for-reading-only',
    title: 'the restrictive floor covers SELECT, the permissive policy everything',
    sql: `create policy all_rows on tags using (true); create policy floor on tags as restrictive for select using (${org})`,
    turns: [foreignWrite('public.tags')],
  }),
  sabotage({
    id: 'append-log-of-others',
    title: 'the audit log takes entries in another tenant’s name',
    sql: 'alter policy append_own on audit_log with check (actor is not null)',
    turns: [foreignWrite('public.audit_log')],
  }),
  sabotage({
    id: 'self-asserted-insert',
    title: 'the check on a new row compares it with itself',
    sql: `alter policy own on sla_policies using (${org}) with check (org_id = sla_policies.org_id)`,
    turns: [foreignWrite('public.sla_policies')],
  }),
  sabotage({
    id: 'share-of-others',
    title: 'whoever would receive a share may make it',
    sql: 'create policy take on macro_shares for insert with check (shared_with = app.current_org())',
    turns: [foreignWrite('public.macro_shares')],
  }),
  sabotage({
    id: 'column-update-of-tenant',
    title: 'UPDATE is granted on the tenant column alone, and its check says true',
    sql: `grant update (org_id) on members to larkspur_app;
      create policy move on members for update using (${org}) with check (true)`,
    turns: [foreignWrite('public.members')],
  }),
];
