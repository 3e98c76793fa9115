import { once } from 'node:events';
import http from 'node:http';
import { createServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, post, publicInternet, type Reach, Unanswered } from '../../../intake/webhooks/post.ts';
import { type Certificate, makeCertificate } from '../certificate.ts';
import { openReceiver, reachOf } from './receiver.ts';

const now = new Date('2026-11-03T09:00:00Z');
const never = new AbortController().signal;

let certificate: Certificate;
beforeAll(async () => {
  certificate = await makeCertificate('hooks.quill.example', '127.0.0.1');
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function receiver(...how: Parameters<typeof openReceiver>) {
  const opened = await openReceiver(...how);
  open.push(opened.close);
  return opened;
}

/** The answer, or the reason why there is none. */
async function answerOf(url: string, reach: Reach, signal = never): Promise<Answer | string> {
  try {
    return await post(url, { 'content-type': 'application/json' }, '{"ü":1}', { now, signal, reach });
  } catch (error) {
    if (error instanceof Unanswered) return error.reason;
    throw error;
  }
}

describe('a post', () => {
  test('goes over https to the checked address, under the name, with the body whole', async () => {
    const { port, heard } = await receiver(certificate);
    const url = `https://hooks.quill.example:${port}/in/42?a=b`;
    expect(await answerOf(url, reachOf(port, certificate.cert))).toEqual({ status: 204, retryAfter: undefined });
    expect(heard).toMatchObject([
      {
        method: 'POST',
        path: '/in/42?a=b',
        body: '{"ü":1}',
        headers: {
          host: `hooks.quill.example:${port}`,
          'content-type': 'application/json',
          'content-length': '8',
          'user-agent': 'Candor',
          connection: 'close',
        },
      },
    ]);
  });

  test('does not go to a server that cannot prove its name', async () => {
    const { port, heard } = await receiver(certificate);
    const reach = reachOf(port, certificate.cert);
    expect(await answerOf(`https://other.quill.example:${port}/`, reach)).toBe('tls');
    const { ca: _, ...believing } = reach;
    expect(await answerOf(`https://hooks.quill.example:${port}/`, believing)).toBe('tls');
    expect(heard).toEqual([]);
  });

  test('does not go over http, unless a test says so', async () => {
    const { port, heard, connections } = await receiver(undefined);
    expect(await answerOf(`http://hooks.quill.example:${port}/`, { ...reachOf(port), plain: false })).toBe('not-https');
    expect(connections()).toBe(0);
    expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port))).toMatchObject({ status: 204 });
    expect(heard).toHaveLength(1);
  });

  test.each([301, 302, 303, 307, 308])('follows no %i', async (status) => {
    const { port, heard } = await receiver(undefined, (response) =>
      response.writeHead(status, { location: '/elsewhere' }).end(),
    );
    expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port))).toMatchObject({ status });
    expect(heard).toHaveLength(1);
  });

  test('uses no proxy of the environment', async () => {
    const { port, heard } = await receiver(undefined);
    const proxy = await receiver(undefined);
    const before = http.globalAgent;
    // What Node.js does at its start when NODE_USE_ENV_PROXY is set.
    http.globalAgent = new http.Agent({ proxyEnv: { http_proxy: `http://127.0.0.1:${proxy.port}` } });
    try {
      expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port))).toMatchObject({ status: 204 });
    } finally {
      http.globalAgent = before;
    }
    expect([heard.length, proxy.connections()]).toEqual([1, 0]);
  });
});

