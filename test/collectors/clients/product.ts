import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is answered at `host/path`: a page, headers and all, or whatever a function does. */
export type Answer =
  | string
  | { status?: number; headers?: Record<string, string>; body?: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** A server on the loopback address that plays a product and its vendors, by the name that it is called. */
export type Product = {
  port: number;
  /** `host/path` of every request, in order. */
  asked: string[];
  /** Every name that is answered, as `answers` of a tour, or as `resolve` of a connection. */
  answers: Map<string, { address: string; port: number }>;
  resolve: string;
  close: () => Promise<void>;
};

/** Starts one. A host that is only named (`names`) answers everything with an empty script. */
export async function startProduct(pages: Record<string, Answer>, names: readonly string[] = []): Promise<Product> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = `${host}${request.url ?? ''}`;
    asked.push(path);
    const answer = pages[path] ?? { headers: { 'content-type': 'text/javascript' }, body: ';' };
    if (typeof answer === 'function') return answer(request, response);
    const { status = 200, headers = {}, body = '' } = typeof answer === 'string' ? { body: answer } : answer;
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server.address());
  const hosts = new Set([...Object.keys(pages).map((path) => path.slice(0, path.indexOf('/'))), ...names]);
  return {
    port,
    asked,
    answers: new Map([...hosts].map((host) => [host, { address: '127.0.0.1', port }])),
    resolve: [...hosts].map((host) => `${host}=127.0.0.1:${port}`).join(' '),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
  return address;
}
