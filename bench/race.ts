import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import { startPostgres } from '../examples/postgres-server.ts';
import { openStore } from '../intake/store/open.ts';

const ROUNDS = 3;
const CALLERS = 64;
const CONNECTIONS = 10;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What both sides of a race use: the intake's own store, and a pool of the same size on the same server. */
export type Track = { store: Awaited<ReturnType<typeof openStore>>; pool: Pool };

/**
 * Prints how often a second `ours` is done, beside bare INSERTs with commit through pg: the same durable server, the same
 * number of connections and of callers, in turns. Then how long the slowest hundredth waited, and how the heap grew.
 */
export async function race(
  title: string,
  each: number,
  prepare: (track: Track) => Promise<{ bare: () => Promise<unknown>; name: string; ours: () => Promise<unknown> }>,
): Promise<void> {
  const server = await startPostgres({ durable: true });
  const store = await openStore({ url: server.url() });
  const pool = new Pool({ connectionString: server.url(), max: CONNECTIONS });
  // A connection that the server ends while it stops is no error here.
  pool.on('error', () => undefined);
  const best = new Map<string, { rate: number; p99: number }>();
  const heap: number[] = [];
  try {
    const { bare, name: own, ours } = await prepare({ store, pool });
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, work] of Object.entries({ 'bare INSERT': bare, [own]: ours })) {
        const run = await measured(each, work);
        const before = best.get(name);
        best.set(name, before !== undefined && before.rate > run.rate ? before : run);
        collectGarbage();
        heap.push(Math.round(process.memoryUsage().heapUsed / 1e6));
      }
    const limit = best.get('bare INSERT')?.rate ?? 0;
    console.log(`${title}: ${each} a turn, ${CALLERS} callers, best of ${ROUNDS} turns`);
    console.log(['', 'a second', 'of the bare rate', 'slowest hundredth'].join('\t'));
    for (const [name, { rate, p99 }] of best)
      console.log([name, Math.round(rate), (rate / limit).toFixed(2), `${p99.toFixed(1)} ms`].join('\t'));
    console.log(`heap after each turn: ${heap.join(', ')} MB`);
  } finally {
    await pool.end();
    await store.close();
    await server.stop();
  }
}

async function measured(each: number, work: () => Promise<unknown>): Promise<{ rate: number; p99: number }> {
  const waits: number[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let done = 0; done < Math.ceil(each / CALLERS); done += 1) {
        const begun = performance.now();
        await work();
        waits.push(performance.now() - begun);
      }
    }),
  );
  const rate = waits.length / ((performance.now() - start) / 1000);
  return { rate, p99: waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0 };
}
