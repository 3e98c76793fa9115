import { bypass, foreignWrite, nearMiss, sabotage, type Turn, wayAround } from './verdicts.ts';

const toApp = 'to larkspur_app';
const org = 'org_id = app.current_org()';
const untold = (subject: string): Turn => ({ ...wayAround(subject), outcome: 'inconclusive' });

const jobs = `create role larkspur_jobs; grant usage on schema public, app to larkspur_jobs;
  grant select on customers to larkspur_jobs;`;
const noJobs = 'drop role larkspur_jobs';
const customerNames = `create function app.customer_names() returns setof text language sql stable security definer
    set search_path = pg_catalog as 'select name from public.customers';
  alter function app.customer_names() owner to larkspur_jobs;`;

/** Owners whom policies admit, though they bind them. */
const admitted = [
  sabotage({
    id: 'definer-of-admitted-role',
    title: 'a definer function and a view of a role that a policy of its own shows everything',
    sql: `${jobs} create policy jobs on customers to larkspur_jobs using (true); ${customerNames}
      create view customer_names as select name, email from customers; alter view customer_names owner to larkspur_jobs;
      grant select on customer_names ${toApp}`,
    undo: noJobs,
    turns: [wayAround('app.customer_names()'), wayAround('public.customer_names')],
  }),
  sabotage({
    id: 'definer-of-half-admitted-role',
    title: 'the policy of the owner names the tenant, in one branch of two',
    sql: `${jobs} create policy jobs on customers to larkspur_jobs using (${org} or created_at < now()); ${customerNames}`,
    undo: noJobs,
    turns: [wayAround('app.customer_names()')],
  }),
  sabotage({
    id: 'definer-of-admitted-writer',
    title: 'a definer function writes as a role that may insert for any tenant',
    sql: `${jobs} create policy jobs_own on customers for select to larkspur_jobs using (${org});
      create policy jobs on customers for insert to larkspur_jobs with check (true); grant insert on customers to larkspur_jobs;
      create function app.add_customer(org uuid, called text) returns void language sql security definer
        set search_path = pg_catalog, pg_temp
        as 'insert into public.customers (org_id, email, name) values (org, called, called)';
      alter function app.add_customer(uuid, text) owner to larkspur_jobs`,
    undo: noJobs,
    turns: [wayAround('app.add_customer(org uuid, called text)')],
  }),
  nearMiss({
    id: 'definer-of-scoped-role',
    title: 'a definer function of a role whose own policy keeps to the tenant of the caller',
    sql: `${jobs} create policy jobs on customers to larkspur_jobs using (${org}); ${customerNames}`,
    undo: noJobs,
  }),
];

/** Views that filter by themselves, or seem to. */
const views = [
  sabotage({
    id: 'filter-without-barrier',
    title: 'a definer view filters by tenant, after the caller’s own conditions have seen the rows',
    sql: `create view my_customers as select id, org_id, name, private_note from customers where ${org};
      grant select on my_customers ${toApp}`,
    turns: [wayAround('public.my_customers')],
  }),
  sabotage({
    id: 'check-option-of-something-else',
    title: 'a write-only definer view checks the status and not the tenant',
    sql: `create view inbox as select * from tickets where status = 'open' with check option; grant insert on inbox ${toApp}`,
    turns: [wayAround('public.inbox'), foreignWrite('public.inbox')],
  }),
  sabotage({
    id: 'delete-through-view',
    title: 'a definer view that clients may only delete through',
    sql: `create view done as select * from tags where id < 1000; grant delete on done ${toApp}`,
    turns: [wayAround('public.done'), foreignWrite('public.done')],
  }),
  sabotage({
    id: 'update-without-tenant-column',
    title: 'a definer view without the tenant column lets the status of any ticket be changed',
    sql: `create view ticket_status as select id, status from tickets; grant update (status) on ticket_status ${toApp}`,
    expect: { tables: { 'public.ticket_status': { shared: 'The state of each ticket.' } } },
    turns: [wayAround('public.ticket_status')],
  }),
  sabotage({
    id: 'insert-under-another-name',
    title: 'a definer view filters its reads, renames the tenant column and takes any tenant in an insert',
    sql: `create view entry with (security_barrier) as select id, org_id as owner, label from tags where ${org};
      grant select, insert on entry ${toApp}`,
    turns: [wayAround('public.entry')],
  }),
  sabotage({
    id: 'write-only-view-of-own',
    title: 'a write-only view that asks what policies ask, which nobody can read to see it',
    sql: `create view drop_box as select * from tags where ${org} with check option; grant insert on drop_box ${toApp}`,
    turns: [untold('public.drop_box'), { ...foreignWrite('public.drop_box'), outcome: 'inconclusive' }],
  }),
  sabotage({
    id: 'filter-above-a-barrier',
    title: 'a view filters above a barrier that filters nothing itself',
    sql: `create view every_tag with (security_barrier) as select * from tags;
      create view my_tags as select * from every_tag where ${org}; grant select on my_tags ${toApp}`,
    turns: [untold('public.my_tags')],
  }),
  nearMiss({
    id: 'local-check-option',
    title: 'a view with a filter of its own and LOCAL CHECK OPTION refuses rows of others',
    sql: `create view my_tags with (security_barrier = true) as select * from tags where ${org} with local check option;
      grant select, insert, update, delete on my_tags ${toApp}`,
  }),
  nearMiss({
    id: 'view-update-of-a-column',
    title: 'a filtering view without check option, of which clients may change one column that is not the tenant',
    sql: `create view my_tags with (security_barrier = true) as select * from tags where ${org};
      grant select, update (label) on my_tags ${toApp}`,
  }),
];

