import { z } from 'zod';
import { windowsOf, withoutWindow } from '../../posture/retention-windows.ts';
import { type Content, durationMs, type Instant } from '../../schemas/index.ts';
import type { Query } from '../clients/postgres.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { withSession } from '../promises/session.ts';
import { type Expect, Holding, type Raw, Request, Terms } from './schema.ts';

/** The most rows that are read of a kind; with more nothing passes. */
const MOST = 50_000;

const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const requestsSql = `select ${instant('opened_at')} as "openedAt", ${instant('verified_at')} as "verifiedAt",
  ${instant('answered_at')} as "answeredAt" from public.measured_submission
  where kind = 'dpa-request' and verified_at is not null and (answered_at is null or answered_at >= $1)
  order by opened_at limit ${MOST + 1}`;
export const holdingsSql = `select kind, state, ${instant('since')} as since from public.measured_submission
  where has_data and not (kind || '/' || state = any($1)) order by since limit ${MOST + 1}`;
const countsSql = `select count(*)::int as submissions, (count(*) filter (where has_data))::int as holding, (count(*) filter (where kind = 'dpa-request'
  and verified_at is null and opened_at >= $1))::int as unconfirmed from public.measured_submission`;
const clocksSql = `select ${instant('since')} as since, terms from public.promised_clock where clock = $1 order by since`;
const jobSql = `select ${instant('ran_at')} as "ranAt", emptied::int from public.job_run where job = 'expire'`;

/** Reads when requests came and were answered, what still holds data, and when the job ran, in one snapshot. */
export async function collect(context: CollectContext<Expect>, { now, content }: Known): Promise<Raw> {
  const { clock, retention } = declared(content, context.expect);
  context.progress('reading when requests were answered');
  return withSession(context, async (query) => {
    const from: Instant = new Date(Date.parse(now) - durationMs(context.expect.window)).toISOString();
    const requests = await query(Request, requestsSql, [from]);
    const holdings = await query(Holding, holdingsSql, [withoutWindow]);
    const [counts] = await query(
      z.object({ submissions: z.int(), holding: z.int(), unconfirmed: z.int() }),
      countsSql,
      [from],
    );
    return {
      now,
      terms: clock.terms,
      kept: await query(z.strictObject({ since: z.string(), terms: Terms }), clocksSql, [clock.id]),
      retention,
      requests: requests.slice(0, MOST),
      holdings: holdings.slice(0, MOST),
      complete: requests.length <= MOST && holdings.length <= MOST,
      unconfirmed: counts?.unconfirmed ?? 0,
      submissions: counts?.submissions ?? 0,
      holding: counts?.holding ?? 0,
      job: await lastRun(query),
    };
  });
}

async function lastRun(query: Query): Promise<Raw['job']> {
  const [run] = await query(z.object({ ranAt: z.string(), emptied: z.int() }), jobSql);
  return run ?? null;
}

function declared({ intake: policy, disclosure }: Pick<Content, 'intake' | 'disclosure'>, expect: Expect) {
  if (policy === undefined)
    throw new SourceUnreadable('configuration', 'There is no intake.yaml: nothing is promised to anybody.');
  const { clocks } = policy;
  const found = expect.clock === undefined ? clocks[0] : clocks.find(({ id }) => id === expect.clock);
  if (found === undefined)
    throw new SourceUnreadable('configuration', 'intake.yaml has no clock of the name that the source asks for.');
  const { id, starts, within, counts, hours } = found;
  if (starts !== 'receipt' && starts !== 'confirmation')
    throw new SourceUnreadable('configuration', 'The clock starts with neither the receipt nor the confirmation.');
  return { clock: { id, terms: { starts, within, counts, hours } }, retention: windowsOf(policy, disclosure) };
}
