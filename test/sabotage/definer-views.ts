import { foreignWrite, nearMiss, sabotage, wayAround } from './verdicts.ts';

const org = 'org_id = app.current_org()';

/** Views of an owner whom row security does not bind, which filter halfway or are there to be written. */
export const definerViews = [
  sabotage({
    id: 'filter-without-barrier',
    title: 'a definer view filters by tenant, and the caller’s own condition may run before that',
    sql: `create view my_customers as select id, org_id, name, private_note from customers where ${org};
      grant select on my_customers to larkspur_app`,
    turns: [wayAround('public.my_customers')],
  }),
  sabotage({
    id: 'check-option-without-tenant',
    title: 'a view to insert through, whose CHECK OPTION checks the status alone',
    sql: `create view inbox as select * from tickets where status = 'open' with check option;
      grant insert on inbox to larkspur_app`,
    turns: [wayAround('public.inbox'), foreignWrite('public.inbox')],
  }),
  sabotage({
    id: 'delete-through-view',
    title: 'a view that clients may only delete through, blindly',
    sql: `create view labels_in_use as select * from tags where id < 1000; grant delete on labels_in_use to larkspur_app`,
    turns: [wayAround('public.labels_in_use'), foreignWrite('public.labels_in_use')],
  }),
  sabotage({
    id: 'insert-under-another-name',
    title: 'a definer view shows the tenant under another name, and takes any',
    sql: `create view entry with (security_barrier = true) as
        select id, org_id as owner, label from tags where ${org};
      grant select, insert on entry to larkspur_app`,
    turns: [wayAround('public.entry')],
  }),
  nearMiss({
    id: 'update-of-one-column',
    title: 'a definer view that filters, of which clients may update a column that is not the tenant',
    sql: `create view my_tags with (security_barrier = true) as select * from tags where ${org};
      grant select, update (label) on my_tags to larkspur_app`,
  }),
];