const escalate = (body: string) => `create function app.close_ticket() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$ begin ${body} return new; end $$;`;

/** What triggers do with the rights of their owner. */
const triggers = [
  sabotage({
    id: 'definer-trigger-writes',
    title: 'a definer trigger changes the ticket that a new row names, whoever it belongs to',
    sql: `${escalate('update public.tickets set status = new.kind where id = new.ticket_id;')}
      create trigger close after insert on ticket_events for each row execute function app.close_ticket()`,
    turns: [wayAround('public.ticket_events')],
  }),
  sabotage({
    id: 'definer-trigger-takes',
    title: 'a definer trigger gives the ticket that a new row names to the tenant of the row',
    sql: `${escalate('update public.tickets set org_id = new.org_id where id = new.ticket_id;')}
      create trigger close after insert on ticket_events for each row execute function app.close_ticket()`,
    turns: [wayAround('public.ticket_events')],
  }),
  sabotage({
    id: 'definer-trigger-dynamic',
    title: 'a definer trigger puts its statements together while it runs',
    sql: `${escalate(`execute format('update public.%I set status = $1 where id = $2', 'tickets') using new.kind, new.ticket_id;`)}
      create trigger close after insert on ticket_events for each row execute function app.close_ticket()`,
    turns: [untold('public.ticket_events')],
  }),
  sabotage({
    id: 'temporary-type-in-a-trigger',
    title: 'a definer trigger names a type that a temporary one can take the place of',
    sql: `create function app.note_day() returns trigger language plpgsql security definer set search_path = pg_catalog
        as $$ declare day date := new.happened_at; begin return new; end $$;
      create trigger note_day before insert on ticket_events for each row execute function app.note_day()`,
    expect: { clientsRunSql: true },
    turns: [wayAround('public.ticket_events')],
  }),
  nearMiss({
    id: 'definer-trigger-writes-own',
    title: 'definer triggers that change only what belongs to the tenant of the new row',
    sql: `${escalate('update public.tickets set status = new.kind where id = new.ticket_id and org_id = new.org_id;')}
      create trigger close after insert on ticket_events for each row execute function app.close_ticket();
      create function app.reopen() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp
        as $$ begin update public.tickets set status = 'open' where id = new.ticket_id; return new; end $$;
      create trigger reopen after insert on ticket_messages for each row execute function app.reopen()`,
  }),
  sabotage({
    id: 'notify-row',
    title: 'a trigger tells every listener each new row, whole',
    sql: `create function app.tell() returns trigger language plpgsql as $$ begin
        perform pg_notify('customers', row_to_json(new)::text); return new; end $$;
      create trigger tell after insert on customers for each row execute function app.tell()`,
    turns: [wayAround('app.tell()')],
  }),
  sabotage({
    id: 'notify-row-by-variable',
    title: 'a trigger puts the row into a variable before it tells it',
    sql: `create function app.tell() returns trigger language plpgsql as $$ declare message pg_catalog.text;
        begin message := row_to_json(new); perform pg_notify('customers', message); return new; end $$;
      create trigger tell after insert on customers for each row execute function app.tell()`,
    turns: [untold('app.tell()')],
  }),
  nearMiss({
    id: 'notify-id',
    title: 'a trigger tells listeners that something with this id is new',
    sql: `create function app.tell() returns trigger language plpgsql as $$ begin
        perform pg_notify('customers', new.id::text); return new; end $$;
      create trigger tell after insert on customers for each row execute function app.tell()`,
  }),
];

