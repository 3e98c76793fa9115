// Statements over the system catalogs. All run with an empty search_path, so that everything printed is qualified.
// $1 is always the acting roles' oids; $2, where there is one, the schemas (null for all but the system's).

import { BLOCK } from './lanes.ts';

const ours = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
const inScope = `${ours} and ($2::text[] is null or n.nspname = any ($2))`;
// Printing an expression and asking what a view permits open the relation, and would wait for its lock.
// Locks are listed for the whole server, and databases made from one template have the same oids.
const unlocked = (oid: string) =>
  `${oid} <> all (array(select l.relation from pg_locks l where l.mode = 'AccessExclusiveLock' and l.relation is not null
    and l.database = (select oid from pg_database where datname = current_database())))`;
const has = (test: string, letter: string) => `case when ${test} then '${letter}' else '' end`;
const byRole = (expression: string) =>
  `array(select ${expression} from unnest($1::oid[]) with ordinality x(role, i) order by i)`;

/** Column rights are asked for only where some column has rights of its own. */
const right = (name: string, whole: string, some: string) =>
  `case when has_table_privilege(x.role, c.oid, '${name}') then '${whole}'
    when k.granular and has_any_column_privilege(x.role, c.oid, '${name}') then '${some}' else '' end`;

export const relations = `
  select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
    pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced,
    exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      as extension,
    array(select inhparent::int8::float8 from pg_inherits where inhrelid = c.oid) as parents,
    coalesce(c.reloptions, '{}') as options,
    case when c.relkind = 'v' and ${unlocked('c.oid')} then pg_relation_is_updatable(c.oid, true) else 0 end as updatable,
    c.relkind = 'r' and c.relpages <= 64 as small,
    ${byRole(`case when has_schema_privilege(x.role, n.oid, 'USAGE') then concat(
      ${right('SELECT', 'r', 'R')}, ${right('INSERT', 'a', 'A')}, ${right('UPDATE', 'w', 'W')},
      ${has(`has_table_privilege(x.role, c.oid, 'DELETE')`, 'd')},
      ${has(`has_table_privilege(x.role, c.oid, 'TRUNCATE')`, 'D')},
      ${has(`has_table_privilege(x.role, c.oid, 'TRIGGER')`, 't')}) else '' end`)} as access
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join lateral (select exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attacl is not null) as granular) k
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't' and ${inScope}
  order by n.nspname, c.relname`;

/** Only the columns that a judgement needs: tenant keys ($3), foreign keys, those in policies or with own rights. */
export const columns = `
  with needed as (
    select a.attrelid, a.attnum from pg_attribute a
      where a.attrelid >= 16384 and a.attnum > 0 and (a.attname = any ($3) or a.attacl is not null)
    union select conrelid, conkey[1] from pg_constraint where contype = 'f' and cardinality(conkey) = 1
    union select confrelid, confkey[1] from pg_constraint where contype = 'f' and cardinality(conkey) = 1
    union select refobjid, refobjsubid from pg_depend
      where classid = 'pg_policy'::regclass and refclassid = 'pg_class'::regclass and refobjsubid > 0)
  select a.attrelid::int8::float8 as relation, a.attname as name, case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(a.atttypid, a.atttypmod) end as type,
    t.typcategory as category,
    a.attnotnull or t.typnotnull or exists (select from pg_constraint k where k.conrelid = a.attrelid
      and k.contype = 'c' and k.convalidated and k.conkey = array[a.attnum]
      and case when ${unlocked('k.conrelid')} then pg_get_expr(k.conbin, k.conrelid) end ~ '^\\(+[^()]+ IS NOT NULL\\)+$') as required,
    case when a.attacl is not null then ${byRole(`concat(
      ${has(`has_column_privilege(x.role, c.oid, a.attnum, 'SELECT')`, 'r')},
      ${has(`has_column_privilege(x.role, c.oid, a.attnum, 'INSERT')`, 'a')},
      ${has(`has_column_privilege(x.role, c.oid, a.attnum, 'UPDATE')`, 'w')})`)} end as access
  from needed join pg_attribute a using (attrelid, attnum)
    join pg_type t on t.oid = a.atttypid join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
  where not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${inScope}`;

