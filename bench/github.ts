/**
 * Collects a GitHub organization of 1,000 repositories from the stand-in: the requests a repository, against the number
 * that is stated; the time, against the same requests sent bare; and the peak memory of the process, whose heap is
 * limited to 64 MiB. Each measurement runs in a process of its own. Ends with 1 when a stated number is exceeded.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { openGitHub } from '../collectors/clients/github.ts';
import { readAlerts } from '../collectors/github-alerts/collect.ts';
import { Expect as Alerts } from '../collectors/github-alerts/schema.ts';
import { readBranches } from '../collectors/github-branches/collect.ts';
import { Expect as Branches } from '../collectors/github-branches/schema.ts';
import { readChanges } from '../collectors/github-changes/collect.ts';
import { Expect as Changes } from '../collectors/github-changes/schema.ts';
import { readDeployments } from '../collectors/github-deployments/collect.ts';
import { Expect as Deployments } from '../collectors/github-deployments/schema.ts';
import { emptyGitHub, goodRepository, wholeToken } from '../examples/github/company.ts';
import { startGitHub } from '../examples/github/server.ts';

/** Requests that were sent, as they could be sent again. */
type Sent = { url: string; init: RequestInit };
type Measure = { requests: number; ms: number; bareMs: number; mib: number };
type Look = { stated: number; words: string; read: (api: string, now: Date) => Promise<unknown> };

/** The collecting process gets no more heap than this, whatever the size of the organization. */
const HEAP_MIB = 64;
const organization = 'acme';
const open = (api: string) =>
  openGitHub({ connection: { api, token: wholeToken }, signal: AbortSignal.timeout(10 * 60_000) });
const quiet = () => undefined;

/** What each collector states a repository, for an organization where every one was pushed to and deployed. */
const looks: Record<string, Look> = {
  'github-branches': {
    stated: 0.06,
    words: '1/100 to list, 1/25 for the rules',
    read: (api, now) => readBranches(open(api), Branches.parse({ organization }), 'key', now, quiet),
  },
  'github-changes': {
    stated: 1.12,
    words: '1/100 to list, 1/10 for the pull requests, 1 for the pushes',
    read: (api, now) => readChanges(open(api), Changes.parse({ organization }), 'key', now, quiet),
  },
  'github-deployments': {
    stated: 2.11,
    words: '1/100 to list, 1/25 for the deployments, 1/50 for each commit, 2 for the policy',
    read: (api, now) => readDeployments(open(api), Deployments.parse({ organization }), 'key', now, quiet),
  },
  'github-alerts': {
    stated: 1.06,
    words: '1/100 to list, 1/100 for the settings, 1 for the code scan, 1/100 alerts',
    read: (api, now) => readAlerts(open(api), Alerts.parse({ organization }), 'key', now, quiet),
  },
};

const [, , id, api = ''] = process.argv;
if (id === undefined) await compare();
else console.log(JSON.stringify(await measure(looks[id], api)));

async function compare(): Promise<void> {
  console.log('an organization on GitHub: one collection of each collector, against its own requests sent bare');
  console.log(
    ['collector', 'repositories', 'requests', 'each', 'stated', 'time', 'bare', 'ratio', 'peak memory'].join('\t'),
  );
  for (const [name, { stated, words }] of Object.entries(looks)) {
    for (const size of [100, 1_000]) {
      const { requests, ms, bareMs, mib } = await inProcess(name, size);
      const each = requests / size;
      console.log(
        [
          name,
          size,
          requests,
          each.toFixed(2),
          stated,
          `${ms} ms`,
          `${bareMs} ms`,
          (ms / bareMs).toFixed(2),
          `${mib} MiB`,
        ].join('\t'),
      );
      if (size < 1_000) continue;
      if (each > stated) process.exitCode = 1;
      console.log(
        `  ${words}: ${requests} requests, ${each <= stated ? 'within' : 'MORE than'} the ${stated} a repository that are stated`,
      );
    }
  }
}

/** The stand-in runs here, so that its memory is not counted. */
async function inProcess(name: string, size: number): Promise<Measure> {
  const now = new Date();
  const state = emptyGitHub(organization);
  state.rateLimit.remaining = Number.MAX_SAFE_INTEGER;
  state.repositories = Array.from({ length: size }, (_, index) => goodRepository(index + 1, `r${index + 1}`, now));
  const server = await startGitHub(state);
  try {
    return await runElsewhere([name, server.url]);
  } finally {
    await server.stop();
  }
}

function runElsewhere(argv: string[]): Promise<Measure> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MIB}`, join(import.meta.dirname, 'github.ts'), ...argv],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return text(child.stdout).then((printed) => {
    const measured: Measure = JSON.parse(printed);
    return measured;
  });
}

async function measure(look: Look | undefined, at: string): Promise<Measure> {
  if (look === undefined) throw new Error('no such collector');
  const sent: Sent[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (url, init = {}) => {
    const { method = 'GET', headers = {}, body = null } = init;
    sent.push({ url: String(url), init: { method, headers, body } });
    return real(url, init);
  };
  const start = performance.now();
  await look.read(at, new Date());
  const ms = performance.now() - start;
  const mib = process.resourceUsage().maxRSS / 1024;
  globalThis.fetch = real;
  return { requests: sent.length, ms: Math.round(ms), bareMs: Math.round(await sendBare(sent)), mib: Math.round(mib) };
}

/** The same requests with nothing around them, as many at once as the client sends; the bodies are read and dropped. */
async function sendBare(sent: readonly Sent[]): Promise<number> {
  const start = performance.now();
  const queue = [...sent];
  const workers = Array.from({ length: 10 }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await (await fetch(next.url, next.init)).text();
  });
  await Promise.all(workers);
  return performance.now() - start;
}
