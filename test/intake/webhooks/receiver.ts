import { once } from 'node:events';
import { createServer as createPlain, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Reach } from '../../../intake/webhooks/post.ts';
import type { Certificate } from '../certificate.ts';

/** What came in. */
export type Heard = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** A real server on the loopback address; https with a certificate, http without. */
export type Receiver = { port: number; heard: Heard[]; connections: () => number; close: () => Promise<void> };

/** `answer` ends the response as it likes; without it each is 204. */
export async function openReceiver(
  certificate: Certificate | undefined,
  answer: (response: ServerResponse, heard: Heard) => void = (response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const heard: Heard[] = [];
  let connections = 0;
  const server = certificate === undefined ? createPlain() : createServer(certificate);
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body };
    heard.push(one);
    answer(response, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP port');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { port: address.port, heard, connections: () => connections, close };
}

/** A reach in which every name is this machine, and this port of it may be connected to. */
export function reachOf(port: number, ca?: string): Reach {
  return {
    mayConnect: (address, to) => address === '127.0.0.1' && to === port,
    resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    plain: ca === undefined,
    ...(ca === undefined ? {} : { ca }),
  };
}