export const foreignKeys = `
  select k.conrelid::int8::float8 as relation, a.attname as column, k.confrelid::int8::float8 as target,
    b.attname as "targetColumn", k.confdeltype = 'c' as cascades
  from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
  where k.contype = 'f' and cardinality(k.conkey) = 1 order by k.conrelid, k.conkey`;

export const uniques = `
  select i.indrelid::int8::float8 as relation,
    array(select a.attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey)) as columns
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
  where i.indisunique and not i.indisprimary and ${ours}`;

/** One part ($2) of several ($1), divided by the relation as the readers are. Printing an expression opens its table. */
export const policies = `
  select p.polrelid::int8::float8 as relation, p.polname as name, p.polcmd as command, p.polpermissive as permissive,
    case when 0 = any (p.polroles) then '{}'::text[]
      else array(select r.rolname::text from pg_roles r where r.oid = any (p.polroles)) end as roles,
    pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
    array(select distinct a.attname::text from pg_depend d
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass
        and d.refobjid = p.polrelid and d.refobjsubid > 0 order by 1) as columns,
    array(select d.refobjid::int8::float8 from pg_depend d where d.classid = 'pg_policy'::regclass
      and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass) as functions,
    array(select distinct d.refobjid::int8::float8 from pg_depend d where d.classid = 'pg_policy'::regclass
      and d.objid = p.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> p.polrelid) as relations
  from pg_policy p where p.polrelid::int8 / ${BLOCK} % $1 = $2 and ${unlocked('p.polrelid')} order by p.polrelid, p.polname`;

/** Relations whose policies could not be read for a lock. */
export const locked = `select distinct p.polrelid::int8::float8 as relation from pg_policy p
  where not (${unlocked('p.polrelid')})`;

export const rewrites = `
  select w.ev_class::int8::float8 as relation, w.ev_type as event,
    array(select distinct d.refobjid::int8::float8 from pg_depend d where d.classid = 'pg_rewrite'::regclass
      and d.objid = w.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> w.ev_class) as relations,
    array(select distinct d.refobjid::int8::float8 from pg_depend d where d.classid = 'pg_rewrite'::regclass
      and d.objid = w.oid and d.refclassid = 'pg_proc'::regclass) as functions
  from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
  where ${ours}`;

export const functions = `
  select p.oid::int8::float8 as oid, n.nspname as schema, p.proname as name,
    pg_get_function_identity_arguments(p.oid) as args, pg_get_userbyid(p.proowner) as owner,
    p.prosecdef as definer, p.proleakproof as leakproof, p.provolatile as volatility, l.lanname as language,
    case when l.lanname in ('c', 'internal') then '' else p.prosrc end as body, coalesce(p.proconfig, '{}') as config,
    format_type(p.prorettype, null) as returns, p.proretset as "returnsSet",
    t.typtype = 'c' or p.prorettype = 'record'::regtype as "returnsRow",
    p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as trigger,
    (select e.extname from pg_depend d join pg_extension e on e.oid = d.refobjid
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e' limit 1) as extension,
    array(select distinct d.refobjid::int8::float8 from pg_depend d where d.classid = 'pg_proc'::regclass
      and d.objid = p.oid and d.refclassid = 'pg_class'::regclass) as relations,
    array(select distinct d.refobjid::int8::float8 from pg_depend d where d.classid = 'pg_proc'::regclass
      and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass) as functions,
    ${byRole(`has_schema_privilege(x.role, n.oid, 'USAGE') and has_function_privilege(x.role, p.oid, 'EXECUTE')`)}
      as executable
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    join pg_type t on t.oid = p.prorettype
  where ${ours} and p.prokind <> 'a'`;