/** What the text of a body hides. */
const bodies = [
  sabotage({
    id: 'body-with-a-quoted-comment',
    title: 'what looks like a comment is a string, and the table comes after it',
    sql: `create function app.labels() returns setof text language sql stable security definer set search_path = pg_catalog
      as $$ select ' -- ' || name from public.customers $$`,
    turns: [wayAround('app.labels()')],
  }),
  sabotage({
    id: 'body-with-a-picture',
    title: 'a definer function reads a table whose name is a picture',
    sql: `create table public.🗂 (org_id uuid not null, note text); insert into 🗂 select org_id, name from organizations;
      alter table 🗂 enable row level security; alter table 🗂 force row level security;
      create function app.notes() returns setof text language sql stable security definer set search_path = pg_catalog
      as 'select note from public.🗂'`,
    turns: [wayAround('app.notes()')],
  }),
  sabotage({
    id: 'body-exports-its-argument',
    title: 'a definer function exports whichever table it is told',
    sql: `create function app.export(what regclass) returns xml language sql stable security definer
      set search_path = pg_catalog as $$ select table_to_xml(what, true, false, '') $$`,
    turns: [wayAround('app.export(what regclass)')],
  }),
  sabotage({
    id: 'body-behind-an-extension',
    title: 'a leaking definer function was made a part of an extension',
    sql: `create function app.every_customer() returns setof public.customers language sql stable security definer
        set search_path = pg_catalog as 'select * from public.customers';
      alter extension plpgsql add function app.every_customer()`,
    turns: [wayAround('app.every_customer()')],
  }),
  sabotage({
    id: 'body-spells-names-by-codes',
    title: 'a definer function spells the table by the codes of its letters',
    sql: `create function app.codes() returns setof text language sql stable security definer set search_path = pg_catalog
      as $$ select name from public.U&"\\0063ustomers" $$`,
    turns: [untold('app.codes()')],
  }),
];

/** The tenant as an argument. */
const settings = [
  sabotage({
    id: 'function-takes-the-tenant',
    title: 'a function without rights of its own puts its argument in the place of the tenant',
    sql: `create function app.tickets_as(org uuid) returns setof tickets language plpgsql as $$ begin
        perform set_config('app.org_id', org::text, true); return query select * from public.tickets; end $$`,
    turns: [wayAround('app.tickets_as(org uuid)')],
  }),
  sabotage({
    id: 'function-with-a-tenant-of-its-own',
    title: 'a function is created with the setting of one tenant',
    sql: `create function app.showcase() returns setof tickets language sql stable
      set app.org_id = '00000000-0000-4000-8000-000000000001' as 'select * from public.tickets'`,
    turns: [wayAround('app.showcase()')],
  }),
  sabotage({
    id: 'function-sets-the-tenant-by-statement',
    title: 'the same, by a SET that is put together while it runs',
    sql: `create function app.tickets_as(org uuid) returns setof tickets language plpgsql as $$ begin
        execute format('set local app.org_id = %L', org); return query select * from public.tickets; end $$`,
    turns: [wayAround('app.tickets_as(org uuid)')],
  }),
  sabotage({
    id: 'function-looks-the-tenant-up',
    title: 'a function finds the tenant by something that it is told, and whether that is a secret cannot be seen',
    sql: `create function app.tickets_by_key(key text) returns setof tickets language plpgsql as $$ begin
        perform set_config('app.org_id', (select org_id::text from public.api_keys where prefix = key), true);
        return query select * from public.tickets; end $$`,
    turns: [untold('app.tickets_by_key(key text)')],
  }),
  nearMiss({
    id: 'function-only-sets-the-tenant',
    title: 'a function with which the application says whom it acts for',
    sql: `create function app.act_for(org uuid) returns void language sql as $$ select set_config('app.org_id', org::text, true) $$`,
  }),
  nearMiss({
    id: 'function-sets-something-else',
    title: 'a function puts its argument into a setting that no policy reads',
    sql: `create function app.trace(request text) returns void language plpgsql as $$ begin
        perform set_config('app.request_id', request, true); end $$`,
  }),
];

const seats = (
  path: string,
) => `create function app.seats(p text) returns int language plpgsql stable security definer ${path}
  as $$ begin return (select seats from plans where id = p); end $$`;

