import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Client, Pool } from 'pg';
import { startPostgres } from '../examples/postgres-server.ts';
import { openMailbox } from '../test/intake/mail/servers.ts';
import { files } from '../test/intake/web/content.ts';
import { makePlace } from '../test/intake/web/process.ts';
import { ada, tokenIn } from '../test/intake/web/running.ts';

// Sends whole request forms over HTTP to `candor serve` in a process of its own: gate, limits, schema, one statement, and
// the letters going out meanwhile. Beside it, in turns, an HTTP server that does one bare INSERT with commit for each
// POST, and bare INSERTs without HTTP. All of it shares one machine with its clients and the PostgreSQL server.
const EACH = Number(process.argv[2] ?? 20_000);
const CALLERS = 64;

const postgres = await startPostgres({ durable: true });
const mailbox = await openMailbox();
const place = await makePlace({ 'intake.yaml': `${files['intake.yaml']}proxies: 1\n` });
const address = place.url;
const port = Number(new URL(address).port);
const admin = new Client({ connectionString: postgres.url() });
await admin.connect();
await admin.query('create database forms');
const served = await place.serve({ DATABASE_URL: postgres.url({ database: 'forms' }), CANDOR_SMTP: mailbox.url });
const pool = new Pool({ connectionString: postgres.url(), max: 10 });
pool.on('error', () => undefined);
await pool.query('create table bare (id bigint generated always as identity primary key, data jsonb not null)');
const text = JSON.stringify(ada());
const insert = () => pool.query('insert into bare (data) values ($1)', [text]);
const peer = createServer(async (request, response) => {
  for await (const _ of request);
  await insert();
  response.writeHead(303, { Location: '/' }).end();
});
peer.listen(0, '127.0.0.1');
await once(peer, 'listening');
const { port: peerPort } = peer.address() as AddressInfo;

try {
  const { cookie, token } = await shown();
  let number = 0;
  const post = () => {
    number += 1;
    const fields = new URLSearchParams({ 'form-token': token, once: randomBytes(32).toString('base64url') });
    for (const [name, value] of Object.entries(ada())) fields.append(name, String(value));
    // Each from a network and to a mailbox of its own, so that no limit is met.
    const visitor = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    const body = fields.toString();
    return `POST /requests/ HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: ${address}\r\nCookie: ${cookie}\r\nX-Forwarded-For: ${visitor}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const memory: number[] = [];
  const results = new Map<string, { rate: number; p99: number }>();
  const sides: [string, () => Promise<{ rate: number; p99: number }>][] = [
    ['bare INSERT', () => measured(EACH, async () => void (await insert()))],
    ['bare INSERT behind HTTP', () => loaded(peerPort, EACH, post)],
    ['candor serve', () => loaded(port, EACH, post)],
  ];
  await loaded(port, 2_000, post);
  memory.push(await residentOf(served));
  for (let turn = 0; turn < 3; turn += 1)
    for (const [name, run] of sides) {
      const result = await run();
      const before = results.get(name);
      results.set(name, before !== undefined && before.rate > result.rate ? before : result);
      if (name === 'candor serve') memory.push(await residentOf(served));
    }
  const [bare = 0, http = 0] = [...results.values()].map(({ rate }) => rate);
  console.log(`forms: ${EACH} requests a turn, ${CALLERS} connections, best of 3 turns`);
  console.log(['', 'a second', 'of bare', 'of bare behind HTTP', 'slowest hundredth'].join('\t'));
  for (const [name, { rate, p99 }] of results)
    console.log(
      [name, Math.round(rate), (rate / bare).toFixed(2), (rate / http).toFixed(2), `${p99.toFixed(0)} ms`].join('\t'),
    );
  console.log(`resident memory of candor serve after each turn: ${memory.join(', ')} MB`);
} finally {
  served.kill('SIGTERM');
  peer.close();
  peer.closeAllConnections();
  await once(served, 'exit').catch(() => undefined);
  await pool.end();
  await admin.end();
  await mailbox.close();
  await postgres.stop();
  await place.remove();
}

/** Opens the form once: its cookie and its token. */
async function shown(): Promise<{ cookie: string; token: string }> {
  const answer = await fetch(`${address}/requests/`);
  return { cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? '', token: tokenIn(await answer.text()) };
}

/** Sends `count` requests over as many connections as there are callers, each waiting for its answer, all of them 303. */
async function loaded(to: number, count: number, next: () => string) {
  const sockets = await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      const socket = connect(to, '127.0.0.1').setNoDelay();
      await once(socket, 'connect');
      return socket;
    }),
  );
  const free = [...sockets];
  const result = await measured(count, async () => {
    const socket = free.pop();
    if (socket === undefined) throw new Error('More callers than connections.');
    socket.write(next());
    const [answer]: Buffer[] = await once(socket, 'data');
    if (!answer?.toString('latin1').startsWith('HTTP/1.1 303')) throw new Error(String(answer));
    free.push(socket);
  });
  for (const socket of sockets) socket.destroy();
  return result;
}

async function measured(count: number, work: () => Promise<void>): Promise<{ rate: number; p99: number }> {
  const waits: number[] = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let done = 0; done < Math.ceil(count / CALLERS); done += 1) {
        const begun = performance.now();
        await work();
        waits.push(performance.now() - begun);
      }
    }),
  );
  const rate = waits.length / ((performance.now() - start) / 1000);
  return { rate, p99: waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0 };
}

async function residentOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1000);
}