export const triggers = `
  select t.tgrelid::int8::float8 as relation, t.tgfoid::int8::float8 as function, t.tgtype & 2 > 0 as before,
    t.tgtype & 64 > 0 as instead, t.tgtype & 1 > 0 as row, t.tgtype & 4 > 0 as insert, t.tgtype & 16 > 0 as update,
    t.tgtype & 8 > 0 as delete
  from pg_trigger t where not t.tgisinternal and t.tgenabled <> 'D'`;

export const schemas = `
  select n.nspname as name, ${byRole(`has_schema_privilege(x.role, n.oid, 'USAGE')`)} as usage,
    ${byRole(`has_schema_privilege(x.role, n.oid, 'CREATE')`)} as create
  from pg_namespace n where ${ours} order by 1`;

export const databases = `
  select current_database()::text as name,
    ${byRole(`has_database_privilege(x.role, current_database(), 'CREATE')`)} as create,
    ${byRole(`has_database_privilege(x.role, current_database(), 'TEMPORARY')`)} as temporary`;

export const defaults = `
  select pg_get_userbyid(d.defaclrole) as owner, n.nspname as schema, d.defaclobjtype as kind,
    coalesce(g.rolname, 'PUBLIC') as grantee
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
    cross join lateral aclexplode(d.defaclacl) a left join pg_roles g on g.oid = a.grantee
  where a.grantee <> d.defaclrole group by 1, 2, 3, 4 order by 1, 2, 3, 4`;

/** Publications of everything, or of everything in a schema ($1 is the server version). */
export const publications = (version: number) => `
  select pubname as name, 'all tables' as what from pg_publication where puballtables${
    version < 150_000
      ? ''
      : `
  union all select p.pubname, 'all tables of schema ' || quote_ident(n.nspname) from pg_publication p
    join pg_publication_namespace k on k.pnpubid = p.oid join pg_namespace n on n.oid = k.pnnspid`
  }`;

export const servers = `
  select s.srvname as name, ${byRole(`has_server_privilege(x.role, s.oid, 'USAGE')`)} as usage,
    array(select case when m.umuser = 0 then 'PUBLIC' else m.usename::text end
      from pg_user_mappings m where m.srvid = s.oid) as mapped
  from pg_foreign_server s order by 1`;

/** Those that somebody else than their owner, or an acting role, may open. */
export const largeObjects = `
  select o.oid::text as oid, pg_get_userbyid(o.lomowner) as owner,
    array(select distinct coalesce(g.rolname::text, 'PUBLIC') from aclexplode(o.lomacl) a
      left join pg_roles g on g.oid = a.grantee where a.grantee <> o.lomowner) as grantees
  from pg_largeobject_metadata o where o.lomacl is not null or o.lomowner = any ($1::oid[]) order by o.oid limit 200`;

/** What reaches the server's files, other databases or all rows' statistics, whoever the row belongs to. */
export const powers = `
  select what, array(select pg_get_userbyid(x.role)::text from unnest($1::oid[]) x(role)
    where case kind when 'f' then has_function_privilege(x.role, oid, 'EXECUTE')
      when 's' then (select reset_val from pg_settings g where g.name = 'lo_compat_privileges') = 'on'
        or exists (select from pg_db_role_setting g, unnest(g.setconfig) entry where g.setrole in (0, x.role)
          and g.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
          and entry ~* '^lo_compat_privileges=(on|t|true|y|yes|1)$')
      else has_any_column_privilege(x.role, oid, 'SELECT') end) as roles
  from (
    select 'f' as kind, p.oid, p.proname::text as what from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where (n.nspname = 'pg_catalog' and p.proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'lo_import',
        'lo_export', 'pg_stat_file'))
    union all
    select 't', c.oid, c.relname::text from pg_class c where c.relnamespace = 'pg_catalog'::regnamespace
      and c.relname in ('pg_authid', 'pg_shadow', 'pg_statistic', 'pg_largeobject', 'pg_user_mapping',
        'pg_statistic_ext_data')
    union all
    select 's', 0, 'any large object, since lo_compat_privileges is on' ) powers
  order by 1`;
