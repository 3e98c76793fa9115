import { z } from 'zod';
import type { Query } from '../clients/postgres.ts';
import { type CollectContext, type Diagnosis, SourceUnreadable } from '../define.ts';
import { withSession } from './session.ts';

/** All that is read to measure promises: two views and two tables, none of which holds anything personal. */
const measured: readonly string[] = ['measured_submission', 'measured_report', 'promised_clock', 'job_run'];

const Right = z.object({ name: z.string(), reads: z.boolean(), writes: z.boolean() });
const rightsSql = `
  select c.relname::text as name,
    has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select') as reads,
    has_table_privilege(c.oid, 'insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(c.oid, 'insert, update, references') as writes
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`;
const Attributes = z.object({ attribute: z.string() });
const attributesSql = `
  select word as attribute from pg_catalog.pg_roles r cross join lateral (values
    ('superuser', r.rolsuper), ('bypassrls', r.rolbypassrls), ('createrole', r.rolcreaterole),
    ('createdb', r.rolcreatedb), ('replication', r.rolreplication)) as held(word, has)
  where r.rolname = current_user and has`;

/** Whether the login may read `needed`, and nothing but what is made to be measured. */
export async function doctor(context: CollectContext<unknown>, needed: readonly string[]): Promise<Diagnosis[]> {
  try {
    return await withSession(context, (query) => diagnose(query, needed));
  } catch (error) {
    if (!(error instanceof SourceUnreadable)) throw error;
    return [{ level: error.kind === 'denied' ? 'missing' : 'error', message: error.message }];
  }
}

async function diagnose(query: Query, needed: readonly string[]): Promise<Diagnosis[]> {
  const rights = await query(Right, rightsSql);
  const attributes = await query(Attributes, attributesSql);
  const found: Diagnosis[] = needed.flatMap((name): Diagnosis[] => {
    const right = rights.find((each) => each.name === name);
    if (right === undefined)
      return [
        { level: 'missing', message: `There is no ${name}.`, hint: 'Run `candor serve` once: it makes the tables.' },
      ];
    return right.reads ? [] : [{ level: 'missing', message: `SELECT on ${name} is missing.`, hint: setupHint }];
  });
  for (const { name, reads, writes } of rights)
    if (writes || (reads && !measured.includes(name)))
      found.push({
        level: 'too-much',
        message: `The login may ${writes ? 'change' : 'read'} ${name}, which it does not need.`,
        hint: setupHint,
      });
  for (const { attribute } of attributes)
    found.push({ level: 'too-much', message: `The login is ${attribute}, which it does not need.`, hint: setupHint });
  return found.length > 0 ? found : [{ level: 'ok', message: 'It may read what is measured, and nothing else.' }];
}

const setupHint = 'Use the login of `candor setup SOURCE`.';
