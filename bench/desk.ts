import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { startPostgres } from '../examples/postgres-server.ts';
import { listReports, type WantedReports } from '../intake/reports/desk/list.ts';
import { act } from '../intake/staff/act.ts';
import type { Member } from '../intake/staff/roles.ts';
import { openStore } from '../intake/store/open.ts';

// Prints how long it takes to list reports, in ms, the median and the slowest of fifty: the first page, the page in the
// middle, those of one triager, those that are overdue; with 10,000 open cases beside 40,000 that came to their end. The aim
// is under 100 ms. The staff log is written each time, as for a person, and waits for the disk: that is measured alone, too.
const OPEN = Number(process.argv[2] ?? 10_000);
const ENDED = 4 * OPEN;
const ROUNDS = 50;
const AT = new Date('2026-11-03T09:00:00Z');

const server = await startPostgres({ durable: true });
const store = await openStore({ url: server.url() });
const { db } = store;
const tess: Member = { id: 'tess', role: 'triager', email: 'tess@larkspur.swiss', via: 'web' };

try {
  await sql`
    insert into submission (id, kind, state, length, head, opened_at, data)
    select 'vulnerability-report-' || n, 'vulnerability-report', case when n <= ${OPEN} then 'triaged' else 'closed' end,
      1, 'head', ${AT}::timestamptz - n * interval '1 minute', '{}'
    from generate_series(1, ${OPEN + ENDED}::integer) as n`.execute(db);
  await sql`
    insert into report (submission, via, access, reply_to, keys, critical, assignee, due_at, due_clock, seen)
    select 'vulnerability-report-' || n, 'browser', 'access-' || n, null, 'keys', false,
      case when n % 10 = 0 then 'tess' end,
      case when n <= ${OPEN} then ${AT}::timestamptz + (n % 5000 - 500) * interval '1 minute' end, 'fixed', 'head:promises'
    from generate_series(1, ${OPEN + ENDED}::integer) as n`.execute(db);
  await sql`analyze`.execute(db);
  const middle = await cursorBehind(OPEN / 2);
  const list = (part: WantedReports) => () => listReports(db, tess, part, AT);
  const works: [string, () => Promise<unknown>][] = [
    [
      'the entry in the staff log alone',
      () => act(db, tess, { action: 'list-reports', at: AT }, async () => undefined),
    ],
    ['the first page', list({})],
    ['the page in the middle', list({ after: middle })],
    ['of one triager', list({ assignee: 'tess' })],
    ['overdue', list({ overdue: true })],
    ['closed', list({ state: 'closed' })],
  ];
  for (const [title, work] of works) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = performance.now();
      await work();
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    console.log(`${title}: median ${times[ROUNDS / 2]?.toFixed(1)} ms, slowest ${times.at(-1)?.toFixed(1)} ms`);
  }
} finally {
  await store.close();
  await server.stop();
}

async function cursorBehind(count: number): Promise<string | undefined> {
  let after: string | undefined;
  for (let seen = 0; seen < count; seen += 1_000)
    after = (await listReports(db, tess, { after, limit: 1_000 }, AT)).next;
  return after;
}
