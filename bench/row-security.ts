import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { collect } from '../collectors/postgres-row-security/collect.ts';
import collector from '../collectors/postgres-row-security/collector.ts';
import { startPostgres } from '../examples/postgres-server.ts';
import { readByHand } from './by-hand.ts';
import { makeTenantTables } from './tenant-tables.ts';

// Prints, for 100, 1,000 and 10,000 tenant tables: the time and peak memory of one collection, beside the same reads by
// hand and beside its own statements sent again with nothing around them. Each in a process of its own, best of three.
const ROUNDS = 3;
type Measure = { ms: number; mib: number; statements: number };

const [, , what, url = '', truthUrl = ''] = process.argv;
if (what === undefined) await compare();
else console.log(JSON.stringify(await measure(what, url, truthUrl)));

async function compare(): Promise<void> {
  const server = await startPostgres();
  try {
    console.log('postgres-row-security: one collection, against the same reads by hand');
    console.log(
      ['tables', 'collect', 'by hand', 'ratio', 'own statements', 'ratio', 'peak memory', 'µs a table'].join('\t'),
    );
    for (const tables of [100, 1_000, 10_000]) {
      const at = await makeTenantTables(server, tables);
      const best = (kind: string) => {
        const rounds = Array.from({ length: ROUNDS }, () => inProcess(kind, at));
        return rounds.reduce((a, b) => (a.ms <= b.ms ? a : b));
      };
      const collected = best('collect');
      const byHand = best('by-hand');
      const replayed = best('replay');
      console.log(
        [
          tables,
          `${collected.ms} ms`,
          `${byHand.ms} ms`,
          (collected.ms / byHand.ms).toFixed(2),
          `${replayed.ms} ms (${replayed.statements})`,
          (collected.ms / replayed.ms).toFixed(2),
          `${collected.mib} MiB`,
          Math.round((1000 * collected.ms) / tables),
        ].join('\t'),
      );
    }
  } finally {
    await server.stop();
  }
}

function inProcess(kind: string, at: { url: string; truthUrl: string }): Measure {
  const file = join(import.meta.dirname, 'row-security.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [file, kind, at.url, at.truthUrl], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const result: Measure = JSON.parse(stdout);
  return result;
}

async function measure(kind: string, at: string, truthAt: string): Promise<Measure> {
  const sent: Sent = [];
  const work = {
    collect: () => collectOnce(at, truthAt),
    'by-hand': () => readByHand(at, truthAt),
    replay: async () => undefined,
  }[kind];
  if (work === undefined) throw new Error(`nothing to measure: ${kind}`);
  if (kind === 'replay') {
    record(sent);
    await collectOnce(at, truthAt);
  }
  const start = performance.now();
  const statements = sent.length;
  if (kind === 'replay') await replay(sent.splice(0), at, truthAt);
  else await work();
  const ms = Math.round(performance.now() - start);
  return { ms, mib: Math.round(process.resourceUsage().maxRSS / 1024), statements };
}

async function collectOnce(at: string, truthAt: string): Promise<void> {
  const expect = collector.expect.parse({
    mode: 'policies',
    tenantKey: 'org_id',
    context: { settings: { 'app.org_id': '{tenant}' } },
  });
  const raw = await collect({
    connection: { url: at, truthUrl: truthAt },
    expect,
    allowIntrusive: false,
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  const { findings } = collector.assess(raw, expect);
  const bad = findings.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-applicable');
  if (bad.length > 0) throw new Error(`the tables are meant to be clean: ${JSON.stringify(bad.slice(0, 3))}`);
}

/** What was sent: by whom, on which connection, in order. */
type Sent = { connection: pg.Client; text: string; values: unknown[] }[];

/** Notes every statement that goes over the wire from here on. */
function record(sent: Sent): void {
  const original = pg.Client.prototype.query;
  pg.Client.prototype.query = new Proxy(original, {
    apply(target, connection: pg.Client, [first, values]: [unknown, unknown]) {
      const text = typeof first === 'string' ? first : String(Object(first).text);
      sent.push({ connection, text, values: Array.isArray(values) ? values : [] });
      return Reflect.apply(target, connection, [first, values]);
    },
  });
}

/** Sends it all again, as many connections side by side as there were. */
async function replay(sent: Sent, url: string, truthUrl: string): Promise<void> {
  const truthUser = new URL(truthUrl).username;
  const again = [...Map.groupBy(sent, ({ connection }) => connection)].map(async ([{ user }, statements]) => {
    const client = new pg.Client({ connectionString: user === truthUser ? truthUrl : url });
    await client.connect();
    for (const { text, values } of statements)
      await (values.length > 0 ? client.query(text, values) : client.query(text)).catch(() => undefined);
    await client.end();
  });
  await Promise.all(again);
}
