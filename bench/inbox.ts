import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { startPostgres } from '../examples/postgres-server.ts';
import { advance } from '../intake/lifecycle/submission.ts';
import { wayIn } from '../intake/lifecycle/take-in.ts';
import { list } from '../intake/staff/list.ts';
import type { Member } from '../intake/staff/roles.ts';
import { openStore } from '../intake/store/open.ts';

// Prints how long one page of the inbox takes, its entry in the staff log included, when 10,000 requests wait among 100,000
// that are done: the first page, the one in the middle and the last.
const OPEN = Number(process.argv[2] ?? 10_000);
const DONE = 10 * OPEN;
const TURNS = 50;

const server = await startPostgres({ durable: true });
const { db, close } = await openStore({ url: server.url() });
try {
  const takeIn = wayIn(db);
  const rita: Member = { id: 'rita', role: 'responder', email: 'rita@larkspur.swiss', via: 'web' };
  const at = new Date();
  const data = { needs: ['dpa'], company: 'Quill Ltd.', email: 'ada@quill.swiss', message: 'x'.repeat(500) };
  const taken = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        takeIn('dpa-request', data, { at: new Date(at.getTime() + index), actor: 'visitor' }),
      ),
    );
  const cause = { at: new Date(at.getTime() + 3_600_000), actor: 'rules', facts: { reasons: ['by-hand'] } };
  for (const [count, states] of [
    [DONE, ['verified', 'declined']],
    [OPEN, ['verified', 'held']],
  ] as const)
    for (let left = count; left > 0; left -= 1_000)
      await Promise.all(
        (await taken(Math.min(left, 1_000))).map(async (request) => {
          let now = request;
          for (const to of states) now = await advance(db, now, to, cause);
        }),
      );
  await sql`analyze`.execute(db);
  const cursors: (string | undefined)[] = [undefined];
  for (let next: string | undefined, pages = 0; pages < OPEN / 50 - 1; pages += 1) {
    next = (await list(db, rita, { after: next }, at)).next;
    cursors.push(next);
  }
  console.log(`inbox: pages of 50, ${OPEN} wait and ${DONE} are done, ${TURNS} turns`);
  console.log(['', 'median', 'slowest'].join('\t'));
  for (const [name, after] of [
    ['first', cursors[0]],
    ['middle', cursors[Math.floor(cursors.length / 2)]],
    ['last', cursors.at(-1)],
  ] as const) {
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const begun = performance.now();
      await list(db, rita, { after }, at);
      times.push(performance.now() - begun);
    }
    times.sort((a, b) => a - b);
    const shown = [times[Math.floor(TURNS / 2)] ?? 0, times.at(-1) ?? 0].map((time) => `${time.toFixed(1)} ms`);
    console.log([name, ...shown].join('\t'));
  }
} finally {
  await close();
  await server.stop();
}
