import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { z } from 'zod';
import { sampler } from '../collectors/postgres-sample/population.ts';
import { idQuery } from '../collectors/postgres-sample/query.ts';
import { Expect } from '../collectors/postgres-sample/schema.ts';
import { stream } from '../collectors/sampling/stream.ts';
import { startPostgres } from '../examples/postgres-server.ts';

// Prints, for a population of 10,000,000 rows (or of the number given): how long it takes to commit to it and to draw 59
// items from it, beside a bare cursor over the same query, and how much memory that takes. Each in a process of its own,
// the sides in turn, best of three. Memory is the growth of V8's heap and of what it holds outside over what the process
// had before, at its peak: what is held (of one more run, in which garbage is collected before each look), and what there
// is with the garbage that V8 lets lie; the resident set of the whole process stands beside it.
const ROWS = Number(process.argv[2] ?? 10_000_000);
const ROUNDS = 3;
const BATCH = 10_000;
const DRAWN = 59;

const Measure = z.strictObject({ ms: z.number(), rows: z.int(), mb: z.number(), rssMb: z.number() });
type Measure = z.infer<typeof Measure>;
const sides = { bare, commit: () => ours(0), draw: () => ours(DRAWN) };

const expect = Expect.parse({
  population: {
    what: 'Changes',
    table: 'public.changes',
    key: 'id',
    at: 'at',
    window: { from: '2026-01-01', until: '2027-01-01' },
  },
  attributes: { 'approved-by-somebody-else': { title: 'A', test: { field: 'approver', differsFrom: 'author' } } },
  seed: { auditor: true },
});

const { CANDOR_BENCH_URL: url, CANDOR_BENCH_SIDE: side } = process.env;
if (url === undefined) await compare();
else console.log(JSON.stringify(await measured(side)));

async function compare(): Promise<void> {
  const server = await startPostgres();
  try {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    await client.query(
      'create table public.changes (id bigint primary key, at timestamptz not null, author text, approver text)',
    );
    await client.query(
      `insert into public.changes select i, timestamptz '2026-01-02' + i * interval '1 second', 'a' || i % 7, 'b' || i % 5
        from generate_series(1, ${ROWS}) i`,
    );
    await client.query('vacuum analyze public.changes');
    await client.end();
    const best = new Map<string, Measure>();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const name of Object.keys(sides)) {
        const run = inProcess(name, server.url());
        const before = best.get(name);
        // The fastest run, and the most memory of any.
        const mb = Math.max(run.mb, before?.mb ?? 0);
        const rssMb = Math.max(run.rssMb, before?.rssMb ?? 0);
        best.set(name, { ...(before !== undefined && before.ms < run.ms ? before : run), mb, rssMb });
      }
    const held = new Map(Object.keys(sides).map((name) => [name, inProcess(name, server.url(), ['--expose-gc']).mb]));
    const limit = best.get('bare')?.ms ?? 0;
    console.log('audit samples: a population streamed from PostgreSQL, beside a bare cursor over the same query');
    console.log(['', 'rows', 'time', 'rows a second', 'speed of the cursor', 'held', 'with garbage', 'RSS'].join('\t'));
    for (const [name, { ms, rows, mb, rssMb }] of best)
      console.log(
        [
          name,
          rows,
          `${Math.round(ms)} ms`,
          Math.round((1000 * rows) / ms),
          (limit / ms).toFixed(2),
          `${held.get(name)} MB`,
          `${mb} MB`,
          `${rssMb} MB`,
        ].join('\t'),
      );
  } finally {
    await server.stop();
  }
}

function inProcess(name: string, at: string, flags: readonly string[] = []): Measure {
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, import.meta.filename, String(ROWS)], {
    encoding: 'utf8',
    env: { ...process.env, CANDOR_BENCH_URL: at, CANDOR_BENCH_SIDE: name },
  });
  if (stdout === '') throw new Error(stderr);
  return Measure.parse(JSON.parse(stdout));
}

async function measured(name: string | undefined): Promise<Measure> {
  const work = Object.entries(sides).find(([each]) => each === name)?.[1];
  if (work === undefined) throw new Error(`nothing to measure: ${name}`);
  const collect = globalThis.gc ?? (() => undefined);
  const held = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let peak = 0;
  const timer = setInterval(
    () => {
      peak = Math.max(peak, held() - before);
    },
    globalThis.gc === undefined ? 5 : 200,
  );
  const started = performance.now();
  const rows = await work();
  const ms = performance.now() - started;
  clearInterval(timer);
  const mib = process.resourceUsage().maxRSS / 1024;
  return { ms, rows, mb: Math.round(peak / 1e6), rssMb: Math.round(mib * 1.048576) };
}

/** The query by a cursor, as anybody would write it. */
async function bare(): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin transaction isolation level repeatable read read only');
  await client.query(`declare population no scroll cursor for ${idQuery(expect)}`);
  let rows = 0;
  for (;;) {
    const batch = await client.query(`fetch forward ${BATCH} from population`);
    rows += batch.rows.length;
    if (batch.rows.length < BATCH) break;
  }
  await client.end();
  return rows;
}

async function ours(drawn: number): Promise<number> {
  const wanted = new Set(Array.from({ length: drawn }, (_, index) => 1 + Math.floor((index * ROWS) / drawn)));
  const context = {
    connection: { url: url ?? '' },
    expect,
    allowIntrusive: false,
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const salt = Buffer.alloc(32, 7);
  const now = () => new Date();
  const { population } = await sampler.read(context, wanted, (open) => stream(open, salt, wanted, { ...context, now }));
  return population.count;
}