/** Names that a temporary object of the caller’s can take. */
const temporary = [
  sabotage({
    id: 'temporary-table-first',
    title: 'a definer function finds a table by a path that begins with the caller’s temporary ones',
    sql: seats('set search_path = public'),
    expect: { clientsRunSql: true },
    turns: [wayAround('app.seats(p text)')],
  }),
  sabotage({
    id: 'temporary-type-first',
    title: 'a definer function names a type by a path that begins with the caller’s temporary ones',
    sql: `create function app.tickets_since(since text) returns bigint language sql stable security definer
        set search_path = pg_catalog as 'select count(*) from public.countries where since::date < current_date';
      alter function app.tickets_since(text) owner to larkspur_owner`,
    expect: { clientsRunSql: true },
    turns: [wayAround('app.tickets_since(since text)')],
  }),
  sabotage({
    id: 'temporary-type-in-a-helper',
    title: 'the helper of all policies names types so, and a definer function comes to it',
    sql: 'alter function app.current_org() set search_path = pg_catalog',
    expect: { clientsRunSql: true },
    turns: [wayAround('app.open_ticket_count()')],
  }),
  sabotage({
    id: 'temporary-table-in-a-helper',
    title: 'a policy asks a helper that finds its table by the caller’s path',
    sql: `create function app.in_org(org uuid) returns boolean language plpgsql stable
        as $$ begin return exists (select from organizations where org_id = org); end $$;
      create policy in_org on customers for select ${toApp} using (app.in_org(org_id))`,
    expect: { clientsRunSql: true },
    turns: [wayAround('app.in_org(org uuid)')],
  }),
  sabotage({
    id: 'temporary-row-type',
    title: 'a variable of type record, which is looked up like any other type',
    sql: `create function app.all_seats() returns int language plpgsql stable security definer set search_path = pg_catalog
        as $$ declare r record; n int := 0; begin
          for r in select p.seats from public.plans p loop n := n + r.seats; end loop; return n; end $$`,
    expect: { clientsRunSql: true },
    turns: [wayAround('app.all_seats()')],
  }),
  nearMiss({
    id: 'options-named-like-tables',
    title: 'USING of RAISE and EXECUTE names options and variables, not the tables of the same name',
    expect: { clientsRunSql: true },
    sql: `create function app.refuse(plans int) returns void language plpgsql security definer set search_path = pg_catalog
        as $$ begin raise exception 'refused' using hint = plans, detail = extract(epoch from now()); end $$`,
  }),
  nearMiss({
    id: 'temporary-objects-last',
    title: 'a definer function that looks for temporary objects last',
    expect: { clientsRunSql: true },
    sql: seats('set search_path = public, pg_temp'),
  }),
  nearMiss({
    id: 'temporary-objects-forbidden',
    title: 'the same function, where nobody may make temporary objects',
    expect: { clientsRunSql: true },
    sql: `${seats('set search_path = public')};
      do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$`,
  }),
  nearMiss({
    id: 'bound-body-without-path',
    title: 'a definer function whose body was bound to its tables when it was created',
    expect: { clientsRunSql: true },
    sql: `create function app.seats(p text) returns int language sql stable security definer
      begin atomic select seats from plans where id = p::text; end`,
  }),
  nearMiss({
    id: 'qualified-body-without-temp',
    title: 'a definer function without pg_temp in its path, all of whose names are qualified or part of the grammar',
    expect: { clientsRunSql: true },
    sql: `create function app.seats(p text) returns int language plpgsql stable security definer set search_path = ''
      as $$ declare n int; plans pg_catalog.text := ' from plans ';
        begin select plans.seats::bigint into n from public.plans plans where plans.id = p::varchar and plans.id is distinct from 'x';
        return n; end $$`,
  }),
  nearMiss({
    id: 'temporary-names-behind-an-application',
    title: 'an ordinary definer function of a forced owner, where clients run no SQL of their own',
    sql: `create function public.my_tags() returns setof tags language sql stable security definer set search_path = public
        as 'select * from tags'; alter function public.my_tags() owner to larkspur_owner`,
  }),
];

const owned = [
  sabotage({
    id: 'client-owns-what-a-definer-calls',
    title: 'the application owns a function that a definer function calls, where it may replace it',
    sql: `create function app.limit_of(plan text) returns int language sql stable as 'select 5';
      alter function app.limit_of(text) owner to larkspur_app; grant create on schema app ${toApp};
      create function app.seats(plan text) returns int language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select app.limit_of(plan)'`,
    turns: [bypass('larkspur_app')],
  }),
  sabotage({
    id: 'client-owns-helper',
    title: 'the application owns the function that policies ask, where it may replace it',
    sql: `alter function app.current_org() owner to larkspur_app; grant create on schema app ${toApp}`,
    turns: [bypass('larkspur_app')],
  }),
];

/** Functions, views and triggers that act for somebody else, and the names they go by. */
export const functionsAndPaths = [...admitted, ...views, ...triggers, ...bodies, ...settings, ...temporary, ...owned];
