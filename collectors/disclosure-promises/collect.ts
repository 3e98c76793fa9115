import { z } from 'zod';
import { type Content, DisclosurePolicy } from '../../schemas/index.ts';
import type { Query } from '../clients/postgres.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { withSession } from '../promises/session.ts';
import { type Expect, KeptPromise, type Raw, Report } from './schema.ts';

/** The most reports that are read; with more nothing passes. */
const MOST = 50_000;

const instant = (column: string, name: string) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${name}"`;
const times = ['received', 'acknowledged', 'triaged', 'confirmed', 'fixed', 'disclosed', 'updated', 'changed'];

export const reportsSql = `select state, has_text as "hasText", ${instant('since', 'since')},
  ${times.map((name) => instant(`${name}_at`, `${name}At`)).join(', ')}, history
  from public.measured_report order by received_at desc limit ${MOST + 1}`;
const countSql = 'select count(*)::int as total from public.measured_report';
const promisesSql = `select clock, ${instant('since', 'since')}, nullif(terms, 'null') as terms
  from public.promised_clock where clock like 'disclosure/%' order by promised_clock.since, clock`;
const isThereSql = `select exists (select from pg_catalog.pg_attribute
  where attrelid = to_regclass('public.measured_report') and attname = 'history') as "isThere"`;

/** Reads when reports were received, answered and mended, and what was promised when, in one snapshot. */
export async function collect(context: CollectContext<Expect>, { now, content }: Known): Promise<Raw> {
  const { promised, retention } = declared(content);
  context.progress('reading when reports were answered');
  return withSession(context, async (query) => {
    const known = { now, promised, retention };
    const [view] = await query(z.object({ isThere: z.boolean() }), isThereSql);
    if (view?.isThere !== true) return { ...known, measured: false, kept: [], reports: [], total: 0, complete: true };
    const reports = await query(Report, reportsSql);
    return {
      ...known,
      measured: true,
      kept: await query(KeptPromise, promisesSql),
      reports: reports.slice(0, MOST),
      total: await totalOf(query),
      complete: reports.length <= MOST,
    };
  });
}

async function totalOf(query: Query): Promise<number> {
  const [row] = await query(z.object({ total: z.int() }), countSql);
  return row?.total ?? 0;
}

function declared({ disclosure }: Pick<Content, 'disclosure'>): Pick<Raw, 'promised' | 'retention'> {
  if (disclosure === undefined)
    throw new SourceUnreadable('configuration', 'There is no disclosure.yaml: nothing is promised to anybody.');
  const promised = disclosure.clocks.flatMap(({ id, starts, ends, within, counts, hours, severities }) =>
    ends === undefined
      ? []
      : [{ clock: `disclosure/${id}`, terms: { starts, ends, within, counts, hours, severities } }],
  );
  if (promised.length === 0)
    throw new SourceUnreadable('configuration', 'No clock of disclosure.yaml says what it ends with.');
  return { promised, retention: DisclosurePolicy.shape.retention.parse(disclosure.retention) };
}