describe('addresses', () => {
  test.each([
    'https://127.0.0.1:PORT/',
    'https://127.1:PORT/',
    'https://2130706433:PORT/',
    'https://0x7f000001:PORT/',
    'https://0:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://[::ffff:7f00:1]:PORT/',
    'https://localhost:PORT/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://10.0.0.1/',
  ])('in production, %s is not connected to', async (pattern) => {
    const { port, connections } = await receiver(certificate);
    expect(await answerOf(pattern.replace('PORT', String(port)), publicInternet)).toBe('address-refused');
    expect(connections()).toBe(0);
  });

  test('one address of a name that is not allowed is enough, wherever it stands', async () => {
    const { port, connections } = await receiver(undefined);
    const [ours, theirs] = [
      { address: '127.0.0.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    for (const places of [
      [ours, theirs],
      [theirs, ours],
      [ours, { address: '::ffff:169.254.169.254', family: 6 }],
    ]) {
      const reach: Reach = { ...reachOf(port), resolve: (_, done) => done(null, places) };
      expect(await answerOf(`http://hooks.quill.example:${port}/`, reach)).toBe('address-refused');
    }
    expect(connections()).toBe(0);
  });

  test('a name that changes its mind is asked once, and what was checked is connected to', async () => {
    const { port, heard } = await receiver(undefined);
    let asked = 0;
    const reach: Reach = {
      ...reachOf(port),
      resolve: (_, done) => {
        asked += 1;
        done(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
      },
    };
    expect(await answerOf(`http://rebind.quill.example:${port}/`, reach)).toMatchObject({ status: 204 });
    expect([asked, heard.length]).toEqual([1, 1]);
  });

  test('the port is part of what is allowed', async () => {
    const { port, connections } = await receiver(undefined);
    expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port + 1))).toBe('address-refused');
    expect(connections()).toBe(0);
  });

  test('a name that nobody has', async () => {
    const resolve: Reach['resolve'] = (_, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    expect(await answerOf('https://nobody.quill.example/', { ...publicInternet, resolve })).toBe('unreachable');
    const empty: Reach['resolve'] = (_, done) => done(null, []);
    expect(await answerOf('https://nobody.quill.example/', { ...publicInternet, resolve: empty })).toBe('unreachable');
  });
});

describe('what the other side does', () => {
  test('it never resolves, never answers, or stops in its headers: given up when told to', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
      limit.abort();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    let limit = new AbortController();
    expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port), limit.signal)).toBe('timeout');
    server.close();

    limit = new AbortController();
    const silent = await receiver(undefined, () => limit.abort());
    const url = `http://hooks.quill.example:${silent.port}/`;
    expect(await answerOf(url, reachOf(silent.port), limit.signal)).toBe('timeout');

    limit = new AbortController();
    const resolve = () => limit.abort();
    expect(await answerOf(url, { ...reachOf(silent.port), resolve }, limit.signal)).toBe('timeout');
  });

  test('an endless body is cut off, and none of it is waited for', async () => {
    const cut = Promise.withResolvers<void>();
    let bytes = 0;
    const { port } = await receiver(undefined, (response) => {
      response.on('close', () => cut.resolve());
      const more = () => {
        if (response.destroyed) return;
        bytes += 4096;
        response.write('x'.repeat(4096), () => setImmediate(more));
      };
      response.writeHead(200);
      more();
    });
    expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port))).toMatchObject({ status: 200 });
    await cut.promise;
    expect(bytes).toBeLessThan(64 * 1024 * 1024);
  });

  test('nonsense, or headers without an end', async () => {
    for (const said of ['SSH-2.0-OpenSSH\r\n', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}`]) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(said);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port))).toBe('malformed-answer');
      server.close();
    }
  });

  test('nobody listens', async () => {
    const { port, close } = await openReceiver(undefined);
    await close();
    expect(await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port))).toBe('unreachable');
  });

  test.each([
    ['120', new Date('2026-11-03T09:02:00Z')],
    ['Tue, 03 Nov 2026 10:00:00 GMT', new Date('2026-11-03T10:00:00Z')],
    ['soon', undefined],
    ['-5', undefined],
    ['99999999999999999999', undefined],
  ])('Retry-After: %s', async (value, retryAfter) => {
    const { port } = await receiver(undefined, (response) => response.writeHead(429, { 'retry-after': value }).end());
    const answer = await answerOf(`http://hooks.quill.example:${port}/`, reachOf(port));
    expect(answer).toEqual({ status: 429, retryAfter });
  });
});
