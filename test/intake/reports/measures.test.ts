import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { keepReportPromises } from '../../../intake/lifecycle/clocks.ts';
import { machines } from '../../../intake/lifecycle/machines.ts';
import { advance, historyOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { entriesOf } from '../../../intake/reports/desk/deadlines.ts';
import type { Tables } from '../../../intake/store/tables.ts';
import { milestonesOf } from '../../../posture/report-clocks.ts';
import { SlaClock, VulnerabilityState } from '../../../schemas/index.ts';
import { onBothStores } from '../stores.ts';

const START = Date.parse('2026-11-03T09:00:00Z');
const after = (hours: number) => new Date(START + hours * 3_600_000);

type Row = {
  hasText: boolean;
  receivedAt: Date;
  history: { to: string; at: string; told: boolean; severity: string | null }[];
} & Record<
  'acknowledgedAt' | 'triagedAt' | 'confirmedAt' | 'fixedAt' | 'disclosedAt' | 'updatedAt' | 'since' | 'changedAt',
  Date | null
>;

/** One step of a case: where it may go, as an index; or something that is written into it. */
const step = fc.oneof(
  fc.nat({ max: 20 }),
  fc.constantFrom('a word to the reporter', 'a note', 'a word of the reporter', 'critical', 'low'),
);

onBothStores('what is measured of a report', (fresh) => {
  test('is what the desk says of it, whatever became of it, with nothing that names it', async () => {
    const { db } = fresh().store;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const id = await walked(db, steps);
        const history = await historyOf(db, id);
        const entries = entriesOf(history);
        const milestones = milestonesOf(entries);
        // The newest of the view: each is received later than the one before.
        const { rows } = await sql<Row>`select * from measured_report order by received_at desc limit 1`.execute(db);
        const [row] = rows;
        const dateOf = (at: Date | null | undefined) => at ?? undefined;
        expect({
          received: row?.receivedAt,
          acknowledged: dateOf(row?.acknowledgedAt),
          triaged: dateOf(row?.triagedAt),
          confirmed: dateOf(row?.confirmedAt),
          fixed: dateOf(row?.fixedAt),
          disclosed: dateOf(row?.disclosedAt),
          updated: dateOf(row?.updatedAt),
        }).toEqual({ ...milestones, ended: undefined });
        if (milestones.ended !== undefined) expect(row?.since).toEqual(milestones.ended);
        expect(row?.changedAt).toEqual(history.at(-1)?.at);
        const asDates = row?.history.map(({ at, severity, ...rest }) => ({ ...rest, at: new Date(at), severity }));
        const told = entries.filter(({ to, told, severity }, index) => {
          return told || severity !== undefined || to !== entries[index - 1]?.to;
        });
        expect(asDates).toEqual(told.map((entry) => ({ ...entry, severity: entry.severity ?? null })));
        expect(JSON.stringify(row)).not.toContain(id);
      }),
      { numRuns: 40 },
    );
  });

  test('holds text until its messages and its reply key are gone', async () => {
    const { db } = fresh().store;
    const id = await walked(db, []);
    const holds = async () =>
      (await sql<Row>`select * from measured_report`.execute(db)).rows.map(({ hasText }) => hasText);
    expect(await holds()).toEqual([true]);
    await sql`update report_message set ciphertext = null where submission = ${id}`.execute(db);
    expect(await holds()).toEqual([true]);
    await sql`update report set reply_to = null where submission = ${id}`.execute(db);
    expect(await holds()).toEqual([false]);
  });

  test('a promise is kept with the moment from which on it holds, and so is that it was withdrawn', async () => {
    const { db } = fresh().store;
    const clock = (within: string, id = 'acknowledged') =>
      SlaClock.parse({ id, title: 'A', starts: 'receipt', ends: 'acknowledged', within, counts: 'calendar' });
    const forReaders = SlaClock.parse({ id: 'b', title: 'B', starts: 'receipt', within: '1d', counts: 'calendar' });
    await keepReportPromises(db, { clocks: [clock('48h'), forReaders] }, after(0));
    await keepReportPromises(db, { clocks: [clock('48h')] }, after(1));
    await keepReportPromises(db, { clocks: [clock('72h'), clock('72h', 'other')] }, after(2));
    await keepReportPromises(db, undefined, after(3));
    await keepReportPromises(db, undefined, after(4));
    const { rows } = await sql`
      select clock, since, terms ->> 'within' as within from promised_clock order by since, clock`.execute(db);
    expect(rows).toEqual([
      { clock: 'disclosure/acknowledged', since: after(0), within: '48h' },
      { clock: 'disclosure/acknowledged', since: after(2), within: '72h' },
      { clock: 'disclosure/other', since: after(2), within: '72h' },
      { clock: 'disclosure/acknowledged', since: after(3), within: null },
      { clock: 'disclosure/other', since: after(3), within: null },
    ]);
  });
});

let cases = 0;

const factsOf: Record<string, Record<string, string>> = {
  'a word to the reporter': { audience: 'reporter' },
  'a note': { audience: 'team' },
  critical: { severity: 'critical' },
  low: { severity: 'low' },
};

/** A report that went these steps, an hour each, where they lead somewhere. */
async function walked(db: Kysely<Tables>, steps: readonly (number | string)[]): Promise<string> {
  cases += 1;
  const opened = cases * 100;
  const also = [
    sql`insert into report (submission, via, access, reply_to, keys, critical)
      select id, 'browser', id, 'age1pq1', 'k', false from changed`,
    sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
      select id, id, 1, 'reporter', 'reporter', ${after(opened)}::timestamptz, 'x'::bytea, 'd', 1 from changed`,
  ];
  let now = await wayIn(db)('vulnerability-report', {}, { at: after(opened), actor: 'visitor', also });
  for (const [index, each] of steps.entries()) {
    const cause = { at: after(opened + index + 1), actor: 'staff-1' };
    const state = VulnerabilityState.parse(now.state);
    if (typeof each === 'number') {
      const next = machines['vulnerability-report'].next[state];
      now = await advance(db, now, next[each % next.length] ?? state, cause);
    } else {
      const actor = each === 'a word of the reporter' ? 'visitor' : 'staff-1';
      const facts = factsOf[each] ?? {};
      now = await advance(db, now, state, { ...cause, actor, facts });
    }
  }
  return now.id;
}
