import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { buildCheck, findGo } from '../test/ledger/go/go.ts';
import { append, appendOne, hashes, leafBytes, publish, throwaway, verify } from './ledger-steps.ts';

// Prints, for logs of 1,000, 100,000 and 1,000,000 heartbeats: the time and peak memory to append them, to publish the
// log and to verify it, beside the bare SHA-256 calls of such a tree, which are the limit, and beside Go's tlog making
// the same tree in memory. Each in a process of its own.
const SIZES = [1_000, 100_000, 1_000_000];
const ROUNDS = 3;

const Measure = z.strictObject({ ms: z.number(), mib: z.number() });
type Measure = z.infer<typeof Measure>;

const [, , step, ...args] = process.argv;
if (step === undefined) compare();
else await measure(step, args);

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'candor-bench-'));
  try {
    const env = findGo();
    const go = env === undefined ? undefined : buildCheck(env, folder);
    console.log(`the log: heartbeats of ${leafBytes} bytes; × is the ratio to the bare SHA-256 calls`);
    if (go === undefined) console.log('Go with golang.org/x/mod is not on this machine, so it is not compared.');
    console.log(
      [
        'entries',
        'SHA-256',
        'append',
        '×',
        'publish',
        '×',
        'verify',
        '×',
        'Go tlog',
        '×',
        'one more',
        'peak memory',
      ].join('\t'),
    );
    for (const size of SIZES) compareAt(size, join(folder, String(size)), go);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compareAt(size: number, folder: string, go: string | undefined): void {
  const [content, site, pem] = [join(folder, 'content'), join(folder, 'site'), throwaway()];
  const bare = best(() => inProcess('hashes', String(size)));
  const steps = [
    inProcess('append', String(size), content, pem),
    inProcess('publish', content, site, pem),
    best(() => inProcess('verify', site)),
  ];
  const ratio = (ms: number) => (ms / bare.ms).toFixed(2);
  const cells = steps.flatMap(({ ms }) => [`${Math.round(ms)} ms`, ratio(ms)]);
  const gos = go === undefined ? undefined : best(() => inGo(go, size));
  cells.push(...(gos === undefined ? ['–', '–'] : [`${Math.round(gos.ms)} ms`, ratio(gos.ms)]));
  const more = inProcess('append-one', content, pem);
  const memory = steps.map(({ mib }) => mib).join(' / ');
  console.log([size, `${Math.round(bare.ms)} ms`, ...cells, `${more.ms.toFixed(1)} ms`, `${memory} MiB`].join('\t'));
  rmSync(folder, { recursive: true, force: true });
}

function best(run: () => Measure): Measure {
  return Array.from({ length: ROUNDS }, run).reduce((a, b) => (a.ms <= b.ms ? a : b));
}

function inProcess(name: string, ...given: string[]): Measure {
  const { stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, name, ...given], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return Measure.parse(JSON.parse(stdout));
}

function inGo(program: string, size: number): Measure {
  const { stdout, stderr } = spawnSync(program, ['tree', String(size), String(leafBytes)], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return { ms: z.object({ ms: z.number() }).parse(JSON.parse(stdout)).ms, mib: 0 };
}

async function measure(name: string, [first = '', second = '', third = '']: string[]): Promise<void> {
  const work = {
    hashes: () => hashes(Number(first)),
    append: () => append(Number(first), second, third),
    'append-one': () => appendOne(first, second),
    publish: () => publish(first, second, third),
    verify: () => verify(first),
  }[name];
  if (work === undefined) throw new Error(`nothing to measure: ${name}`);
  const ms = await work();
  console.log(JSON.stringify({ ms, mib: Math.round(process.resourceUsage().maxRSS / 1024) }));
}
