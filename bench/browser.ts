import { once } from 'node:events';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { chromium } from 'playwright-core';
import { findChromium, tour } from '../collectors/clients/browser.ts';

// Loads 50 pages as browser-vendors does, beside bare Playwright: one Chromium, four pages at a time, a fresh context for
// each, and waiting until the network is idle for half a second, as it must be to see what a page loads late. Each page
// has a style sheet, an image, a script and what that asks for from two other hosts.
const PAGES = 50;
const AT_ONCE = 4;
const ROUNDS = 3;

const server = createServer((request, response) => {
  const path = request.url ?? '';
  const type = path.endsWith('.js') ? 'text/javascript' : path.endsWith('.css') ? 'text/css' : 'text/html';
  response.writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*' });
  response.end(path.endsWith('.js') ? script : path.endsWith('.css') ? 'body { margin: 0 }' : page);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('not a TCP server');
const { port } = address;
const hosts = ['desk.test', 'script.test', 'late.test'];
const page = `<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="/a.css"><h1>Page</h1><script src="//script.test/a.js"></script>`;
const script = "setTimeout(() => fetch('//late.test/late'), 50);";
const urls = Array.from({ length: PAGES }, (_, index) => `http://desk.test/page-${index}`);

async function byHand(): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium.');
  const browser = await chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=MAP *.test 127.0.0.1:${port}`],
  });
  const queue = [...urls];
  const worker = async () => {
    for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
      const context = await browser.newContext();
      const tab = await context.newPage();
      await tab.goto(url, { waitUntil: 'networkidle' });
      await context.close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await browser.close();
}

async function byCollector(): Promise<void> {
  const answers = new Map(hosts.map((host) => [host, { address: '127.0.0.1', port }]));
  const options = { crawlUpTo: 0, answers, signal: AbortSignal.timeout(600_000), progress: () => undefined };
  const { pages } = await tour({ ...options, pages: urls.map((url) => ({ url })) });
  const seen = pages.filter((look) => look.problem === null && look.hosts.length === hosts.length).length;
  if (seen !== PAGES) throw new Error(`Only ${seen} of ${PAGES} pages were seen whole.`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

console.log(`browser: ${PAGES} pages, ${AT_ONCE} at a time, best of ${ROUNDS}`);
console.log(['collector', 'by hand', 'ratio', 'ms a page'].join('\t'));
const times = { collector: Number.POSITIVE_INFINITY, hand: Number.POSITIVE_INFINITY };
for (let round = 0; round < ROUNDS; round += 1) {
  times.hand = Math.min(times.hand, await timed(byHand));
  times.collector = Math.min(times.collector, await timed(byCollector));
}
const ratio = times.collector / times.hand;
const ms = (time: number) => `${Math.round(time)} ms`;
console.log([ms(times.collector), ms(times.hand), ratio.toFixed(2), (times.collector / PAGES).toFixed(0)].join('\t'));
if (ratio > 2) process.exitCode = 1;
server.close();
server.closeAllConnections();
