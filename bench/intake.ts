import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import { startPostgres } from '../examples/postgres-server.ts';
import { wayIn } from '../intake/lifecycle/take-in.ts';
import { receive } from '../intake/requests/receive.ts';
import { openStore } from '../intake/store/open.ts';
import { form, policy } from '../test/intake/requests/forms.ts';

// Prints how many requests a second are durably received (the request, its first transition, its letter, three secrets:
// one statement), beside bare INSERTs of one row with commit through pg: the same server, the same number of connections
// and of callers, in turns. The last lines say how long the slowest hundredth waited, and how the heap grows.
const EACH = Number(process.argv[2] ?? 10_000);
const ROUNDS = 3;
const CALLERS = 64;
const CONNECTIONS = 10;

const terms = policy();
const sent = form({ needs: ['dpa', 'scc-module-two'] });
const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' };

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const server = await startPostgres({ durable: true });
const store = await openStore({ url: server.url() });
const pool = new Pool({ connectionString: server.url(), max: CONNECTIONS });
// A connection that the server ends while it stops is no error here.
pool.on('error', () => undefined);
await pool.query('create table bare (id bigint generated always as identity primary key, data jsonb not null)');
const takeIn = wayIn(store.db);
const text = JSON.stringify(sent);

const sides = {
  'bare INSERT': () => pool.query('insert into bare (data) values ($1)', [text]),
  receive: () => receive(takeIn, terms, head, sent, new Date()),
};
const best = new Map<string, { rate: number; p99: number }>();
const heap: number[] = [];
try {
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, work] of Object.entries(sides)) {
      const run = await measured(work);
      const before = best.get(name);
      best.set(name, before !== undefined && before.rate > run.rate ? before : run);
      collectGarbage();
      heap.push(Math.round(process.memoryUsage().heapUsed / 1e6));
    }
  const limit = best.get('bare INSERT')?.rate ?? 0;
  console.log(`intake: ${EACH} requests a turn, ${CALLERS} callers, best of ${ROUNDS} turns`);
  console.log(['', 'a second', 'of the bare rate', 'slowest hundredth'].join('\t'));
  for (const [name, { rate, p99 }] of best)
    console.log([name, Math.round(rate), (rate / limit).toFixed(2), `${p99.toFixed(1)} ms`].join('\t'));
  console.log(`heap after each turn: ${heap.join(', ')} MB`);
} finally {
  await pool.end();
  await store.close();
  await server.stop();
}

async function measured(work: () => Promise<unknown>): Promise<{ rate: number; p99: number }> {
  const waits: number[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let done = 0; done < Math.ceil(EACH / CALLERS); done += 1) {
        const begun = performance.now();
        await work();
        waits.push(performance.now() - begun);
      }
    }),
  );
  const rate = waits.length / ((performance.now() - start) / 1000);
  return { rate, p99: waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0 };
}
