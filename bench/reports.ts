import { hash, randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import { startPostgres } from '../examples/postgres-server.ts';
import { wayIn } from '../intake/lifecycle/take-in.ts';
import { type NewReport, receiveReport } from '../intake/reports/receive.ts';
import { openStore } from '../intake/store/open.ts';

// Prints how many reports a second are durably taken in (the submission, its first transition, the report, its ciphertext of
// 64 KiB, the used proof of work, a letter, an event: one statement), beside bare INSERTs of the same ciphertext with what is
// known of it into one table, with commit, through pg: the same server, the same number of connections and of callers, in
// turns. The last lines say how long the slowest hundredth waited, and how the heap grows.
const EACH = Number(process.argv[2] ?? 4_000);
const ROUNDS = 3;
const CALLERS = 64;
const CONNECTIONS = 10;

const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' };
const contacts = ['security@larkspur.swiss'];
/** The smallest report: 64 KiB after padding, and the header and tag of age. */
const ciphertext = randomBytes(64 * 1024 + 3_300);
const keys = hash('sha256', 'keys');
const expiresAt = new Date(Date.now() + 1_800_000);
const newReport = (): NewReport => ({
  via: 'browser',
  ciphertext,
  access: randomBytes(32).toString('base64url'),
  replyTo: `age1pq1${'q'.repeat(1_946)}`,
  keys,
  critical: false,
});

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const server = await startPostgres({ durable: true });
const store = await openStore({ url: server.url() });
const pool = new Pool({ connectionString: server.url(), max: CONNECTIONS });
// A connection that the server ends while it stops is no error here.
pool.on('error', () => undefined);
await pool.query(`create table bare (access text primary key, via text not null, reply_to text, keys text not null,
  critical boolean not null, at timestamptz not null, ciphertext bytea not null, digest text not null)`);
await pool.query('alter table bare alter column ciphertext set storage external');
const takeIn = wayIn(store.db);

const sides = {
  'bare INSERT': () => {
    const { access, via, replyTo, critical } = newReport();
    const row = [
      hash('sha256', access),
      via,
      replyTo,
      keys,
      critical,
      new Date(),
      ciphertext,
      hash('sha256', ciphertext),
    ];
    return pool.query('insert into bare values ($1, $2, $3, $4, $5, $6, $7, $8)', row);
  },
  receiveReport: () => {
    const proof = { digest: hash('sha256', randomBytes(32)), expiresAt };
    return receiveReport(takeIn, head, contacts, newReport(), new Date(), proof);
  },
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
  console.log(`reports: ${EACH} of ${ciphertext.length} bytes a turn, ${CALLERS} callers, best of ${ROUNDS} turns`);
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
